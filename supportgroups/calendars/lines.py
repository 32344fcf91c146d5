"""The lines of an iCalendar file that say what takes place when (RFC 5545 §3.1, §3.6.1). Pure.

The icalendar library takes each line apart. Its components are not used: they build every time
zone that a file describes, and a hostile one asks for days of work. Nothing here follows a file's
own VTIMEZONE; zones are known by their names, or asked of the organizer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from icalendar.parser import Contentline

from supportgroups.calendars.foreign_times import ForeignTime, read_times, zone_called
from supportgroups.calendars.plain_words import line
from supportgroups.clock import is_zone

MOST_EVENTS = 500
#: More lines of a kind than this in one event, and longer ones, are no event of a support group.
MOST_LINES = 500
LONGEST_LINE = 20_000
#: The file begins within so many characters, or it is none.
BEGINS_WITHIN = 1_000
MAX_UID = 255

#: What is read of an event. ATTENDEE, ORGANIZER and CONTACT are people, and stay where they are.
READ = frozenset(
    {
        "UID", "SEQUENCE", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "CONFERENCE",
        "X-GOOGLE-CONFERENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE",
        "EXRULE", "RECURRENCE-ID",
    }
)  # fmt: skip
#: What decides when it takes place: if one of these cannot be read, the event cannot be.
NEEDED = frozenset({"DTSTART", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
IN_EVENT = ["VCALENDAR", "VEVENT"]


class NotACalendar(ValueError):
    """There is no calendar in the file."""


class TooManyEvents(ValueError):
    """There are more events in the file than one import takes."""


class Property(NamedTuple):
    """The value of one line, and the zone that its TZID means."""

    value: str
    zone: str


@dataclass
class RawEvent:
    """One VEVENT, by the names of its lines."""

    lines: dict[str, list[Property]] = field(default_factory=dict)
    #: Something cannot be read that decides when it takes place.
    is_broken: bool = False

    def first(self, name: str) -> str:
        """Return the value of the first line of that name; empty without one."""
        found = self.lines.get(name)
        return found[0].value if found else ""

    def times(self, name: str) -> list[ForeignTime]:
        """Return the times in all lines of that name.

        :raises ValueError: one cannot be read
        :raises OverflowError: one is outside of the years that anybody plans
        """
        return [
            time
            for value, zone in self.lines.get(name, ())
            for time in read_times(value, zone)
        ]  # fmt: skip

    @property
    def uid(self) -> str:
        """The name that its own program gave it."""
        return line(self.first("UID"), MAX_UID)

    @property
    def sequence(self) -> int:
        """Which version of the event it is."""
        value = self.first("SEQUENCE")[:9]
        return int(value) if value.isascii() and value.isdecimal() else 0


@dataclass
class RawCalendar:
    """The events of a file, and the zone that it names for all of them, if it does."""

    events: list[RawEvent] = field(default_factory=list)
    zone: str = ""


def split_calendar(content: str) -> RawCalendar:
    """Return the events of an iCalendar file, in its order.

    :raises NotACalendar: there is no calendar in it
    :raises TooManyEvents: it holds more than 500 events
    """
    if "BEGIN:VCALENDAR" not in content[:BEGINS_WITHIN].upper():
        raise NotACalendar
    rows = _rows(content)
    aliases = dict(_aliases(rows))
    calendar = RawCalendar()
    path: list[str] = []
    for row in rows:
        name, value = _name_of(row), row.partition(":")[2]
        if name == "BEGIN":
            path.append(value.strip().upper())
            if path == IN_EVENT:
                calendar.events.append(RawEvent())
                if len(calendar.events) > MOST_EVENTS:
                    raise TooManyEvents
        elif name == "END":
            if path and path[-1] == value.strip().upper():
                path.pop()
        elif path == IN_EVENT and name in READ:
            _keep(calendar.events[-1], name, row, aliases)
        elif path == IN_EVENT[:1] and name == "X-WR-TIMEZONE":
            zone = zone_called(value, aliases)
            calendar.zone = zone if is_zone(zone) else ""
    return calendar


def _rows(content: str) -> list[str]:
    """Return the lines, unfolded and cut."""
    plain = content.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    unfolded = plain.replace("\n ", "").replace("\n\t", "")
    return [row[:LONGEST_LINE] for row in unfolded.split("\n") if row]


def _name_of(row: str) -> str:
    return row[:40].partition(":")[0].partition(";")[0].strip().upper()


def _aliases(rows: list[str]) -> Iterator[tuple[str, str]]:
    """Return what VTIMEZONEs call themselves, with the name that the rest of the world uses."""
    name = ""
    for row in rows:
        match _name_of(row):
            case "TZID":
                name = line(row.partition(":")[2], MAX_UID)
            case "X-LIC-LOCATION" if name:
                yield name, line(row.partition(":")[2], MAX_UID)
            case "END" if row.upper().endswith("VTIMEZONE"):
                name = ""


def _keep(event: RawEvent, name: str, row: str, aliases: dict[str, str]) -> None:
    kept = event.lines.setdefault(name, [])
    if len(kept) >= MOST_LINES:
        return
    try:
        _name, parameters, value = Contentline(row).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        event.is_broken = event.is_broken or name in NEEDED
        return
    zone = parameters.get("TZID", "")
    if "RANGE" in parameters:
        # "From this date on" (RFC 5545 §3.2.13) is another schedule, and nobody writes it.
        event.is_broken = True
    # A parameter that is given twice comes as a list.
    kept.append(
        Property(value, zone_called(zone, aliases) if isinstance(zone, str) and zone else "")
    )
