"""What every iCalendar file of ours must get right, byte for byte (RFC 5545, RFC 7986)."""

import re
from datetime import UTC, datetime

from icalendar import Calendar, Event

#: What no feed and no file of ours ever holds: another person, an alarm, a request.
FORBIDDEN = ("METHOD", "ATTENDEE", "ORGANIZER", "BEGIN:VALARM", "BEGIN:VTIMEZONE", "RRULE")
NEEDED = frozenset(
    {"UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "STATUS", "TRANSP"}
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
MOMENT = re.compile(r"\d{8}T\d{6}Z")


def lint(body: bytes) -> Calendar:
    """Fail on any byte that a calendar program could stumble over; return what it reads."""
    assert body.endswith(b"\r\n"), "the last line has its end too"
    lines = body.split(b"\r\n")[:-1]
    for line in lines:
        assert len(line) <= 75, f"a line of {len(line)} octets: {line!r}"
        assert set(line).isdisjoint(b"\r\n"), f"half an end of line: {line!r}"
        text = line.decode()  # Fails where a line was cut inside a character.
        assert not CONTROLS.search(text), f"a control character: {line!r}"

    content = body.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    for line in content:
        assert not line.startswith(FORBIDDEN), f"has no place here: {line}"
        name, _, value = line.partition(":")
        if name in {"DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"}:
            assert MOMENT.fullmatch(value), f"not in UTC: {line}"
    head = content[: content.index("BEGIN:VEVENT")] if "BEGIN:VEVENT" in content else content
    assert content[0] == "BEGIN:VCALENDAR"
    assert content[-1] == "END:VCALENDAR"
    assert [line for line in head if line.startswith("UID")] == [], "a calendar has no UID"
    assert head.count("VERSION:2.0") == 1
    assert [line for line in head if line.startswith("PRODID")] == [
        "PRODID:-//Gatherings//Calendar//EN"
    ]

    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    assert calendar.to_ical() == body, "icalendar writes the same for what it reads"
    uids = [str(event["UID"]) for event in events_of(calendar)]
    assert len(uids) == len(set(uids)), "one event for each UID"
    for event in calendar.subcomponents:
        assert event.name == "VEVENT"
        assert event.errors == []
        assert event.subcomponents == []
        names = [name for name, _ in event.property_items(recursive=False)]
        missing = NEEDED - set(names)
        assert not missing, f"an event needs {missing}"
        repeated = {name for name in names if names.count(name) > 1}
        assert not repeated - {"BEGIN", "END"}, f"more than once: {repeated}"
        assert event.DTEND > event.DTSTART
        assert event.DTSTAMP == event.LAST_MODIFIED
    return calendar


def events_of(calendar: Calendar) -> list[Event]:
    """Return the events of a calendar in the order of the file."""
    return [part for part in calendar.subcomponents if isinstance(part, Event)]


def by_uid(calendar: Calendar) -> dict[str, Event]:
    """Return the events of a calendar by their UID."""
    return {str(event["UID"]): event for event in events_of(calendar)}


def moment(event: Event, name: str) -> datetime:
    """Return a moment of an event, in UTC."""
    found: datetime = event[name].dt
    return found.astimezone(UTC)
