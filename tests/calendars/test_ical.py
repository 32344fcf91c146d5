"""The bytes themselves: what the pure module writes for an entry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from supportgroups.calendars import ical
from supportgroups.calendars.ical import Entry, EntryStatus, build_calendar, build_event
from supportgroups.text import clean_line, clean_text
from tests.ical_lint import by_uid, events_of, lint

START = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
ENTRY = Entry(
    uid="a1b2@calendar.invalid",
    sequence=3,
    revised_at=datetime(2026, 11, 20, 8, 15, 30, tzinfo=UTC),
    starts_at=START,
    ends_at=START + timedelta(minutes=90),
    summary="Tuesday evening",
    status=EntryStatus.CONFIRMED,
    is_busy=True,
    is_private=True,
    location="The library, High Street",
    description="Tuesday 1 December 2026, 19:00–20:30 (London time)\n\nBring a cup.",
    url="https://gatherings.example/sessions/1",
)


def only_event(body: bytes) -> Event:
    (event,) = events_of(lint(body))
    return event


class TestOneEvent:
    def test_it_writes_every_fact(self) -> None:
        event = only_event(build_calendar([build_event(ENTRY)], name="Calendar"))
        assert {name: str(event[name]) for name in ("UID", "SUMMARY", "LOCATION", "URL")} == {
            "UID": ENTRY.uid,
            "SUMMARY": ENTRY.summary,
            "LOCATION": ENTRY.location,
            "URL": ENTRY.url,
        }
        assert str(event["DESCRIPTION"]) == ENTRY.description
        assert event["SEQUENCE"] == 3
        assert (ENTRY.starts_at, ENTRY.ends_at) == (event.DTSTART, event.DTEND)
        assert event.LAST_MODIFIED == event.DTSTAMP == ENTRY.revised_at
        assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == (
            "CONFIRMED",
            "OPAQUE",
            "PRIVATE",
        )

    def test_it_leaves_out_what_is_empty(self) -> None:
        bare = replace(ENTRY, location="", description="", url="", is_private=False)
        event = only_event(build_calendar([build_event(bare)], name=None))
        assert not {"LOCATION", "DESCRIPTION", "URL", "CLASS"} & set(event)

    def test_a_free_entry_is_transparent(self) -> None:
        event = only_event(build_calendar([build_event(replace(ENTRY, is_busy=False))], name=None))
        assert event["TRANSP"] == "TRANSPARENT"

    def test_two_renders_give_equal_bytes(self) -> None:
        assert build_event(ENTRY) == build_event(replace(ENTRY))


class TestTheCalendarAround:
    @pytest.mark.parametrize("number", [0, 1, 50])
    def test_joined_bytes_are_what_icalendar_writes(self, number: int) -> None:
        entries = [
            replace(ENTRY, uid=f"{index}@calendar.invalid", summary=f"Réunion {index} 😀" * 9)
            for index in range(number)
        ]
        whole = ical._calendar("Evening; circle, with a \\ and “marks”", method=None)
        for entry in entries:
            whole.add_component(ical._event(entry))
        joined = build_calendar(
            [build_event(entry) for entry in entries],
            name="Evening; circle, with a \\ and “marks”",
        )
        assert joined == whole.to_ical()
        assert len(by_uid(lint(joined))) == number

    def test_it_says_its_name_and_how_often_to_look(self) -> None:
        lines = build_calendar([], name="Calm, and kind").decode().split("\r\n")
        assert "NAME:Calm\\, and kind" in lines
        assert "X-WR-CALNAME:Calm\\, and kind" in lines
        assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
        assert "X-PUBLISHED-TTL:PT1H" in lines

    def test_a_single_file_is_no_calendar_to_come_back_to(self) -> None:
        body = build_calendar([build_event(ENTRY)], name=None)
        for name in (b"NAME", b"REFRESH-INTERVAL", b"X-"):
            assert b"\r\n" + name not in body

    def test_it_has_no_uid_though_the_library_would_add_one(self) -> None:
        assert b"\r\nUID" not in build_calendar([], name="Calendar")
        assert b"\r\nUID" in Calendar.new().to_ical()


HOSTILE = {
    "a line break that would begin a property": "Circle\r\nATTENDEE:mailto:sam@example.org",
    "an end that is not one": "Circle\nEND:VEVENT\nBEGIN:VEVENT",
    "control characters": "Cir\x00c\x07l\x1be\x7f\x85 \u2028over",
    "300 characters": "Evening circle " * 20,
    "Arabic": "دائرة المساء " * 25,
    "emoji of several characters": "👩‍👩‍👧‍👦🏳️‍🌈" * 30,
    "turned around": "Circle \u202egnineve\u202c",
    "escapes": r"a\nb\\c;d,e:f\;g\,h",
    "quotes and parameters": '";X-EVIL=1:Circle',
    "one long word": "x" * 1000,
    "spaces at folds": " ".join("ab" for _ in range(200)),
}


class TestHostileText:
    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
    def test_it_stays_text(self, text: str) -> None:
        entry = replace(ENTRY, summary=text, location=text, description=text)
        event = only_event(build_calendar([build_event(entry)], name=text))
        assert "\n" not in str(event["SUMMARY"])
        assert "\n" not in str(event["LOCATION"])
        assert "ATTENDEE" not in event

    @settings(deadline=None)
    @given(st.text(max_size=300))
    def test_any_text_comes_back_as_it_was_cleaned(self, text: str) -> None:
        entry = replace(ENTRY, summary=text, description=text)
        event = only_event(build_calendar([build_event(entry)], name=text or "Calendar"))
        assert str(event.get("SUMMARY", "")) == (clean_line(text) or "")
        assert str(event.get("DESCRIPTION", "")) == (clean_text(text) or "")
