"""The letters that a development site kept in files instead of sending them."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

#: What the names of letters are made of: the moment and the number of the job.
NAME = re.compile(r"[0-9T.-]+")
#: Ends a sentence rather than an address.
SENTENCE_END = ".,;:!?)"


class Piece(NamedTuple):
    """Some words of a letter, or an address of this site in it."""

    words: str
    is_link: bool


@dataclass(frozen=True)
class KeptLetter:
    """One letter, with its name in the mailbox."""

    name: str
    message: EmailMessage

    @property
    def sent_at(self) -> datetime:
        """The moment in its Date header, aware."""
        moment: datetime = self.message["Date"].datetime
        return moment

    @property
    def text(self) -> str:
        """The words of the plain part."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


def list_letters(folder: Path, *, before: str | None, limit: int) -> list[KeptLetter]:
    """Return letters without reading their bodies, newest first, from the one before `before`."""
    names = sorted((path.stem for path in folder.glob("*.eml")), reverse=True)
    wanted = [name for name in names if before is None or name < before][:limit]
    return [_read(folder, name, headers_only=True) for name in wanted]


def find_letter(folder: Path, name: str) -> KeptLetter | None:
    """Return the letter of this name."""
    if NAME.fullmatch(name) is None or not (folder / f"{name}.eml").is_file():
        return None
    return _read(folder, name, headers_only=False)


def split_text(text: str, *, base_url: str) -> list[list[list[Piece]]]:
    """Split a letter into paragraphs, lines and pieces; only addresses of this site are links."""
    own_address = re.compile(rf"({re.escape(base_url)}(?![^/?#\s])[^\s<>\"]*)")
    return [
        [_split_line(line, own_address) for line in paragraph.splitlines()]
        for paragraph in re.split(r"\n\s*\n", text.strip())
    ]


def _split_line(line: str, own_address: re.Pattern[str]) -> list[Piece]:
    pieces = []
    for number, words in enumerate(own_address.split(line)):
        # What a pattern with one group splits off stands at the odd places.
        is_link = number % 2 == 1
        address = words.rstrip(SENTENCE_END) if is_link else words
        pieces += [Piece(address, is_link), Piece(words[len(address) :], is_link=False)]
    return [piece for piece in pieces if piece.words]


def _read(folder: Path, name: str, *, headers_only: bool) -> KeptLetter:
    with (folder / f"{name}.eml").open("rb") as file:
        message = BytesParser(policy=policy.default).parse(file, headersonly=headers_only)
    return KeptLetter(name, message)
