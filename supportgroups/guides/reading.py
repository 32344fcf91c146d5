"""How hard a text is to read, and words that no guide may say.

The grade is the median of three formulas, so that the weakness of one does not decide:
Flesch–Kincaid (Kincaid and others, 1975), the Automated Readability Index (Senter and Smith, 1967)
and Coleman–Liau (1975). Each gives a school year of the United States. They were made for English,
so only English text is graded.
"""

import re
from statistics import median

#: The hardest school year at which a guide may be graded.
HARDEST_GRADE = 8.0
#: How many words a sentence may have.
LONGEST_SENTENCE = 25
#: What promises too much, blames, or hurts people who have heard it too often.
UNWANTED = (
    "cure", "cures", "cured", "heal", "heals", "healed", "miracle", "guarantee", "guaranteed",
    "proven", "suffer from", "suffers from", "suffering from", "victim", "victims",
    "commit suicide", "committed suicide", "successful suicide", "failed attempt", "crazy",
    "the mentally ill", "addict", "addicts", "junkie", "wheelchair-bound", "confined to",
    "think positive", "journey", "self-care routine", "best self", "toxic",
)  # fmt: skip

_SENTENCE_END = re.compile(r"(?<=[.!?:])[\"”’]?\s+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_UNWANTED = re.compile(rf"\b(?:{'|'.join(map(re.escape, UNWANTED))})\b", re.IGNORECASE)
#: An e that is not heard at the end of a word, or in front of a d or an s.
_SILENT = re.compile(r"(?<=[^aeiouytdsxzcgl])(?:ed|es)$|(?<=[aeiouy][^aeiouyl])e$|(?<=[cgsz])e$")


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`; the end of a line and a colon end one as well."""
    return [
        sentence.strip()
        for line in text.splitlines()
        for sentence in _SENTENCE_END.split(line)
        if _WORD.search(sentence)
    ]


def long_sentences(text: str) -> list[str]:
    """Return the sentences that a tired reader would have to begin again."""
    return [one for one in sentences(text) if len(_WORD.findall(one)) > LONGEST_SENTENCE]


def unwanted_words(text: str) -> list[str]:
    """Return the words of `text` that no guide may say, in small letters."""
    return sorted({found.lower() for found in _UNWANTED.findall(text)})


def grade(text: str) -> float:
    """Return the school year in which most pupils can read `text`; 0 for a text without words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    per_sentence = len(words) / len(sentences(text))
    letters = sum(len(re.sub(r"['’-]", "", word)) for word in words) / len(words)
    beats = sum(syllables(word) for word in words) / len(words)
    flesch_kincaid = 0.39 * per_sentence + 11.8 * beats - 15.59
    automated = 4.71 * letters + 0.5 * per_sentence - 21.43
    coleman_liau = 5.88 * letters - 29.6 / per_sentence - 15.8
    return max(0.0, median((flesch_kincaid, automated, coleman_liau)))


def syllables(word: str) -> int:
    """Return about how many syllables an English word has, by its groups of vowels."""
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word.lower()))))
