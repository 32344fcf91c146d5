"""Reads the guides from folders of Markdown files.

A file holds two parts. The first stands between two lines of `+++` and is TOML; `_FIELDS` below
names what it may say. The rest is the text. Everything is checked when it is read, an operator's own
files at the start of the program, and a mistake is explained with the name of the file and the line
or field, since whoever wrote it is no programmer.

A folder named after a language, such as `es/`, holds translations: files of the same names with
title, summary, perhaps a note, and the text; the rest is that of the original. A translation says
of which words it is one (`translates`), so that it is known to be behind when these have changed.

The people who run a site may keep such a folder in their data directory. A file there stands beside
ours, or takes the place of ours if the names are the same.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from supportgroups.groups.topics import Topic
from supportgroups.guides.markdown import UnwantedHeading, render
from supportgroups.guides.models import ComingKind, Guide, Reader, Sheet, Source

CONTENT_FOLDER = Path(__file__).parent / "content"
FENCE = "+++"
#: The language of files that stand in no language's folder.
MAIN_LANGUAGE = "en"
#: Where a guide stands that does not care.
DEFAULT_ORDER = 100

#: Fields that every file has, and those that it may have.
_FIELDS = {
    *("title", "summary", "audience", "sources", "reviewed", "review_by"),
    *("order", "related", "topics", "coming", "note", "sheet", "pacer"),
}
_TRANSLATED_FIELDS = {"title", "summary", "note", "translates"}
_SOURCE_FIELDS = {"body", "title", "url"}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

Choice = TypeVar("Choice", bound=StrEnum)


class BadGuide(ValueError):
    """A guide that cannot be shown; the message names the file and the line or field."""


@dataclass(frozen=True)
class Library:
    """All guides, in the order in which a list shows them."""

    guides: tuple[Guide, ...]
    #: Translations, by slug and language.
    translations: Mapping[tuple[str, str], Guide] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Guide]:
        """Go through the originals in that order."""
        return iter(self.guides)

    def find(self, slug: str) -> Guide | None:
        """Return the original of the guide called `slug`, if there is one."""
        return next((guide for guide in self.guides if guide.slug == slug), None)

    def by_reader(self, language: str) -> list[tuple[Reader, list[Guide]]]:
        """Return the guides in groups, one for each reader for whom there is a guide.

        Each is in `language` where it can be had.
        """
        groups: dict[Reader, list[Guide]] = {reader: [] for reader in Reader}
        for guide in self.guides:
            groups[guide.audience].append(self.in_language(guide, language))
        return [(reader, guides) for reader, guides in groups.items() if guides]

    def in_language(self, guide: Guide, language: str) -> Guide:
        """Return `guide` in `language` if there is such a translation, or else the original."""
        return self.translations.get((guide.slug, language), guide)

    def languages(self, slug: str) -> list[str]:
        """Return the languages in which a guide can be read, that of the original first."""
        return [MAIN_LANGUAGE, *sorted(code for name, code in self.translations if name == slug)]

    def is_behind(self, guide: Guide) -> bool:
        """Tell whether a translation's original has changed since; false for an original."""
        original = self.find(guide.slug)
        return (
            bool(guide.translates)
            and original is not None
            and (guide.translates != original.digest)
        )


@cache
def our_library() -> Library:
    """Return the guides that come with the program, read once."""
    return load_library(CONTENT_FOLDER)


def load_library(*folders: Path) -> Library:
    """Read the guides of each folder, and the translations in its languages' folders.

    A file of a later folder takes the place of one with the same name in an earlier folder.

    :raises BadGuide: no folder holds a guide, a file is not a guide, a guide is related to one
        that does not exist, or a translation has no original
    """
    originals = {
        guide.slug: guide
        for folder in folders
        for guide in map(read_guide, sorted(folder.glob("*.md")))
    }
    if not originals:
        raise BadGuide(f"{folders[0]}: holds no guide (no file whose name ends in .md)")
    for guide in originals.values():
        for other in guide.related:
            if other not in originals or other == guide.slug:
                raise BadGuide(
                    f"{guide.slug}.md, field related: there is no other guide {other}.md"
                )
    readers = list(Reader)
    guides = sorted(
        originals.values(),
        key=lambda guide: (readers.index(guide.audience), guide.order, guide.title),
    )
    translations = {
        (guide.slug, guide.language): guide
        for folder in folders
        for path in sorted(folder.glob("*/*.md"))
        for guide in [_read_translation(path, originals)]
    }
    return Library(tuple(guides), translations)


