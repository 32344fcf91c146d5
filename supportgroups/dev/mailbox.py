"""The letters that a development site kept in files instead of sending them."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

#: What the names of letters are made of: the moment and the number of the job.
NAME = re.compile(r"[0-9T.-]+")


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
        return self._part("plain")

    @property
    def html(self) -> str:
        """The same words as most mail programs show them."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
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


def _read(folder: Path, name: str, *, headers_only: bool) -> KeptLetter:
    with (folder / f"{name}.eml").open("rb") as file:
        message = BytesParser(policy=policy.default).parse(file, headersonly=headers_only)
    return KeptLetter(name, message)
