"""iCalendar bytes from plain values: no request, no query, no clock (RFC 5545, 5546, 7986).

One function builds an event and one the calendar around it, both with the icalendar library.
An event's bytes do not depend on the calendar they stand in, so they can be kept and joined.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from icalendar import Calendar, Component, Event
from icalendar.prop import vCalAddress, vText

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


class Method(StrEnum):
    """What a letter asks of a calendar program, RFC 5546 §1.4."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Participation(StrEnum):
    """Where somebody who is invited stands, RFC 5545 §3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, kw_only=True)
class Invited:
    """The two ends of an invitation: an address of this site, and the one person invited."""

    #: Where the answer goes: an address made for this person and this session.
    organizer: str
    #: What calendar programs call the sender.
    organizer_name: str
    attendee: str
    participation: Participation


def build_event(entry: Entry, *, invited: Invited | None = None) -> bytes:
    """Return the VEVENT of an entry, with its times in UTC.

    In UTC, because calendar programs with old zone data read a local time an hour wrong.

    :param invited: in an invitation alone; no feed and no file holds anybody
    """
    event = _event(entry)
    if invited is not None:
        _add_invited(event, invited)
    return _written(event)


def build_calendar(
    events: Iterable[bytes], *, name: str | None, method: Method | None = None
) -> bytes:
    """Return the calendar around events that `build_event` wrote.

    :param name: what apps call the calendar they subscribe to; none for a file of one entry,
        which is no calendar to come back to
    :param method: what an invitation asks for; none for everything that asks for nothing
    """
    return b"".join((_head(name, method), *events, _END))


@lru_cache(maxsize=1000)
def _head(name: str | None, method: Method | None) -> bytes:
    return _written(_calendar(name, method)).removesuffix(_END)


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


def _add_invited(event: Event, invited: Invited) -> None:
    organizer = vCalAddress(f"mailto:{invited.organizer}")
    if invited.organizer_name:
        organizer.params["CN"] = clean_line(invited.organizer_name)
    event.add("organizer", organizer)
    # Without a name: who is written to need not be told, and nobody else should be.
    attendee = vCalAddress(f"mailto:{invited.attendee}")
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = invited.participation.value
    attendee.params["RSVP"] = "TRUE"
    event.add("attendee", attendee)


def _calendar(name: str | None, method: Method | None) -> Calendar:
    # Calendar.new() would add a random UID, and apps then keep one event of nine.
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    if method is not None:
        calendar.add("method", method.value)
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
