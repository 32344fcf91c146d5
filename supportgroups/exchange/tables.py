"""Tables of other programs (CSV, RFC 4180) read into events: which column says what, and when. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from supportgroups.calendars.foreign_times import FIRST_YEAR, LAST_YEAR
from supportgroups.calendars.found import USUAL_MINUTES, FoundEvent, Trouble
from supportgroups.calendars.lines import MOST_EVENTS, TooManyEvents
from supportgroups.calendars.plain_words import apart_from_room, line, text
from supportgroups.sessions.recurrence import MAX_LENGTH_MINUTES

MOST_COLUMNS = 40
#: More than this is no day, time or length, in characters.
LONGEST_FACT = 40
NOON = 12

Table = list[list[str]]


class NotATable(ValueError):
    """There is no table in the file."""


class Column(StrEnum):
    """What a column can say."""

    TITLE = "title"
    DAY = "day"
    STARTS = "starts"
    ENDS = "ends"
    MINUTES = "minutes"
    PLACE = "place"
    DESCRIPTION = "description"


class DayOrder(StrEnum):
    """In which order a day is written: 3/12 is in December or in March."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


#: How programs head their columns, in small letters.
HEADINGS: dict[Column, tuple[str, ...]] = {
    Column.TITLE: ("title", "subject", "name", "event name", "event", "summary", "session",
                   "título", "titulo", "asunto", "nombre"),
    Column.DAY: ("date", "start date", "day", "start date & time", "start date/time", "starts on",
                 "fecha", "fecha de inicio", "datum"),
    Column.STARTS: ("start time", "time", "starts", "starts at", "start", "begin", "from", "hora",
                    "hora de inicio"),
    Column.ENDS: ("end time", "ends", "ends at", "end", "to", "until", "hora de finalización"),
    Column.MINUTES: ("minutes", "duration", "length", "duration (minutes)", "duración"),
    Column.PLACE: ("location", "place", "venue", "address", "where", "lugar", "ubicación"),
    Column.DESCRIPTION: ("description", "details", "notes", "about", "descripción", "notas"),
}  # fmt: skip

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*([ap])?\.?m?\.?(?![\w/-])", re.IGNORECASE
)
#: What a spreadsheet puts before a cell that would look like a formula.
_GUARDED = re.compile(r"'(?=[=+\-@\t\r])")


@dataclass(frozen=True)
class Layout:
    """Which column says what, counted from 0, and how days are written."""

    columns: Mapping[Column, int]
    order: DayOrder | None

    @property
    def is_sure(self) -> bool:
        """Whether nothing has to be asked."""
        needed = {Column.TITLE, Column.DAY}
        return needed <= self.columns.keys() and self.order is not None


def read_table(content: str) -> Table:
    """Return the rows of a file, the headings first; cells are cleaned and cut.

    :raises NotATable: there are no two columns, or no row under the headings
    :raises TooManyEvents: it holds more than 500 rows
    """
    plain = content.replace("\x00", "")
    head = plain.lstrip().partition("\n")[0]
    separator = max(",;\t|", key=head.count)
    rows: Table = []
    try:
        for row in csv.reader(io.StringIO(plain), delimiter=separator):
            cells = [text(_GUARDED.sub("", cell, count=1)) for cell in row[:MOST_COLUMNS]]
            if any(cells):
                rows.append(cells)
            if len(rows) > MOST_EVENTS + 1:
                raise TooManyEvents
    except csv.Error as error:
        raise NotATable from error
    if len(rows) < 2 or len(rows[0]) < 2:  # noqa: PLR2004 (headings and a row; a title and a day)
        raise NotATable
    return rows


