"""Reads the guides from a folder of Markdown files.

A file holds two parts. The first stands between two lines of `+++` and is TOML: title, summary,
audience, reviewed, review_by, one `[[sources]]` table per source, and order if it matters. The
rest is the text. Everything is checked at the start of the program, and a mistake is explained
with the name of the file and the line or field, since whoever wrote it is no programmer.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from supportgroups.guides.markdown import UnwantedHeading, render
from supportgroups.guides.models import Guide, Reader, Source

CONTENT_FOLDER = Path(__file__).parent / "content"
FENCE = "+++"
#: Where a guide stands that does not care.
DEFAULT_ORDER = 100

_FIELDS = {"title", "summary", "audience", "order", "sources", "reviewed", "review_by"}
_SOURCE_FIELDS = {"body", "title", "url"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class BadGuide(ValueError):
    """A guide that cannot be shown; the message names the file and the line or field."""


@dataclass(frozen=True)
class Library:
    """All guides, in the order in which a list shows them."""

    guides: tuple[Guide, ...]

    def __iter__(self) -> Iterator[Guide]:
        """Go through the guides in that order."""
        return iter(self.guides)


@cache
def our_library() -> Library:
    """Return the guides that come with the program, read once."""
    return load_library(CONTENT_FOLDER)


def load_library(folder: Path) -> Library:
    """Read every `*.md` file of `folder`.

    :raises BadGuide: the folder holds no guide, or a file is not a guide
    """
    guides = [read_guide(path) for path in sorted(folder.glob("*.md"))]
    if not guides:
        raise BadGuide(f"{folder}: holds no guide (no file whose name ends in .md)")
    readers = list(Reader)
    guides.sort(key=lambda guide: (readers.index(guide.audience), guide.order, guide.title))
    return Library(tuple(guides))


def read_guide(path: Path) -> Guide:
    """Read one guide. The name of the file, without its ending, is the slug.

    :raises BadGuide: the file is not a guide
    """
    if not _SLUG.fullmatch(path.stem):
        raise BadGuide(f"{path.name}: name the file in small letters and hyphens, as in a-guide.md")
    header, first_line, text = _split(path)
    fields = _Fields(path.name, _parse(path.name, header))
    fields.refuse_others(_FIELDS)
    reviewed, review_by = fields.day("reviewed"), fields.day("review_by")
    if review_by <= reviewed:
        raise fields.bad("review_by", "must be later than reviewed")
    try:
        rendered = render(text)
    except UnwantedHeading as error:
        raise BadGuide(f"{path.name}, line {first_line + error.line - 1}: {error}") from error
    if not rendered.text:
        raise BadGuide(f"{path.name}, line {first_line}: the guide has no text")
    return Guide(
        slug=path.stem,
        title=fields.words("title"),
        summary=fields.words("summary"),
        audience=fields.reader("audience"),
        order=fields.whole_number("order", DEFAULT_ORDER),
        sources=fields.sources("sources"),
        reviewed=reviewed,
        review_by=review_by,
        body=rendered.html,
        headings=rendered.headings,
        text=rendered.text,
    )


def _split(path: Path) -> tuple[str, int, str]:
    """Return the header, the number of the first line of the text, and the text."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BadGuide(f"{path.name}: save the file as UTF-8") from error
    if not lines or lines[0].rstrip() != FENCE:
        raise BadGuide(f"{path.name}, line 1: the file must begin with a line {FENCE}")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]), number + 2, "\n".join(lines[number + 1 :])
    raise BadGuide(f"{path.name}: a second line {FENCE} must close the header")


def _parse(name: str, header: str) -> dict[str, Any]:
    try:
        # The empty line stands for the fence above, so that the numbers of lines are right.
        return tomllib.loads("\n" + header)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_PLACE.search(message)
        # Without a number the trouble is at the end of the header: the line before the fence.
        number = place[1] if place and place[1] else header.count("\n") + 2
        reason = _TOML_PLACE.sub("", message)
        raise BadGuide(f"{name}, line {number}: {reason}") from error


class _Fields:
    """The header of one file, read field by field with a good explanation of each mistake."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name = name
        self.values = values

    def bad(self, field: str, reason: str) -> BadGuide:
        return BadGuide(f"{self.name}, field {field}: {reason}")

    def refuse_others(self, known: set[str]) -> None:
        for field in self.values:
            if field not in known:
                raise self.bad(field, f"is not known; the fields are {', '.join(sorted(known))}")

    def words(self, field: str) -> str:
        value = self.values.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.bad(field, 'write some words in quotation marks, as in title = "A title"')
        return value.strip()

    def day(self, field: str) -> date:
        value = self.values.get(field)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.bad(field, "write a date without quotation marks, as in 2026-12-01")
        return value

    def whole_number(self, field: str, default: int) -> int:
        value = self.values.get(field, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.bad(field, "write a whole number")
        return value

    def reader(self, field: str) -> Reader:
        try:
            return Reader(self.words(field))
        except ValueError as error:
            raise self.bad(field, f"must be one of {', '.join(Reader)}") from error

    def sources(self, field: str) -> tuple[Source, ...]:
        values = self.values.get(field)
        if not isinstance(values, list) or not values:
            raise self.bad(field, "name at least one source, each under a line [[sources]]")
        return tuple(self._source(field, number, value) for number, value in enumerate(values, 1))

    def _source(self, field: str, number: int, value: object) -> Source:
        place = f"{field}, number {number}"
        if not isinstance(value, dict):
            raise self.bad(place, "write it under a line [[sources]]")
        source = _Fields(f"{self.name}, field {place}", value)
        source.refuse_others(_SOURCE_FIELDS)
        url = source.words("url")
        if not url.startswith("https://"):
            raise source.bad("url", "must begin with https://")
        return Source(body=source.words("body"), title=source.words("title"), url=url)
