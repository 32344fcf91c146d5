"""Search in guides, which are few and never change while the program runs: no database is asked."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, takewhile

from supportgroups.guides.models import Guide
from supportgroups.search.words import Place, Question, fold, near


@dataclass(frozen=True)
class Known:
    """The folded words of one guide by where they stand, sorted, with how often they do."""

    words: dict[Place, list[tuple[str, int]]]

    def count(self, question: Question, place: Place) -> int:
        """Return how often the words of the question stand there; 0 unless each set has one."""
        counts = [
            sum(_count(self.words[place], word, is_prefix=question.is_prefix) for word in one)
            for one in question.sets
        ]
        return sum(counts) if all(counts) else 0


def find_guides(guides: Iterable[Guide], question: Question) -> list[Guide]:
    """Return the guides that answer `question`: those whose title does, then who says it most.

    A whole word counts before one that only begins like it: "tea" before "team".
    """
    whole = replace(question, is_prefix=False)
    places = [question.place] if question.place is Place.NEAR else [Place.TITLE, Place.WORDS]
    found = [
        (tier, -known.count(whole, place), -count, number, guide)
        for number, guide in enumerate(guides)
        for known in (_known(guide.title, guide.summary, _body(guide)),)
        for tier, place in enumerate(places)
        if (count := known.count(question, place))
    ]
    return list(dict.fromkeys(guide for *_rank, guide in sorted(found, key=lambda hit: hit[:-1])))


def _body(guide: Guide) -> str:
    """Return what else may be looked for: the text, what it warns of, and what it rests on."""
    return " ".join((guide.note, guide.text, *(source.title for source in guide.sources)))


@lru_cache(maxsize=500)
def _known(title: str, summary: str, body: str) -> Known:
    every = fold(f"{title} {summary} {body}").split()
    close = frozenset().union(*map(near, fold(f"{title} {summary}").split()))
    return Known(
        {
            Place.TITLE: sorted(Counter(fold(title).split()).items()),
            Place.WORDS: sorted(Counter(every).items()),
            Place.NEAR: sorted((word, 1) for word in close),
        }
    )


def _count(words: list[tuple[str, int]], word: str, *, is_prefix: bool) -> int:
    found = takewhile(
        lambda entry: entry[0].startswith(word) if is_prefix else entry[0] == word,
        islice(words, bisect_left(words, (word, 0)), None),
    )
    return sum(count for _word, count in found)
