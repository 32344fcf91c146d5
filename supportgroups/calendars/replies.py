"""What a calendar program answers to an invitation, read out of the mail that it sent. Pure.

Anybody can send anything to an address, so nothing here trusts what it reads: a message is either
understood or refused with a reason. Sources: RFC 5546 §3.2.3 (replies), RFC 6047 (their mail),
RFC 3834 (answers of machines).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from icalendar.parser import Contentlines

#: A reply is a few kilobytes. Whatever is larger is something else.
MAX_BYTES = 256 * 1024
#: So many parts of a message are looked at.
MAX_PARTS = 50
#: SEQUENCE is an integer of 32 bits (RFC 5545 §3.3.8).
MAX_SEQUENCE = 2**31 - 1


class Verdict(StrEnum):
    """What became of a message, in a word for the log: it names nobody."""

    TAKEN = "taken"
    #: Something else holds than what was clicked, and the member was told so.
    DIFFERS = "differs"
    #: It was about an older state of the session; what holds now was sent once more.
    OUT_OF_DATE = "out of date"
    #: It was taken before, or a later one was.
    REPEATED = "repeated"
    #: Somebody else seems to have sent it; the member was asked.
    OTHER_PERSON = "other person"
    #: The session has begun, or the person no longer belongs to the group.
    TOO_LATE = "too late"
    TOO_LARGE = "too large"
    UNKNOWN_ADDRESS = "unknown address"
    #: A bounce or a holiday reply.
    AUTOMATIC = "automatic"
    #: No calendar object in it, or none that can be read.
    NO_ANSWER = "no answer"
    #: A calendar object that is no reply, such as an invitation or a counter-proposal.
    OTHER_METHOD = "other method"
    OTHER_SESSION = "other session"
    #: A reply that says none of yes, maybe and no.
    OTHER_ANSWER = "other answer"


class NotAReply(Exception):
    """The message is not taken for an answer."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A reply as it was written. Whether it may be believed is asked elsewhere."""

    #: The same for each copy of one message.
    key: str
    #: The address in From, in lower case; empty without one.
    sender: str
    #: Each ATTENDEE, in lower case.
    attendees: tuple[str, ...]
    #: PARTSTAT in capitals, as written.
    participation: str
    uid: str
    #: Of the invitation that it answers.
    sequence: int
    #: When it was given, by the clock of the program that sent it.
    stamped_at: datetime | None


class _Property(NamedTuple):
    parameters: Any
    value: str


def read_reply(message: bytes) -> Reply:
    """Return the reply that a message of mail holds.

    :raises NotAReply: it holds none, or cannot be read
    """
    if len(message) > MAX_BYTES:
        raise NotAReply(Verdict.TOO_LARGE)
    try:
        return _read(message)
    except NotAReply:
        raise
    except Exception as error:  # the mail parser raises what it likes on what nobody meant
        raise NotAReply(Verdict.NO_ANSWER) from error


def _read(message: bytes) -> Reply:
    # Under this policy headers stay text; the newer one parses them, and stumbles over some.
    mail = BytesParser(policy=policy.compat32).parsebytes(message)
    if _is_automatic(mail):
        raise NotAReply(Verdict.AUTOMATIC)
    content = _find_calendar(mail)
    if content is None:
        raise NotAReply(Verdict.NO_ANSWER)
    method, events = _read_calendar(content)
    if method != "REPLY":
        raise NotAReply(Verdict.OTHER_METHOD if method else Verdict.NO_ANSWER)
    if len(events) != 1 or "UID" not in events[0]:
        raise NotAReply(Verdict.NO_ANSWER)
    (event,) = events
    attendees = event["ATTENDEE"]
    named = str(mail.get("Message-ID") or "").strip() or content
    return Reply(
        key=hashlib.sha256(named.encode(errors="replace")).hexdigest(),
        sender=_sender(mail),
        attendees=tuple(_address(attendee.value) for attendee in attendees),
        participation=str(attendees[0].parameters.get("PARTSTAT", "")).upper() if attendees else "",
        uid=event["UID"][0].value.strip(),
        sequence=_sequence(event["SEQUENCE"]),
        stamped_at=_moment(event["DTSTAMP"]),
    )


def _is_automatic(mail: Message) -> bool:
    """Tell whether a machine sent this by itself: a bounce, or a holiday reply.

    Calendar programs that answer for their owner may call that `auto-generated`, so it is none of
    the reasons (RFC 3834 §5 has `auto-replied` for holiday replies).
    """
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if submitted not in {"no", "auto-generated", ""}:
        return True
    if (
        mail.get_content_type() == "multipart/report"
        or str(mail.get("Return-Path")).strip() == "<>"
    ):
        return True
    if str(mail.get("Precedence", "")).strip().lower() == "auto_reply" or "X-Autoreply" in mail:
        return True
    return _sender(mail).partition("@")[0] in {"mailer-daemon", "postmaster"}


def _find_calendar(mail: Message) -> str | None:
    """Return the calendar object to look at: one that says REPLY, else any, else a file `*.ics`."""
    parts = list(islice(_leaves(mail), MAX_PARTS))
    calendars = [part for part in parts if part.get_content_type() == "text/calendar"]
    replies = [part for part in calendars if str(part.get_param("method")).upper() == "REPLY"]
    files = [part for part in parts if str(part.get_filename("")).lower().endswith(".ics")]
    for part in (*replies, *calendars, *files):
        content = part.get_payload(decode=True)
        # What we need of it is ASCII, whatever its charset.
        return content.decode(errors="replace") if isinstance(content, bytes) else None
    return None


def _leaves(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold no others, in their order. A message inside a message is none."""
    waiting: list[Any] = [mail]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "message":
            continue
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting += reversed(inner)
        else:
            yield part


def _read_calendar(content: str) -> tuple[str, list[dict[str, list[_Property]]]]:
    """Return the METHOD of a calendar object in capitals, and the properties of its events.

    Lines that are none are passed over, and no value is interpreted: it came from anybody.
    """
    method = ""
    events: list[dict[str, list[_Property]]] = []
    inside: list[str] = []
    lines: list[Any] = Contentlines.from_ical(content)  # type: ignore[no-untyped-call]
    for line in filter(None, lines):
        try:
            name, parameters, value = line.parts()
        except ValueError:
            continue
        match name.upper():
            case "BEGIN":
                inside.append(value.upper())
                if inside == ["VCALENDAR", "VEVENT"]:
                    events.append(defaultdict(list))
            case "END":
                del inside[-1:]
            case "METHOD" if inside == ["VCALENDAR"]:
                method = value.strip().upper()
            case name if inside == ["VCALENDAR", "VEVENT"]:
                events[-1][name].append(_Property(parameters, value))
    return method, events


def _sender(mail: Message) -> str:
    addresses = getaddresses([str(value) for value in mail.get_all("From", [])])
    return addresses[0][1].strip().lower() if len(addresses) == 1 else ""


def _address(value: str) -> str:
    return value.strip().lower().removeprefix("mailto:").strip()


def _sequence(found: list[_Property]) -> int:
    """Return the SEQUENCE; 0 where none is written (RFC 5545 §3.8.7.4)."""
    value = found[0].value.strip() if found else ""
    if not value.isascii() or not value.isdecimal():
        return 0
    return min(int(value[:20]), MAX_SEQUENCE)


def _moment(found: list[_Property]) -> datetime | None:
    try:
        return datetime.strptime(found[0].value.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return None
