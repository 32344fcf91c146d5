"""A few words of a text around the first that was looked for."""

import re
from collections.abc import Iterator

from supportgroups.search.words import fold

#: So many letters are shown, more or less: the cut is between words.
LENGTH = 160

_WORD = re.compile(r"[^\W_]+")
#: Where a line ends as headings do, and not in the middle of a sentence.
_HEADING_END = re.compile(r"(\w)\s*\n\s*(\S)")


def snippet(text: str, words: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return pieces of `text` around the first hit, each with whether it was looked for.

    A text without a hit, since only its title was found, gives its beginning.
    """
    plain = " ".join(_HEADING_END.sub(_part, text).split())
    first = next((start for start, _end in _hits(plain, words)), 0)
    start = _word_start(plain, max(0, first - LENGTH // 3))
    end = len(plain) if len(plain) <= start + LENGTH else plain.rfind(" ", start, start + LENGTH)
    end = end if end > start else start + LENGTH
    pieces = [("… ", False)] if start else []
    at = start
    for begins, ends in _hits(plain, words):
        if start <= begins and ends <= end:
            pieces += [(plain[at:begins], False), (plain[begins:ends], True)]
            at = ends
    pieces.append((plain[at:end] + (" …" if end < len(plain) else ""), False))
    return [(piece, is_hit) for piece, is_hit in pieces if piece]


def _part(end: re.Match[str]) -> str:
    return f"{end[1]} {end[2]}" if end[2].islower() else f"{end[1]} · {end[2]}"


def _hits(text: str, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for found in _WORD.finditer(text):
        if any(part.startswith(word) for part in fold(found[0]).split() for word in words):
            yield found.span()


def _word_start(text: str, place: int) -> int:
    """Return where the first whole word at or after `place` begins."""
    if place == 0:
        return 0
    space = text.find(" ", place)
    return place if space == -1 else space + 1
