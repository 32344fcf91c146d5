"""A government changes its clocks: what the walls show stays, and the moments follow."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from supportgroups.db import db
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.models import GroupSession, ZoneData
from supportgroups.sessions.services.series import create_series
from supportgroups.sessions.services.zones import follow_zone_data
from tests import factories
from tests.watching import nothing_changes

SUMMER = datetime(2027, 6, 1, 19, 0)  # noqa: DTZ001 (a wall time)


@pytest.fixture
def london_without_summer_time(tmp_path):
    """Zone data in which the clocks of London stand as in Iceland, all the year."""
    folder = tmp_path / "Europe"
    folder.mkdir()
    (folder / "London").write_bytes(
        files("tzdata.zoneinfo.Atlantic").joinpath("Reykjavik").read_bytes()
    )
    zoneinfo.reset_tzpath([tmp_path])
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath([])
    ZoneInfo.clear_cache()


@pytest.fixture
def sessions(cast, plan, now):
    """One session in winter and one in summer, of the cast's group."""
    with_summer = create_series(cast.group, plan(SUMMER, every=None), actor=cast.rosa, now=now)
    follow_zone_data(now=now, version="2026.6")
    query = select(GroupSession).where(GroupSession.series_id == with_summer.id)
    return [cast.session, db.session.execute(query).scalar_one()]


def counters(group_session):
    return group_session.sequence, group_session.revision


def test_what_moved_is_revised_and_the_rest_is_not(sessions, now, london_without_summer_time):
    winter, summer = sessions
    assert summer.starts_at == datetime(2027, 6, 1, 18, 0, tzinfo=UTC)
    assert follow_zone_data(now=now, version="2027.1") == 1
    db.session.expire_all()
    assert summer.starts_at == datetime(2027, 6, 1, 19, 0, tzinfo=UTC)
    assert summer.ends_at == datetime(2027, 6, 1, 20, 30, tzinfo=UTC)
    assert summer.wall_starts_at == SUMMER
    assert (counters(winter), counters(summer)) == ((0, 0), (1, 1))
    assert db.session.execute(select(ZoneData.version)).scalar_one() == "2027.1"


def test_its_people_are_told_and_not_asked_again(
    sessions, cast, now, outbox, london_without_summer_time
):
    for one in sessions:
        factories.make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
    follow_zone_data(now=now, version="2027.1")
    outbox.run(now=now + WAIT)
    (letter,) = outbox.letters
    assert (letter["To"], letter["Subject"]) == (cast.sam.email, "A change of clocks")
    assert "Tuesday 1 June 2027, 19:00–20:30 (London time)" in letter.get_content()
    assert "Does this still work" not in letter.get_content()


def test_the_same_data_changes_nothing(sessions, now):
    with nothing_changes():
        assert follow_zone_data(now=now, version="2026.6") == 0


def test_what_has_begun_is_not_rewritten(sessions, now, london_without_summer_time):
    summer = sessions[1]
    assert follow_zone_data(now=summer.starts_at, version="2027.1") == 0
    db.session.expire_all()
    assert counters(summer) == (0, 0)


def test_the_worker_does_it(cast, outbox, now):
    outbox.run_tasks(now=now + timedelta(minutes=1))
    assert db.session.execute(select(ZoneData.id)).scalar_one() == 1
