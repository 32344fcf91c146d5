"""The demo story."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.dev import demo, story
from supportgroups.groups.models import Group
from supportgroups.insight.models import HeadCount
from supportgroups.insight.queries import list_uncounted
from supportgroups.rsvps.models import Rsvp, RsvpStatus, SeriesRsvp, WaitingListOffer
from supportgroups.rsvps.offers import LAST_DAY
from supportgroups.rsvps.queries import tally
from supportgroups.sessions.models import GroupSession, Series, SeriesKind, SessionStatus
from supportgroups.sessions.ways_in import WayIn
from tests.browser_client import Browser


@pytest.fixture
def told(app: Flask, now: datetime) -> None:
    """The story, told."""
    demo.fill_with_demo_data(now=now)


def sessions() -> list[GroupSession]:
    """Return all sessions in order."""
    query = select(GroupSession).order_by(GroupSession.starts_at)
    return list(db.session.execute(query).scalars())


@pytest.mark.usefixtures("told")
class TestStory:
    def test_six_groups_meet_in_three_time_zones(self) -> None:
        groups = db.session.execute(select(Group)).scalars().all()
        assert len(groups) == 6
        assert len({group.time_zone for group in groups}) == 3

    def test_forty_sessions_lie_within_ten_weeks(self, now: datetime) -> None:
        ten_weeks = [s for s in sessions() if now < s.starts_at < now + timedelta(weeks=10)]
        assert len(ten_weeks) >= 40

    def test_the_clock_on_the_wall_stays_when_the_clocks_change(self) -> None:
        series = db.session.execute(
            select(Series).where(Series.title == "Tuesday evening")
        ).scalar_one()
        regular = [s for s in sessions() if s.series_id == series.id and not s.is_moved]
        assert {s.wall_starts_at.hour for s in regular} == {19}
        assert {s.starts_at.hour for s in regular} == {18, 19}

    def test_schedules_of_several_kinds_can_be_seen(self) -> None:
        series = db.session.execute(select(Series)).scalars().all()
        assert any("MONTHLY" in (one.rrule or "") for one in series)
        assert any(one.skips_holidays for one in series)
        (bench,) = (one for one in series if one.admission is WayIn.DROP_IN)
        assert max(one.might_come for one in sessions() if one.series_id == bench.id) == 3
        (course,) = (one for one in series if one.kind is SeriesKind.COURSE)
        assert course.dates[0].topic == "How sleep works"
        assert sum(s.series_id == course.id for s in sessions()) == len(course.dates) == 6

    def test_every_state_can_be_seen(self) -> None:
        assert set(db.session.execute(select(Rsvp.status)).scalars()) == set(RsvpStatus)
        assert any(s.status is SessionStatus.CANCELLED for s in sessions())
        assert any(s.is_moved for s in sessions())

    def test_the_past_was_counted_and_its_oldest_names_are_erased(self, now: datetime) -> None:
        past = [s for s in sessions() if s.ends_at <= now]
        tallies = tally(past, now=now)
        named = set(db.session.execute(select(Rsvp.group_session_id)).scalars())
        old = [s for s in past if s.ends_at <= now - timedelta(days=30)]
        assert sum(tallies[s.id].accepted for s in old) > 50
        assert named & {s.id for s in old} == set()
        assert len(db.session.execute(select(HeadCount)).all()) > 20
        assert list_uncounted({s.group_id for s in past}, now=now) != []

    def test_a_full_session_has_a_waiting_list(self, now: datetime) -> None:
        tallies = tally(sessions(), now=now)
        full = [s for s in sessions() if tallies[s.id].waitlisted]
        assert len(full) == 2
        assert [tallies[s.id].places_left for s in full] == [0, 0]

    @pytest.mark.parametrize("hour", range(0, 24, 3))
    def test_a_place_is_offered_to_sam(self, now: datetime, hour: int) -> None:
        soon = demo._next_walk("Europe/London", now=now.replace(hour=hour))
        assert timedelta(hours=4) <= soon - now.replace(hour=hour, tzinfo=None) < LAST_DAY
        (offer,) = db.session.execute(select(WaitingListOffer)).scalars()
        assert offer.is_open(now)
        assert offer.rsvp.user.display_name == "Sam"

    def test_sam_holds_a_seat_on_every_date(self) -> None:
        (held,) = db.session.execute(select(SeriesRsvp)).scalars()
        assert held.user.display_name == "Sam"

    def test_the_people_can_sign_in(self, browser: Browser) -> None:
        for person in story.PEOPLE:
            answer = browser.post(
                "/sign-in",
                {"email": f"{person.name.lower()}@example.org", "password": story.PASSWORD},
            )
            assert answer.status_code == 303, person
            browser.sign_out()

    def test_it_is_told_once(self, now: datetime) -> None:
        before = db.session.execute(select(UserAccount.id)).all()
        with pytest.raises(demo.DatabaseNotEmpty):
            demo.fill_with_demo_data(now=now)
        assert db.session.execute(select(UserAccount.id)).all() == before


class TestSeedCommand:
    def test_it_fills_an_empty_database(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["dev", "seed"])
        assert result.exit_code == 0, result.output
        assert demo.has_people()

    @pytest.mark.usefixtures("told")
    def test_it_refuses_a_database_with_people(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["dev", "seed"])
        assert result.exit_code == 1
        assert "already holds people" in result.output

    @pytest.mark.usefixtures("told")
    def test_it_can_leave_such_a_database_alone(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["dev", "seed", "--if-empty"])
        assert result.exit_code == 0
        assert result.output == ""
