"""The words of a letter, taken apart into paragraphs, lines, and the addresses in them. Pure.

A letter is written once, as plain text. Its second form, and the viewer of a development site, are
made from the pieces, so that no sentence stands in two places.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

#: Ends a sentence rather than an address.
SENTENCE_END = ".,;:!?)"


class Piece(NamedTuple):
    """Some words of a letter, or an address of this site in it."""

    words: str
    is_link: bool


@dataclass(frozen=True)
class Line:
    """One line of a paragraph."""

    pieces: list[Piece]

    @property
    def action(self) -> str | None:
        """What the address that ends this line is for: `Sign in`, of `Sign in: https://…`."""
        if len(self.pieces) != len(("words", "address")) or not self.pieces[1].is_link:
            return None
        words = self.pieces[0].words.rstrip()
        # French puts a narrow space before the colon, Chinese writes a wide one.
        return words[:-1].rstrip() if words.endswith((":", "：")) else None


def split_text(text: str, *, base_url: str) -> list[list[Line]]:
    """Split a letter into paragraphs of lines; only addresses of this site are links."""
    own_address = re.compile(rf"({re.escape(base_url)}(?![^/?#\s])[^\s<>\"]*)")
    return [
        [_split_line(line, own_address) for line in paragraph.splitlines()]
        for paragraph in re.split(r"\n\s*\n", text.strip())
    ]


def _split_line(line: str, own_address: re.Pattern[str]) -> Line:
    pieces = []
    for number, words in enumerate(own_address.split(line)):
        # What a pattern with one group splits off stands at the odd places.
        is_link = number % 2 == 1
        address = words.rstrip(SENTENCE_END) if is_link else words
        pieces += [Piece(address, is_link), Piece(words[len(address) :], is_link=False)]
    return Line([piece for piece in pieces if piece.words])