def _read_translation(path: Path, originals: Mapping[str, Guide]) -> Guide:
    language = path.parent.name
    if not _LANGUAGE.fullmatch(language):
        raise BadGuide(f"{language}/{path.name}: name the folder by a language, as in es")
    original = originals.get(path.stem)
    if original is None:
        raise BadGuide(f"{language}/{path.name}: there is no guide of this name to be translated")
    file = _File(path, _TRANSLATED_FIELDS)
    return replace(
        original, language=language, translates=file.fields.words("translates"), **file.contents()
    )


def read_guide(path: Path) -> Guide:
    """Read one guide. The name of the file, without its ending, is the slug.

    :raises BadGuide: the file is not a guide
    """
    if not _SLUG.fullmatch(path.stem):
        raise BadGuide(f"{path.name}: name the file in small letters and hyphens, as in a-guide.md")
    file = _File(path, _FIELDS)
    fields = file.fields
    reviewed, review_by = fields.day("reviewed"), fields.day("review_by")
    if review_by <= reviewed:
        raise fields.bad("review_by", "must be later than reviewed")
    return Guide(
        slug=path.stem,
        language=MAIN_LANGUAGE,
        audience=fields.reader("audience"),
        order=fields.whole_number("order", DEFAULT_ORDER),
        related=fields.list_of_words("related"),
        topics=tuple(
            fields.choice("topics", Topic, word) for word in fields.list_of_words("topics")
        ),
        coming=fields.optional("coming", ComingKind) or _usual_coming(fields.reader("audience")),
        sheet=fields.optional("sheet", Sheet),
        has_pacer=fields.yes_or_no("pacer"),
        sources=fields.sources("sources"),
        reviewed=reviewed,
        review_by=review_by,
        translates="",
        **file.contents(),
    )


def _usual_coming(reader: Reader) -> ComingKind:
    """Say which sessions a guide leads to that names none: who helps is not looking for one."""
    return ComingKind.SESSIONS if reader is Reader.MEMBER else ComingKind.NONE


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


class _File:
    """One file, taken apart."""

    def __init__(self, path: Path, known: set[str]) -> None:
        self.name = path.name
        header, self.first_line, self.text = _split(path)
        self.fields = _Fields(path.name, _parse(path.name, header))
        self.fields.refuse_others(known)

    def contents(self) -> dict[str, Any]:
        """Return what stands in every file: the words, rendered, and a digest of them."""
        try:
            rendered = render(self.text)
        except UnwantedHeading as error:
            line = self.first_line + error.line - 1
            raise BadGuide(f"{self.name}, line {line}: {error}") from error
        if not rendered.text:
            raise BadGuide(f"{self.name}, line {self.first_line}: the guide has no text")
        title, summary = self.fields.words("title"), self.fields.words("summary")
        note = self.fields.words("note") if "note" in self.fields.values else ""
        words = f"{title}\n{summary}\n{note}\n{self.text}"
        return {
            "title": title,
            "summary": summary,
            "note": note,
            "digest": sha256(words.encode()).hexdigest()[:12],
            "body": rendered.html,
            "headings": rendered.headings,
            "text": rendered.text,
        }


class _Fields:
    """The header of one file, read field by field with a good explanation of each mistake."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name = name
        self.values = values

    def bad(self, field: str, reason: str) -> BadGuide:
        return BadGuide(f"{self.name}, field {field}: {reason}")

    def refuse_others(self, known: set[str]) -> None:
        for name in self.values:
            if name not in known:
                raise self.bad(name, f"is not known; the fields are {', '.join(sorted(known))}")

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

    def list_of_words(self, field: str) -> tuple[str, ...]:
        values = self.values.get(field, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.bad(field, 'write a list, as in ["stress", "work"]')
        return tuple(values)

    def yes_or_no(self, field: str) -> bool:
        value = self.values.get(field, False)
        if not isinstance(value, bool):
            raise self.bad(field, "write true or false")
        return value

    def reader(self, field: str) -> Reader:
        return self.choice(field, Reader, self.words(field))

    def optional(self, field: str, kind: type[Choice]) -> Choice | None:
        return self.choice(field, kind, self.words(field)) if field in self.values else None

    def choice(self, field: str, kind: type[Choice], word: str) -> Choice:
        try:
            return kind(word)
        except ValueError as error:
            raise self.bad(field, f"must be one of {', '.join(kind)}") from error

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
