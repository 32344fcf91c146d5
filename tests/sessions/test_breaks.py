"""Breaks of a group, and of one schedule."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.db import db
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Role
from supportgroups.sessions.models import GroupSession, Pause
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.changes import NotConfirmed, list_news
from supportgroups.sessions.services.pauses import (
    BreakEndsTooEarly,
    BreakIsOver,
    end_break,
    take_break,
)
from supportgroups.sessions.services.series import create_series, extend_all_series
from supportgroups.sessions.services.sessions import cancel_session, edit_session, restore_session
from tests import factories
from tests.watching import acts, nothing_changes

WEEK = timedelta(weeks=1)
FIRST = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)
#: From the third Tuesday to the day before the fifth.
STARTS, RETURNS = date(2026, 12, 15), date(2026, 12, 29)


@pytest.fixture
def group(make_group, cast):
    """A group of Rosa's."""
    group = make_group("Harbour circle")
    factories.make_membership(group, cast.rosa, Role.ORGANIZER)
    return group


@pytest.fixture
def series(group, plan, cast, now):
    return create_series(group, plan(), actor=cast.rosa, now=now)


@pytest.fixture
def take(group, cast, now):
    def take(starts_on=STARTS, returns_on=RETURNS, at=now, actor=cast.rosa, **more):
        return take_break(
            group, starts_on=starts_on, returns_on=returns_on, actor=actor, now=at, **more
        )

    return take


def sessions_of(series):
    query = select(GroupSession).where(GroupSession.series_id == series.id)
    return list(db.session.execute(query.order_by(GroupSession.recurrence_id)).scalars())


def off(series):
    """Return which sessions, counted from nought, do not take place."""
    return [number for number, one in enumerate(sessions_of(series)) if one.is_cancelled]


def the_pause():
    return db.session.execute(select(Pause)).scalar_one()


class TestTakeBreak:
    def test_sessions_in_it_are_called_off(self, series, take):
        take()
        assert off(series) == [2, 3]
        found = sessions_of(series)[2]
        assert (found.pause, found.cancel_reason) == (the_pause(), "")
        assert (found.sequence, found.revision) == (1, 1)

    def test_people_are_told_once_with_the_day_of_return(self, series, take, now):
        with nothing_changes(), pytest.raises(NotConfirmed) as asked:
            take(is_confirmed=False)
        assert asked.value.opening == (
            "There is a break until Tuesday 29 December 2026. These 2 sessions do not take place:"
        )
        assert len(list_news([take()], now=now)) == 2

    def test_none_are_made_in_it(self, series, take, now):
        take(date(2027, 5, 20), date(2027, 6, 10))
        number = len(sessions_of(series))
        extend_all_series(now=now + 6 * WEEK)
        made = [one.wall_starts_at.date() for one in sessions_of(series)[number:]]
        # 25 May, 1 and 8 June are left out.
        assert made == [date(2027, 6, 15), date(2027, 6, 22), date(2027, 6, 29)]

    def test_of_one_schedule_alone(self, series, group, plan, cast, take, now):
        other = create_series(group, plan(FIRST + timedelta(days=1)), actor=cast.rosa, now=now)
        take(series=other)
        assert (off(series), off(other)) == ([], [2, 3])

    def test_what_was_cancelled_before_keeps_its_reason(self, series, take, cast, now):
        cancel_session(sessions_of(series)[2], actor=cast.rosa, reason="Snow", now=now)
        take()
        assert [one.cancel_reason for one in sessions_of(series)[2:4]] == ["Snow", ""]

    def test_a_date_can_take_place_in_it_all_the_same(self, series, take, cast, now):
        take()
        restore_session(sessions_of(series)[3], actor=cast.rosa, now=now)
        assert off(series) == [2]

    def test_it_goes_over_to_what_follows(self, series, take, cast, as_it_is, now):
        take(series=series)
        first = sessions_of(series)[1]
        details = as_it_is(first, title="Another title")
        edit_session(first, details, scope=Scope.LATER, actor=cast.rosa, now=now)
        new = first.series
        assert off(new) == [1, 2]
        pause = sessions_of(new)[1].pause
        assert pause.series_id == new.id
        end_break(pause, actor=cast.rosa, now=now)
        assert off(new) == []

    @pytest.mark.parametrize(
        ("starts_on", "returns_on", "error"),
        [
            (STARTS, STARTS, BreakEndsTooEarly),
            (RETURNS, STARTS, BreakEndsTooEarly),
            (date(2026, 11, 1), date(2026, 11, 23), BreakIsOver),
        ],
    )
    def test_days_that_make_no_sense(self, series, take, starts_on, returns_on, error):
        with nothing_changes(), pytest.raises(error):
            take(starts_on, returns_on)

    def test_it_leaves_one_row(self, series, take):
        take()
        assert acts() == ["series.created", "pause.begun"]

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may(self, series, take, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            take(actor=getattr(cast, name))


class TestEndBreak:
    def test_what_it_called_off_takes_place(self, series, take, cast, now):
        cancel_session(sessions_of(series)[6], actor=cast.rosa, now=now)
        change = take()
        end_break(the_pause(), actor=cast.rosa, now=now)
        assert off(series) == [6]
        assert change is not None
        assert db.session.execute(select(Pause)).all() == []

    def test_what_was_not_made_is_made(self, series, take, cast, now):
        take(date(2027, 5, 20), date(2027, 6, 10))
        extend_all_series(now=now + 6 * WEEK)
        end_break(the_pause(), actor=cast.rosa, now=now + 6 * WEEK)
        extend_all_series(now=now + 6 * WEEK)
        found = [one.wall_starts_at for one in sessions_of(series)]
        assert found == [FIRST + n * WEEK for n in range(31)]

    def test_what_lies_in_another_break_too_stays_off(self, series, take, cast, now):
        take(reason="The hall is painted")
        take(date(2026, 12, 22), date(2027, 1, 5), reason="Holidays")
        first, second = db.session.execute(select(Pause).order_by(Pause.id)).scalars()
        end_break(first, actor=cast.rosa, now=now)
        assert off(series) == [3, 4]
        assert {one.pause for one in sessions_of(series)[3:5]} == {second}
        end_break(second, actor=cast.rosa, now=now)
        assert off(series) == []

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may(self, series, take, cast, now, name):
        take()
        with nothing_changes(), pytest.raises(PermissionDenied):
            end_break(the_pause(), actor=getattr(cast, name), now=now)