def guess_layout(table: Table) -> Layout:
    """Return what the headings and the days give away."""
    headings = [heading.strip().lower() for heading in table[0]]
    columns = {
        column: next(headings.index(name) for name in names if name in headings)
        for column, names in HEADINGS.items()
        if any(name in headings for name in names)
    }
    if Column.DAY not in columns and Column.STARTS in columns:
        # "Start" alone is the day and the time in one.
        columns[Column.DAY] = columns[Column.STARTS]
    if Column.DAY not in columns:
        return Layout(columns, None)
    return Layout(columns, guess_order(_cells(table, columns[Column.DAY])))


def guess_order(days: Iterable[str]) -> DayOrder | None:
    """Return how these days are written; none where both ways give days."""
    found = [match for day in days if (match := _DAY.search(day[:LONGEST_FACT]))]
    if not found or any(match[2] == "." or int(match[1]) > NOON for match in found):
        return DayOrder.DAY_FIRST
    return DayOrder.MONTH_FIRST if any(int(match[3]) > NOON for match in found) else None


def events_of_table(table: Table, layout: Layout, *, home: str) -> list[FoundEvent]:
    """Return one event for each row; those that say no day or time come with their trouble.

    :param home: the zone of the group, on whose wall the times are
    """
    return [_event(row, layout, home, number) for number, row in enumerate(table[1:])]


def _event(row: Sequence[str], layout: Layout, home: str, number: int) -> FoundEvent:
    def cell(column: Column) -> str:
        index = layout.columns.get(column)
        return row[index] if index is not None and index < len(row) else ""

    place, description, link = apart_from_room(cell(Column.PLACE), cell(Column.DESCRIPTION))
    words: dict[str, Any] = {
        "title": line(cell(Column.TITLE)),
        "description": description,
        "place": place,
        "online_link": link,
        "zone": home,
    }
    day = read_day(cell(Column.DAY), layout.order)
    starts = read_clock(cell(Column.STARTS)) or read_clock(
        _ISO.sub("", _DAY.sub("", cell(Column.DAY)))
    )
    if day is None or starts is None:
        trouble = Trouble.NO_START if day is None else Trouble.NO_TIME
        return FoundEvent(uid=f"row {number} {words['title']}", **words, trouble=trouble)
    wall = datetime.combine(day, starts)
    minutes = _minutes(wall, cell(Column.ENDS), cell(Column.MINUTES))
    words["uid"] = f"{words['title']} {wall:%Y-%m-%dT%H:%M}"
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return FoundEvent(**words, trouble=Trouble.FAR_AWAY)
    if not 0 < minutes <= MAX_LENGTH_MINUTES:
        return FoundEvent(**words, trouble=Trouble.BAD_LENGTH)
    return FoundEvent(**words, starts=wall, minutes=minutes)


def read_day(words: str, order: DayOrder | None) -> date | None:
    """Return the day that a cell says; none if it says none."""
    words = words[:LONGEST_FACT]
    if iso := _ISO.search(words):
        year, month, day = map(int, iso.groups())
    elif found := _DAY.search(words):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        is_month_first = order is DayOrder.MONTH_FIRST
        day, month = (second, first) if is_month_first else (first, second)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_clock(words: str) -> time | None:
    """Return the time of day that a cell says: 19:00, 7 pm, 7.30 p.m.; none if it says none."""
    found = _CLOCK.search(words[:LONGEST_FACT])
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and hour > NOON:
        return None
    if half:
        hour = hour % NOON + (NOON if half == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _minutes(starts: datetime, ends: str, minutes: str) -> int:
    if minutes.strip().isdecimal():
        return int(minutes.strip()[:6])
    clock = read_clock(_ISO.sub("", _DAY.sub("", ends)))
    if clock is None:
        return USUAL_MINUTES
    end = datetime.combine(starts.date(), clock)
    # Nobody writes that a session ends after midnight.
    end += timedelta(days=1) if end <= starts else timedelta()
    return int((end - starts).total_seconds() // 60)


def _cells(table: Table, index: int) -> list[str]:
    return [row[index] for row in table[1:] if index < len(row)]
