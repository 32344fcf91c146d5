"""Programs that are not ours read a feed through its changes, and agree with the truth.

The truth is the wall of the session and the zone data: not what we derived from them. libical (GNOME,
KDE) and ical.js (Thunderbird) share no code with us; the first also checks each feed against the
restrictions of RFC 5546. recurring-ical-events reads the lines as icalendar does, and works the dates
out by itself.
"""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar

from supportgroups.db import db, transaction
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services.sessions import cancel_session, edit_session, restore_session
from tests.browser.checkers import CHECKERS
from tests.calendars.test_tags import details_of
from tests.conftest import NOW
from tests.factories import make_rsvp, make_series, make_session

LIBICAL = "SUPPORTGROUPS_TEST_LIBICAL"
LIBICAL_READER = Path(__file__).with_name("libical_reader.py")
ICAL_JS_READER = Path(__file__).with_name("ical_js_reader.mjs")
#: Of 300 characters.
LONG_TITLE = ("Ärger, Mut & Tränen; ein Abend für alle – 夜の会 🌙 " * 7)[:300]

#: Uid → start, end and title in UTC, and whether it is cancelled.
Read = dict[str, tuple[datetime, datetime, str, bool]]


def as_libical_reads(feed: bytes) -> Read:
    """Return what libical understands, once it has found nothing against it."""
    found = _run([os.environ[LIBICAL], str(LIBICAL_READER)], feed)
    assert found["errors"] == 0
    return _by_uid(found["events"])


def as_ical_js_reads(feed: bytes) -> Read:
    """Return what ical.js understands."""
    return _by_uid(_run(["node", str(ICAL_JS_READER), os.environ[CHECKERS]], feed))


def _run(command: list[str], feed: bytes) -> Any:
    done = subprocess.run(command, input=feed, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def _by_uid(events: list[dict[str, Any]]) -> Read:
    return {
        one["uid"]: (
            _moment(one["starts"]), _moment(one["ends"]), one["title"], one["is_cancelled"],
        )
        for one in events
    }  # fmt: skip


def as_expanded(feed: bytes) -> Read:
    """Return what recurring-ical-events understands."""
    expanded = recurring_ical_events.of(Calendar.from_ical(feed))
    return {
        str(one["UID"]): (
            one["DTSTART"].dt, one["DTEND"].dt, str(one["SUMMARY"]), one["STATUS"] == "CANCELLED",
        )
        for one in expanded.between(NOW, NOW + timedelta(days=400))
    }  # fmt: skip


def _moment(words: str) -> datetime:
    return datetime.strptime(words, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


ENGINES = [
    pytest.param(
        as_libical_reads,
        id="libical",
        marks=pytest.mark.skipif(
            LIBICAL not in os.environ,
            reason=f"set {LIBICAL} to a Python that has the bindings of libical",
        ),
    ),
    pytest.param(
        as_ical_js_reads,
        id="ical.js",
        marks=pytest.mark.skipif(
            CHECKERS not in os.environ,
            reason=f"set {CHECKERS} to the folder with the packages of requirements/browser",
        ),
    ),
    pytest.param(as_expanded, id="recurring-ical-events"),
]


def truth(sessions: list[GroupSession]) -> Read:
    """Return what the walls of these sessions say."""
    zone = ZoneInfo("Europe/London")
    found = {}
    for one in sessions:
        starts = one.wall_starts_at.replace(tzinfo=zone)
        ends = (one.wall_starts_at + timedelta(minutes=one.length_minutes)).replace(tzinfo=zone)
        shown = f"{one.title_shown} – Evening circle"
        if one.is_cancelled:
            shown = f"Cancelled: {shown}"
        found[one.uid] = (starts.astimezone(UTC), ends.astimezone(UTC), shown, one.is_cancelled)
    return found


@pytest.mark.parametrize("read", ENGINES)
def test_the_engine_agrees_after_each_change(
    cast: Any, make_link: Any, subscriber: Any, read: Callable[[bytes], Read]
) -> None:
    first = cast.session.wall_starts_at
    # From December into summer time, which begins on 28 March.
    series = make_series(cast.group)
    weeks = (1, 2, 3, 15, 16, 17, 18, 19)
    sessions = [make_session(series, first + timedelta(weeks=week)) for week in weeks]
    for one in sessions:
        make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
    _link, url = make_link(cast.sam)

    def agrees() -> None:
        db.session.expire_all()
        assert read(subscriber.ask(url).data) == truth(sessions)

    agrees()
    moved = first + timedelta(weeks=17, days=1, hours=-2)
    for change in ({"wall_starts_at": moved}, {"title": LONG_TITLE}):
        details = details_of(sessions[5], **change)
        edit_session(sessions[5], details, actor=cast.rosa, now=NOW)
        # It was moved, so Sam is asked again; the entry stays.
        agrees()
    cancel_session(sessions[2], actor=cast.rosa, now=NOW)
    agrees()
    restore_session(sessions[2], actor=cast.rosa, now=NOW)
    agrees()
    with transaction():
        db.session.delete(sessions.pop(0))
        cast.group.touch_calendar(NOW)
    agrees()
