"""iCalendar bytes from plain values: no request, no query, no clock (RFC 5545, RFC 7986).

One function builds an event and one the calendar around it, both with the icalendar library.
An event's bytes do not depend on the calendar they stand in, so they can be kept and joined.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from icalendar import Calendar, Component, Event
from icalendar.prop import vText

from supportgroups.text import clean_line, clean_text

#: RFC 5545 §3.7.3. It stands in every entry's file, discreet ones too, so it tells no topic.
PRODUCT = "-//Gatherings//Calendar//EN"
#: How often an app should look, RFC 7986 §5.7.
REFRESH = timedelta(hours=1)

_END = b"END:VCALENDAR\r\n"


class EntryStatus(StrEnum):
    """Whether an entry stands, RFC 5545 §3.8.1.11."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One session as a calendar shows it. There is no room in it for another person."""

    uid: str
    sequence: int
    #: The last change, in whole seconds.
    revised_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: EntryStatus
    #: Whether the time counts as taken, RFC 5545 §3.8.2.7.
    is_busy: bool
    #: Whether people who share the owner's calendar may see only that the time is taken.
    is_private: bool
    location: str = ""
    description: str = ""
    url: str = ""


def build_event(entry: Entry) -> bytes:
    """Return the VEVENT of an entry, with its times in UTC.

    In UTC, because calendar programs with old zone data read a local time an hour wrong.
    """
    return _written(_event(entry))


def build_calendar(events: Iterable[bytes], *, name: str | None) -> bytes:
    """Return the calendar around events that `build_event` wrote.

    :param name: what apps call the calendar they subscribe to; none for a file of one entry,
        which is no calendar to come back to
    """
    head = _written(_calendar(name))
    return b"".join((head.removesuffix(_END), *events, _END))


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.revised_at)
    event.add("last-modified", entry.revised_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("status", entry.status.value)
    event.add("transp", "OPAQUE" if entry.is_busy else "TRANSPARENT")
    if entry.is_private:
        event.add("class", "PRIVATE")
    if entry.url:
        event.add("url", entry.url)
    # Rows may be older than a check at the door: what reaches a calendar is cleaned once more.
    _add_text(event, "summary", clean_line(entry.summary))
    _add_text(event, "location", clean_line(entry.location))
    _add_text(event, "description", clean_text(entry.description))
    return event


def _calendar(name: str | None) -> Calendar:
    # Calendar.new() would add a random UID, and apps then keep one event of nine.
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    if name is not None:
        _add_text(calendar, "name", clean_line(name))
        _add_text(calendar, "x-wr-calname", clean_line(name))
        # RFC 7986 §5.7 asks for the VALUE that the library's own setter leaves out.
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    return calendar


def _add_text(component: Component, name: str, value: str | None) -> None:
    if value:
        # The library takes NAME and the X- properties for something it need not escape.
        component.add(name, vText(value))


def _written(component: Any) -> bytes:
    written: bytes = component.to_ical()
    return written
