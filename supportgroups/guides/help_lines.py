"""Reads the help lines file, and decides which lines may still be trusted.

A wrong number is worse than none: people have died after dialling a number that did not work
yet. So every line says where it was confirmed and when, a line that nobody has checked for six
months is reported to the people who run the site, and after twelve months it is hidden and a
directory takes its place.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from dateutil.relativedelta import relativedelta

from supportgroups.clock import is_zone, to_zone
from supportgroups.guides.models import (
    Directory,
    EmergencyNumber,
    HelpBook,
    HelpLine,
    LineAudience,
    LineCost,
    LineKind,
    Opening,
    Source,
    Standing,
    dialled,
)

OUR_FILE = Path(__file__).with_name("help_lines.toml")
#: A line that nobody has checked for longer than this is reported.
DUE_AFTER = relativedelta(months=6)
#: A line that nobody has checked for longer than this is hidden.
EXPIRED_AFTER = relativedelta(months=12)

_TABLES = {"emergency", "line", "directory"}
_EMERGENCY_FIELDS = {"country", "number", "note"}
_DIRECTORY_FIELDS = {"name", "url", "about"}
_SOURCE_FIELDS = {"body", "url"}
_OPENING_FIELDS = {"days", "from", "to"}
_LINE_FIELDS = {
    "country",
    "name",
    "kind",
    "audience",
    "phone",
    "sms",
    "sms_word",
    "whatsapp",
    "chat_url",
    "always_open",
    "hours",
    "open",
    "zone",
    "languages",
    "cost",
    "note",
    "source",
    "verified_on",
}
_DAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}

Choice = TypeVar("Choice", bound=StrEnum)


class BadHelpLines(ValueError):
    """The help lines file is not as it should be; the message names the entry and the field."""


def standing(line: HelpLine, today: date) -> Standing:
    """Return how far `line` may be trusted on `today`, by the day somebody last checked it."""
    if today > line.verified_on + EXPIRED_AFTER:
        return Standing.EXPIRED
    if today > line.verified_on + DUE_AFTER:
        return Standing.DUE
    return Standing.CURRENT


def is_open(line: HelpLine, moment: datetime) -> bool:
    """Tell whether somebody answers at `moment`, on the line's own clocks."""
    if line.is_always_open:
        return True
    local = to_zone(moment, line.time_zone)
    return any(_covers(opening, local) for opening in line.openings)


def open_first(lines: Iterable[HelpLine], moment: datetime) -> tuple[HelpLine, ...]:
    """Return the lines that answer at `moment` before the others; else their order stays."""
    return tuple(sorted(lines, key=lambda line: not is_open(line, moment)))


def _covers(opening: Opening, local: datetime) -> bool:
    began_today = local.isoweekday() in opening.weekdays and opening.starts <= local.time()
    if opening.starts < opening.ends:
        return began_today and local.time() < opening.ends
    yesterday = (local - timedelta(days=1)).isoweekday()
    return began_today or (yesterday in opening.weekdays and local.time() < opening.ends)


@cache
def our_help_book() -> HelpBook:
    """Return the help lines that come with the program, read once."""
    return load_help_book(OUR_FILE)


