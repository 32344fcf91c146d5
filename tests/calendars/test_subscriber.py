"""A real subscriber: vdirsyncer fetches from a real server, and khal reads what it kept.

Both live in an environment of their own, whose folder SUPPORTGROUPS_TEST_SUBSCRIBER names
(requirements/subscriber.txt lists what goes into it).
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

from supportgroups.calendars.models import Discretion
from supportgroups.calendars.services import create_feed_link
from supportgroups.clock import to_utc, to_zone, utc_now
from supportgroups.db import db, transaction
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import respond
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services.sessions import cancel_session, edit_session, restore_session
from tests.calendars.test_tags import details_of
from tests.conftest import Cast
from tests.factories import make_cast, make_rsvp, make_session
from tests.server import Server, serving

SUBSCRIBER = "SUPPORTGROUPS_TEST_SUBSCRIBER"
SESSIONS = 9

pytestmark = [
    pytest.mark.subscriber,
    pytest.mark.skipif(
        SUBSCRIBER not in os.environ,
        reason=f"set {SUBSCRIBER} to the folder of an environment with vdirsyncer and khal",
    ),
]

SYNC_CONFIG = """\
[general]
status_path = "{folder}/status"

[pair feed]
a = "here"
b = "there"
collections = null

[storage here]
type = "filesystem"
path = "{folder}/items"
fileext = ".ics"

[storage there]
type = "http"
url = "{address}"
"""
KHAL_CONFIG = """\
[calendars]
[[feed]]
path = {folder}/items
readonly = True

[locale]
local_timezone = Europe/London
default_timezone = Europe/London
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
firstweekday = 0

