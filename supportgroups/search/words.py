"""Words as search compares them, and what somebody asks for with them.

Texts and questions go through the same `fold`, on every database, so that "Élan" is found by
"elan" and a database's own idea of letters never matters.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

#: More words than this in one question are left out; nobody types so many by hand.
MOST_WORDS = 8
LONGEST_WORD = 40
#: Shorter words have too many neighbours to be guessed.
SHORTEST_GUESS = 4

_WORD = re.compile(r"[^\W_]+")
#: Letters of scripts that put no space between words: each is taken as a word of its own.
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff])")


class Place(StrEnum):
    """Where a question looks."""

    #: The name of a group or the title of a session.
    TITLE = "title"
    #: Everything that is known of it.
    WORDS = "words"
    #: The title's words and all that differ from them by one letter left out.
    NEAR = "near"


class Marker(StrEnum):
    """A word that stands in every entry of a kind, and that nobody types: its letter is a click.

    So the index itself leaves out the other kind, where a join would have to read each entry first.
    """

    GROUP = "ǂgroup"
    SESSION = "ǂsession"


@dataclass(frozen=True)
class Question:
    """What has to be there: of each set of words at least one."""

    sets: tuple[frozenset[str], ...]
    #: Whether the beginning of a word is enough.
    is_prefix: bool
    place: Place


def fold(text: str) -> str:
    """Return `text` in small letters, without accents, its words divided by single spaces."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
    return " ".join(word[:LONGEST_WORD] for word in _WORD.findall(_UNSPACED.sub(r" \1 ", plain)))


def words_asked(text: str) -> tuple[str, ...]:
    """Return the words of a question, each once, in the order in which they were typed."""
    return tuple(dict.fromkeys(fold(text).split()))[:MOST_WORDS]


def near(word: str) -> frozenset[str]:
    """Return `word` and what is left of it without any one of its letters.

    Two words that differ by one letter left out, added, changed, or swapped with the next one have
    one of these in common (Garbe, SymSpell, 2012). So a slip is found by looking up, not by trying.
    """
    if len(word) < SHORTEST_GUESS:
        return frozenset({word})
    return frozenset({word, *(word[:place] + word[place + 1 :] for place in range(len(word)))})


def near_all(words: Iterable[str]) -> str:
    """Return what is near to any of the words, for an index."""
    return " ".join(sorted(frozenset().union(*map(near, words))))


def all_of(words: tuple[str, ...]) -> Question:
    """Ask for all of the words, each perhaps not yet typed to its end."""
    return Question(tuple(frozenset({word}) for word in words), is_prefix=True, place=Place.WORDS)


def nearly_all_of(words: tuple[str, ...]) -> Question:
    """Ask for all of the words in titles, allowing one slip in each."""
    return Question(tuple(near(word) for word in words), is_prefix=False, place=Place.NEAR)


def any_of(words: tuple[str, ...]) -> Question:
    """Ask for at least one of the words."""
    return Question((frozenset(words),), is_prefix=True, place=Place.WORDS)