def load_help_book(path: Path) -> HelpBook:
    """Read a help lines file.

    :raises BadHelpLines: an entry is incomplete or contradicts itself
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadHelpLines(f"{path.name}: {error}") from error
    top = _Entry(path.name, values)
    top.refuse_others(_TABLES)
    book = HelpBook(
        emergencies=tuple(_emergency(entry) for entry in top.tables("emergency")),
        lines=tuple(_line(entry) for entry in top.tables("line")),
        directories=tuple(_directory(entry) for entry in top.tables("directory")),
    )
    if not book.directories:
        raise BadHelpLines(f"{path.name}: name at least one directory, for places without a line")
    codes = [emergency.country for emergency in book.emergencies]
    for code in codes:
        if codes.count(code) > 1:
            raise BadHelpLines(f"{path.name}: {code} has more than one emergency number")
    for line in book.lines:
        if line.country not in codes:
            raise BadHelpLines(f"{path.name}, {line.name}: {line.country} has no emergency number")
    return book


def _emergency(entry: "_Entry") -> EmergencyNumber:
    entry.refuse_others(_EMERGENCY_FIELDS)
    return EmergencyNumber(
        country=entry.country("country"),
        number=entry.number("number"),
        note=entry.words("note", optional=True),
    )


def _directory(entry: "_Entry") -> Directory:
    entry.refuse_others(_DIRECTORY_FIELDS)
    return Directory(name=entry.words("name"), url=entry.address("url"), about=entry.words("about"))


def _line(entry: "_Entry") -> HelpLine:
    entry.refuse_others(_LINE_FIELDS)
    always_open = entry.values.get("always_open") is True
    line = HelpLine(
        country=entry.country("country"),
        name=entry.words("name"),
        kind=entry.choice("kind", LineKind),
        audience=entry.choice("audience", LineAudience),
        phones=entry.numbers("phone"),
        sms=entry.number("sms", optional=True),
        sms_word=entry.words("sms_word", optional=True),
        whatsapp=entry.number("whatsapp", optional=True),
        chat_url=entry.address("chat_url", optional=True),
        is_always_open=always_open,
        hours=entry.words("hours", optional=always_open),
        openings=entry.openings("open", optional=always_open),
        time_zone=entry.zone("zone", optional=always_open),
        languages=entry.list_of_words("languages"),
        cost=entry.choice("cost", LineCost),
        note=entry.words("note", optional=True),
        source=entry.source("source"),
        verified_on=entry.day("verified_on"),
    )
    if not (line.phones or line.sms or line.whatsapp or line.chat_url):
        raise entry.bad("phone", "give at least one way to reach the line")
    if always_open and (line.hours or line.openings or line.time_zone):
        raise entry.bad("always_open", "leave out hours, open and zone, or say false")
    if line.sms_word and not line.sms:
        raise entry.bad("sms_word", "is of no use without sms")
    if line.whatsapp and not line.whatsapp.isdecimal():
        raise entry.bad("whatsapp", "write the international number in digits alone")
    return line


class _Entry:
    """One table of the file, read field by field with a good explanation of each mistake."""

    def __init__(self, place: str, values: Mapping[str, Any]) -> None:
        self.place = place
        self.values = values

    def bad(self, field: str, reason: str) -> BadHelpLines:
        return BadHelpLines(f"{self.place}, field {field}: {reason}")

    def refuse_others(self, known: set[str]) -> None:
        for field in self.values:
            if field not in known:
                raise self.bad(field, f"is not known; the fields are {', '.join(sorted(known))}")

    def tables(self, field: str) -> "list[_Entry]":
        values = self.values.get(field, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.bad(field, f"write each one under a line [[{field}]]")
        return [
            _Entry(f"{self.place}, {field} number {number} ({_label(value)})", value)
            for number, value in enumerate(values, 1)
        ]

    def words(self, field: str, *, optional: bool = False) -> str:
        value = self.values.get(field, "" if optional else None)
        if not isinstance(value, str) or not (optional or value.strip()):
            raise self.bad(field, "write some words in quotation marks")
        return value.strip()

    def list_of_words(self, field: str) -> tuple[str, ...]:
        values = self.values.get(field)
        if not isinstance(values, list) or not values:
            raise self.bad(field, 'write a list, as in ["en", "fr"]')
        return tuple(_Entry(self.place, {field: value}).words(field) for value in values)

    def number(self, field: str, *, optional: bool = False) -> str:
        value = self.words(field, optional=optional)
        if value and len(dialled(value)) != len(value.replace(" ", "").replace("-", "")):
            raise self.bad(field, "write a telephone number: digits, spaces and hyphens")
        return value

    def numbers(self, field: str) -> tuple[str, ...]:
        if field not in self.values:
            return ()
        return tuple(
            _Entry(self.place, {field: value}).number(field) for value in self.list_of_words(field)
        )

    def country(self, field: str) -> str:
        value = self.words(field)
        if len(value) != 2 or not value.isascii() or not value.isupper():  # noqa: PLR2004 (ISO 3166)
            raise self.bad(field, "write a country code of two capital letters")
        return value

    def address(self, field: str, *, optional: bool = False) -> str:
        value = self.words(field, optional=optional)
        if value and not value.startswith("https://"):
            raise self.bad(field, "must begin with https://")
        return value

    def zone(self, field: str, *, optional: bool) -> str:
        value = self.words(field, optional=optional)
        if value and not is_zone(value):
            raise self.bad(field, "must be a time zone, such as Europe/London")
        return value

    def choice(self, field: str, kind: type[Choice]) -> Choice:
        try:
            return kind(self.words(field))
        except ValueError as error:
            raise self.bad(field, f"must be one of {', '.join(kind)}") from error

    def day(self, field: str) -> date:
        value = self.values.get(field)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.bad(field, "write a date without quotation marks, as in 2026-12-01")
        return value

    def source(self, field: str) -> Source:
        value = self.values.get(field)
        if not isinstance(value, dict):
            raise self.bad(field, 'write it as { body = "…", url = "https://…" }')
        source = _Entry(f"{self.place}, field {field}", value)
        source.refuse_others(_SOURCE_FIELDS)
        return Source(body=source.words("body"), title="", url=source.address("url"))

    def openings(self, field: str, *, optional: bool) -> tuple[Opening, ...]:
        values = self.values.get(field, [])
        if not isinstance(values, list) or not (values or optional):
            raise self.bad(field, "say when the line answers, or set always_open = true")
        return tuple(self._opening(field, value) for value in values)

    def _opening(self, field: str, value: object) -> Opening:
        if not isinstance(value, dict):
            raise self.bad(field, 'write { days = ["mon"], from = 09:00:00, to = 17:00:00 }')
        opening = _Entry(f"{self.place}, field {field}", value)
        opening.refuse_others(_OPENING_FIELDS)
        days = opening.list_of_words("days")
        if unknown := [day for day in days if day not in _DAYS]:
            raise opening.bad("days", f"{unknown[0]} is not one of {', '.join(_DAYS)}")
        return Opening(
            weekdays=frozenset(_DAYS[day] for day in days),
            starts=opening.clock("from"),
            ends=opening.clock("to"),
        )

    def clock(self, field: str) -> time:
        value = self.values.get(field)
        if not isinstance(value, time):
            raise self.bad(field, "write a time without quotation marks, as in 09:00:00")
        return value


def _label(values: Mapping[str, Any]) -> str:
    return " ".join(str(values[field]) for field in ("country", "name") if field in values) or "?"
