"""A real subscriber: vdirsyncer fetches from a real server, and khal reads what it kept."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from supportgroups.calendars.models import Discretion
from supportgroups.calendars.services.links import create_feed_link
from supportgroups.clock import to_utc, to_zone, utc_now
from supportgroups.db import db, transaction
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import respond
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services.sessions import cancel_session, edit_session, restore_session
from tests.calendars.test_engines import LONG_TITLE
from tests.calendars.test_tags import details_of
from tests.conftest import Cast
from tests.factories import make_cast, make_rsvp, make_session
from tests.server import Server, serving
from tests.subscriber import CalendarProgram, needs_subscriber

SESSIONS = 9
#: From first to last it is nearly a year, in which the clocks change.
WEEKS_APART = 6

pytestmark = [pytest.mark.subscriber, needs_subscriber]


class Story:
    """Nine coming sessions that Sam goes to, a server, and a calendar program that reads it."""

    def __init__(self, cast: Cast, sessions: list[GroupSession], program: CalendarProgram) -> None:
        self.cast = cast
        self.sessions = sessions
        self.program = program

    def changes(self, act: Callable[..., Any], *arguments: Any, **names: Any) -> set[datetime]:
        """Do something, fetch again, and return the starts of the items that are not as before.

        Whatever was done, the program shows what the walls of the sessions say then.
        """
        before = self.program.items()
        act(*arguments, now=utc_now(), **names)
        self.program.sync()
        after = self.program.items()
        self.agrees()
        return {start for start in before | after if before.get(start) != after.get(start)}

    def agrees(self) -> None:
        """See that the program shows these sessions, each on its wall, and nothing else."""
        shown = sorted(self.program.shown().values())
        assert [(*row[:3], row.status.strip() == "CANCELLED") for row in shown] == sorted(
            map(wall_of, self.sessions)
        )

    def edit(self, group_session: GroupSession, **changes: Any) -> set[datetime]:
        """Let Rosa edit a session; return what that changed."""
        details = details_of(group_session, **changes)
        return self.changes(edit_session, group_session, details, actor=self.cast.rosa)


def wall_of(group_session: GroupSession) -> tuple[str, str, str, bool]:
    """Return when a session starts and ends on the group's clock, its title, and whether it is cancelled."""
    starts = group_session.wall_starts_at
    ends = starts + timedelta(minutes=group_session.length_minutes)
    title = f"{group_session.title_shown} – Evening circle"
    is_cancelled = group_session.is_cancelled
    return (
        f"{starts:%Y-%m-%d %H:%M}",
        f"{ends:%Y-%m-%d %H:%M}",
        f"Cancelled: {title}" if is_cancelled else title,
        is_cancelled,
    )


@pytest.fixture
def server(live_app: Flask) -> Iterator[Server]:
    with serving(live_app, workers=1) as server:
        yield server


@pytest.fixture
def live_cast(live_app: Flask) -> Cast:
    return Cast(**make_cast(now=utc_now()))


@pytest.fixture
def sessions(live_cast: Cast) -> list[GroupSession]:
    """Nine sessions from the day after tomorrow, and none of them in the past."""
    today = to_zone(utc_now(), "Europe/London").replace(tzinfo=None)
    first = today.replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=2)
    with transaction():
        db.session.delete(live_cast.session)
    weeks = range(0, SESSIONS * WEEKS_APART, WEEKS_APART)
    found = [make_session(live_cast.series, first + timedelta(weeks=week)) for week in weeks]
    for group_session in found:
        make_rsvp(group_session, live_cast.sam, RsvpStatus.ACCEPTED)
    return found


@pytest.fixture(params=["private", "public"])
def story(
    request: pytest.FixtureRequest,
    live_cast: Cast,
    sessions: list[GroupSession],
    server: Server,
    tmp_path: Path,
) -> Story:
    if request.param == "private":
        _, secret = create_feed_link(
            actor=live_cast.sam,
            name="laptop",
            group=None,
            discretion=Discretion.PLAIN,
            neutral_word="Appointment",
            now=utc_now(),
        )
        path = f"/calendar/{secret}.ics"
    else:
        path = "/groups/evening-circle/calendar.ics"
    program = CalendarProgram(tmp_path / "home", server.base_url + path)
    program.sync()
    return Story(live_cast, sessions, program)


def test_the_story(story: Story) -> None:
    """One long test, because each server takes seconds to start."""
    each_session_is_one_item_at_its_time(story)
    a_second_look_changes_nothing(story)
    an_edit_appears(story)
    a_move_appears(story)
    a_cancellation_appears_and_can_be_undone(story)
    a_removal_appears(story)
    an_answer_appears_with_its_owner_alone(story)
    a_second_look_changes_nothing(story)


def each_session_is_one_item_at_its_time(story: Story) -> None:
    assert set(story.program.items()) == {session.starts_at for session in story.sessions}
    assert len({session.starts_at.hour for session in story.sessions}) == 2, "the clocks change"
    story.agrees()


def a_second_look_changes_nothing(story: Story) -> None:
    before = story.program.items()
    said = story.program.sync()
    assert story.program.items() == before
    assert not re.search(r"copying|deleting|updating", said, re.IGNORECASE), said


def an_edit_appears(story: Story) -> None:
    session = story.sessions[2]
    start = session.starts_at
    assert story.edit(session, title=LONG_TITLE, place="The park") == {start}
    assert b"LOCATION:The park" in story.program.items()[start]


def a_move_appears(story: Story) -> None:
    session = story.sessions[3]
    old, wall = session.starts_at, session.wall_starts_at + timedelta(days=1, hours=-2)
    assert story.edit(session, wall_starts_at=wall) == {old, to_utc(wall, "Europe/London")}


def a_cancellation_appears_and_can_be_undone(story: Story) -> None:
    session = story.sessions[4]
    start = session.starts_at
    assert story.changes(cancel_session, session, actor=story.cast.rosa) == {start}
    assert story.changes(restore_session, session, actor=story.cast.rosa) == {start}


def a_removal_appears(story: Story) -> None:
    session = story.sessions[5]
    start = session.starts_at

    @transaction()
    def remove(*, now: datetime) -> None:
        db.session.delete(session)
        story.sessions.remove(session)
        story.cast.group.touch_calendar(now)

    assert story.changes(remove) == {start}
    assert len(story.program.items()) == SESSIONS - 1


def an_answer_appears_with_its_owner_alone(story: Story) -> None:
    session = story.sessions[6]
    start = session.starts_at
    is_private = b"CLASS:PRIVATE" in story.program.items()[start]
    items = len(story.program.items())

    def decline(*, now: datetime) -> None:
        respond(session, actor=story.cast.sam, status=RsvpStatus.DECLINED, now=now)
        if is_private:
            story.sessions.remove(session)

    changed = story.changes(decline)
    assert changed == ({start} if is_private else set())
    assert len(story.program.items()) == items - len(changed)
