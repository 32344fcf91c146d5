"""What every invitation must get right: its parts, its bytes, and that it holds two ends alone."""

from email.message import EmailMessage
from email.utils import parseaddr

from icalendar import Calendar, Event

from tests.ical_lint import CONTROLS, MOMENT

#: In their order (RFC 6047 §2.4, and what mail programs look for).
WITH_METHOD = [
    "multipart/mixed",
    "multipart/alternative",
    "text/plain",
    "text/html",
    "text/calendar",
    "application/ics",
]
WITHOUT_METHOD = [kind for kind in WITH_METHOD if kind != "text/calendar"]


def lint_invitation(letter: EmailMessage) -> Event:
    """Fail on what a mail or calendar program could stumble over; return the event in it."""
    kinds = [part.get_content_type() for part in letter.walk()]
    (file,) = letter.iter_attachments()
    assert file.get_filename() == "invite.ics"
    content = file.get_content()
    calendar = Calendar.from_ical(content)
    assert calendar.to_ical() == content, "icalendar writes the same for what it reads"
    _look_at_bytes(content)
    (event,) = calendar.subcomponents
    assert event.name == "VEVENT"
    assert event.errors == []
    assert event.subcomponents == []
    assert event.DTSTAMP == event.LAST_MODIFIED
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    method = calendar.get("METHOD")
    if method is None:
        assert kinds == WITHOUT_METHOD
        assert "ATTENDEE" not in event
        assert "ORGANIZER" not in event
        return event
    assert kinds == WITH_METHOD
    form = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert form["Content-Type"].params["method"] == method, "RFC 6047 §2.4"
    assert form.get_payload(decode=True) == content, "both say the same"
    assert not isinstance(event["ATTENDEE"], list), "one attendee"
    assert event["ATTENDEE"] == f"mailto:{letter['To']}"
    assert "CN" not in event["ATTENDEE"].params
    assert event["ORGANIZER"] == f"mailto:{parseaddr(letter['From'])[1]}"
    return event


def method_of(letter: EmailMessage) -> str | None:
    """Return what an invitation asks for."""
    (file,) = letter.iter_attachments()
    found = Calendar.from_ical(file.get_content()).get("METHOD")
    return str(found) if found is not None else None


def _look_at_bytes(content: bytes) -> None:
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        assert set(line).isdisjoint(b"\r\n")
        assert not CONTROLS.search(line.decode())
    for line in content.replace(b"\r\n ", b"").decode().split("\r\n"):
        assert not line.startswith(("BEGIN:VALARM", "BEGIN:VTIMEZONE", "RRULE"))
        name, _, value = line.partition(":")
        if name in {"DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED"}:
            assert MOMENT.fullmatch(value), f"not in UTC: {line}"