[sqlite]
path = {folder}/khal.db
"""


class Shown(NamedTuple):
    """One entry as khal shows it."""

    starts_at: str
    ends_at: str
    title: str
    status: str


class CalendarProgram:
    """What a member has at home: it synchronizes one address, and shows it.

    It tells items apart by their content, not by their UID, because other sites change the UID of
    an event with every answer. So the tests know a session by its start.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.programs = Path(os.environ[SUBSCRIBER]) / "bin"
        (folder / "items").mkdir(parents=True)
        (folder / "sync").write_text(SYNC_CONFIG.format(folder=folder, address=address))
        (folder / "khal").write_text(KHAL_CONFIG.format(folder=folder))
        self._run("vdirsyncer", "-c", str(folder / "sync"), "discover")

    def sync(self) -> str:
        """Fetch; return what the program said."""
        return self._run("vdirsyncer", "-v", "INFO", "-c", str(self.folder / "sync"), "sync")

    def items(self) -> dict[datetime, bytes]:
        """Return what is kept, by the start in UTC."""
        files = [path.read_bytes() for path in (self.folder / "items").glob("*.ics")]
        found = {self._start(content): content for content in files}
        assert len(found) == len(files), "one item for each session"
        return found

    def shown(self) -> dict[datetime, Shown]:
        """Return what khal shows of the coming year, by the start in UTC."""
        form = "{start-long-full}|{end-long-full}|{title}|{status}"
        listing = self._run(
            "khal", "-c", str(self.folder / "khal"), "list", "today", "365d",
            "--format", form, "--day-format", "",
        )  # fmt: skip
        rows = [Shown(*line.strip().split("|")) for line in listing.splitlines() if "|" in line]
        return {to_utc(datetime.fromisoformat(row.starts_at), "Europe/London"): row for row in rows}

    def _run(self, program: str, *arguments: str) -> str:
        environ = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        done = subprocess.run(
            [self.programs / program, *arguments],
            env=environ,
            cwd=self.folder,
            input="y\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    @staticmethod
    def _start(content: bytes) -> datetime:
        (start,) = re.findall(rb"^DTSTART:(\S+)", content, re.MULTILINE)
        return datetime.strptime(start.decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


class Story:
    """Nine coming sessions that Sam goes to, a server, and a calendar program that reads it."""

    def __init__(self, cast: Cast, sessions: list[GroupSession], program: CalendarProgram) -> None:
        self.cast = cast
        self.sessions = sessions
        self.program = program

    def changes(self, act: Callable[..., Any], *arguments: Any, **names: Any) -> set[datetime]:
        """Do something, fetch again, and return the starts of the items that are not as before."""
        before = self.program.items()
        act(*arguments, now=utc_now(), **names)
        self.program.sync()
        after = self.program.items()
        return {start for start in before | after if before.get(start) != after.get(start)}

    def edit(self, group_session: GroupSession, **changes: Any) -> set[datetime]:
        """Let Rosa edit a session; return what that changed."""
        details = details_of(group_session, **changes)
        return self.changes(edit_session, group_session, details, actor=self.cast.rosa)


@pytest.fixture
def server(live_app: Flask) -> Iterator[Server]:
    with serving(live_app, workers=1) as server:
        yield server


@pytest.fixture
def live_cast(live_app: Flask) -> Cast:
    return Cast(**make_cast(now=utc_now()))


@pytest.fixture
def sessions(live_cast: Cast) -> list[GroupSession]:
    """Nine weeks of sessions from the day after tomorrow, and none of them in the past."""
    today = to_zone(utc_now(), "Europe/London").replace(tzinfo=None)
    first = today.replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=2)
    with transaction():
        db.session.delete(live_cast.session)
    found = [make_session(live_cast.series, first + timedelta(weeks=n)) for n in range(SESSIONS)]
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
    shown = story.program.shown()
    assert len(shown) == SESSIONS
    for session in story.sessions:
        ends = session.wall_starts_at + timedelta(minutes=session.length_minutes)
        row = shown[session.starts_at]
        assert row.starts_at == f"{session.wall_starts_at:%Y-%m-%d %H:%M}"
        assert row.ends_at == f"{ends:%Y-%m-%d %H:%M}"
        assert row.title == "Tuesday evening – Evening circle"


def a_second_look_changes_nothing(story: Story) -> None:
    before = story.program.items()
    said = story.program.sync()
    assert story.program.items() == before
    assert not re.search(r"copying|deleting|updating", said, re.IGNORECASE), said


def an_edit_appears(story: Story) -> None:
    session = story.sessions[2]
    start = session.starts_at
    assert story.edit(session, title="Picnic", place="The park") == {start}
    assert story.program.shown()[start].title == "Picnic – Evening circle"
    assert b"LOCATION:The park" in story.program.items()[start]


def a_move_appears(story: Story) -> None:
    session = story.sessions[3]
    old, wall = session.starts_at, session.wall_starts_at + timedelta(days=1, hours=-2)
    assert story.edit(session, wall_starts_at=wall) == {old, to_utc(wall, "Europe/London")}
    shown = story.program.shown()
    assert old not in shown
    assert shown[to_utc(wall, "Europe/London")].starts_at == f"{wall:%Y-%m-%d %H:%M}"


def a_cancellation_appears_and_can_be_undone(story: Story) -> None:
    session = story.sessions[4]
    start = session.starts_at
    assert story.changes(cancel_session, session, actor=story.cast.rosa) == {start}
    shown = story.program.shown()[start]
    assert shown.title == "Cancelled: Tuesday evening – Evening circle"
    assert shown.status.strip() == "CANCELLED"
    assert story.changes(restore_session, session, actor=story.cast.rosa) == {start}
    assert story.program.shown()[start].title == "Tuesday evening – Evening circle"


def a_removal_appears(story: Story) -> None:
    session = story.sessions[5]
    start = session.starts_at

    @transaction()
    def remove(*, now: datetime) -> None:
        db.session.delete(session)
        story.cast.group.touch_calendar(now)

    assert story.changes(remove) == {start}
    assert start not in story.program.items()
    assert len(story.program.shown()) == len(story.program.items()) == SESSIONS - 1


def an_answer_appears_with_its_owner_alone(story: Story) -> None:
    session = story.sessions[6]
    start = session.starts_at
    is_private = b"CLASS:PRIVATE" in story.program.items()[start]
    items = len(story.program.items())
    changed = story.changes(respond, session, actor=story.cast.sam, status=RsvpStatus.DECLINED)
    assert changed == ({start} if is_private else set())
    assert len(story.program.items()) == items - len(changed)
