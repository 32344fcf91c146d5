"""Changing one date, it and all later ones, or all to come."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Role
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.news import NewsKind
from supportgroups.sessions.recurrence import MonthlyWeekdayRule, WeeklyRule, parse_rule
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.changes import NotConfirmed, list_news
from supportgroups.sessions.services.series import (
    ListedDate,
    StartsInThePast,
    create_series,
    extend_all_series,
)
from supportgroups.sessions.services.sessions import (
    cancel_session,
    edit_session,
    restore_session,
)
from supportgroups.sessions.shifts import DayDoesNotFit
from tests import factories
from tests.watching import acts, nothing_changes

WEEK = timedelta(weeks=1)
FIRST = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)
LATER, ALL = Scope.LATER, Scope.ALL


def wall(text):
    return datetime.fromisoformat(text)


def sessions_of(group):
    query = select(GroupSession).where(GroupSession.group_id == group.id)
    return list(
        db.session.execute(query.order_by(GroupSession.starts_at, GroupSession.id)).scalars()
    )


@pytest.fixture
def group(make_group, cast):
    """A group of Rosa's without any sessions."""
    group = make_group()
    factories.make_membership(group, cast.rosa, Role.ORGANIZER)
    factories.make_membership(group, cast.kofi, Role.FACILITATOR)
    return group


@pytest.fixture
def weekly(group, plan, cast, now):
    """Rosa's Tuesdays."""
    return create_series(group, plan(), actor=cast.rosa, now=now)


@pytest.fixture
def edit(cast, as_it_is, now):
    def edit(group_session, scope=LATER, at=now, **changes):
        details = as_it_is(group_session, **changes)
        return edit_session(group_session, details, scope=scope, actor=cast.rosa, now=at)

    return edit


class TestThisAndLater:
    def test_the_old_rule_ends_and_a_new_series_goes_on(self, weekly, group, edit):
        sessions = sessions_of(group)
        edit(sessions[2], title="In the garden")
        assert [one.title_shown for one in sessions_of(group)] == (
            ["Tuesday evening"] * 2 + ["In the garden"] * 23
        )
        assert weekly.stops_before == FIRST + 2 * WEEK
        new = sessions[2].series
        assert (new.id, new.title) != (weekly.id, weekly.title)
        assert (new.rrule, new.wall_starts_at) == (weekly.rrule, FIRST + 2 * WEEK)
        assert [one.series_id for one in sessions[:3]] == [weekly.id, weekly.id, new.id]

    def test_it_moves_to_another_day_and_time(self, weekly, group, edit):
        sessions = sessions_of(group)
        uids = [one.uid for one in sessions]
        edit(sessions[2], wall_starts_at=wall("2026-12-16 18:30"), length_minutes=60)
        found = sessions_of(group)
        assert [one.uid for one in found] == uids
        assert [one.wall_starts_at for one in found[:4]] == [
            FIRST, FIRST + WEEK, wall("2026-12-16 18:30"), wall("2026-12-23 18:30"),
        ]  # fmt: skip
        assert {one.wall_starts_at.strftime("%a %H:%M") for one in found[2:]} == {"Wed 18:30"}
        assert {one.length_minutes for one in found[2:]} == {60}
        assert not any(one.is_moved for one in found)
        assert parse_rule(found[2].series.rrule) == WeeklyRule(weekdays=frozenset({2}))

    def test_the_worker_goes_on_with_the_new_rule_alone(self, weekly, group, edit, now):
        edit(sessions_of(group)[2], wall_starts_at=wall("2026-12-16 18:30"))
        extend_all_series(now=now)
        before = [one.id for one in sessions_of(group)]
        extend_all_series(now=now + 2 * WEEK)
        found = sessions_of(group)
        assert [one.id for one in found[: len(before)]] == before
        assert {one.wall_starts_at.strftime("%a %H:%M") for one in found[2:]} == {"Wed 18:30"}
        walls = [one.wall_starts_at for one in found]
        assert [later - one for one, later in pairwise(walls[2:])] == ([WEEK] * (len(walls) - 3))

    def test_what_a_date_has_of_its_own_it_keeps(self, weekly, group, edit):
        sessions = sessions_of(group)
        edit(sessions[3], Scope.THIS, title="With a guest", wall_starts_at=wall("2026-12-23 19:00"))
        edit(sessions[1], place="The town hall")
        assert sessions[3].title_shown == "With a guest"
        assert sessions[3].place_shown == "The town hall"
        assert sessions[3].wall_starts_at == wall("2026-12-23 19:00")
        edit(sessions[1], wall_starts_at=wall("2026-12-08 18:00"))
        # Its own day stays; the time is what the change was about.
        assert sessions[3].wall_starts_at == wall("2026-12-23 18:00")
        edit(sessions[1], title="Another title")
        assert sessions[3].title_shown == "Another title"

    def test_what_is_cancelled_stays_cancelled(self, weekly, group, edit, cast, now):
        sessions = sessions_of(group)
        cancel_session(sessions[3], actor=cast.rosa, reason="Snow", now=now)
        edit(sessions[1], title="Another title")
        assert sessions[3].is_cancelled
        assert sessions[3].cancel_reason == "Snow"

    def test_only_what_changes_there_is_counted(self, weekly, group, edit):
        sessions = sessions_of(group)
        edit(sessions[2], capacity=5)
        assert {one.capacity_shown for one in sessions[2:]} == {5}
        assert {(one.sequence, one.revision) for one in sessions} == {(0, 0)}
        edit(sessions[2], title="Another title")
        assert [(one.sequence, one.revision) for one in sessions[1:3]] == [(0, 0), (1, 1)]

    def test_those_who_lead_change_with_it(self, weekly, group, edit, cast):
        sessions = sessions_of(group)
        edit(sessions[2], facilitator_ids=frozenset({cast.kofi.id}))
        assert [one.facilitators for one in sessions[1:4]] == [[], [cast.kofi], [cast.kofi]]
        assert sessions[3].series.facilitators == [cast.kofi]

    def test_each_person_reads_of_each_date_once(self, weekly, group, edit, now):
        change = edit(sessions_of(group)[2], wall_starts_at=wall("2026-12-16 19:00"))
        news = list_news([change], now=now)
        assert [one.kind for one in news] == [NewsKind.MOVED] * 23

    def test_a_day_on_which_it_meets_anyway_is_refused(self, group, plan, cast, edit, now):
        rule = WeeklyRule(weekdays=frozenset({1, 3}))
        create_series(group, plan(rule=rule), actor=cast.rosa, now=now)
        first = sessions_of(group)[0]
        with nothing_changes(), pytest.raises(DayDoesNotFit):
            edit(first, wall_starts_at=FIRST + timedelta(days=2))
        edit(first, wall_starts_at=FIRST + timedelta(days=1))
        days = {one.wall_starts_at.strftime("%a") for one in sessions_of(group)}
        assert days == {"Wed", "Thu"}

    def test_a_month_s_weekday_moves_by_its_rule(self, group, plan, cast, edit, now):
        rule = MonthlyWeekdayRule(nth=1, weekday=1)
        create_series(group, plan(rule=rule), actor=cast.rosa, now=now)
        edit(sessions_of(group)[1], wall_starts_at=wall("2027-01-13 19:00"))
        days = [one.wall_starts_at.date() for one in sessions_of(group)]
        assert days == [
            date(2026, 12, 1), date(2027, 1, 13), date(2027, 2, 10), date(2027, 3, 10),
            date(2027, 4, 14), date(2027, 5, 12),
        ]  # fmt: skip

    def test_after_so_many_times_it_still_ends(self, group, plan, cast, edit, now):
        rule = WeeklyRule(weekdays=frozenset({1}), count=5)
        create_series(group, plan(rule=rule), actor=cast.rosa, now=now)
        sessions = sessions_of(group)
        edit(sessions[2], title="Another title")
        assert parse_rule(sessions[2].series.rrule).count == 3
        extend_all_series(now=now + 10 * WEEK)
        assert len(sessions_of(group)) == 5

    def test_it_does_not_move_into_the_past(self, weekly, group, edit, now):
        with nothing_changes(), pytest.raises(StartsInThePast):
            edit(sessions_of(group)[0], ALL, wall_starts_at=wall("2026-11-23 08:00"))

    def test_it_leaves_one_row_in_the_audit_trail(self, weekly, group, edit):
        edit(sessions_of(group)[2], title="Another title")
        assert acts() == ["series.created", "series.edited"]


class TestAll:
    def test_what_has_begun_stays_as_it_was(self, weekly, group, edit, now):
        sessions = sessions_of(group)
        edit(sessions[5], ALL, at=now + 3 * WEEK, title="Another title")
        titles = [one.title_shown for one in sessions_of(group)]
        assert titles == ["Tuesday evening"] * 2 + ["Another title"] * 23
        assert [one.title_shown for one in sessions[:2]] == ["Tuesday evening"] * 2


class TestListedDates:
    @pytest.fixture
    def course(self, group, plan, cast, now):
        """Five weeks, each with its topic."""
        dates = tuple(
            ListedDate(wall_starts_at=FIRST + n * WEEK, topic=f"Week {n + 1}") for n in range(5)
        )
        return create_series(group, plan(rule=None, dates=dates), actor=cast.rosa, now=now)

    def test_only_this_week(self, course, group, edit):
        sessions = sessions_of(group)
        edit(sessions[2], Scope.THIS, wall_starts_at=FIRST + 2 * WEEK + timedelta(days=1))
        assert [(one.wall_starts_at - FIRST).days for one in sessions] == [0, 7, 15, 21, 28]

    def test_all_later_weeks_by_the_same_shift(self, course, group, edit):
        sessions = sessions_of(group)
        edit(sessions[2], wall_starts_at=FIRST + 3 * WEEK)
        db.session.expire_all()
        found = sessions_of(group)
        assert [one.id for one in found] == [one.id for one in sessions]
        assert [(one.wall_starts_at - FIRST).days for one in found] == [0, 7, 21, 28, 35]
        assert [one.listed.topic for one in found] == [f"Week {n}" for n in range(1, 6)]
        assert {one.series_id for one in found} == {course.id}
        assert not any(one.is_moved for one in found)

    def test_a_week_that_was_moved_alone_takes_them_along_from_where_it_stands(
        self, course, group, edit
    ):
        sessions = sessions_of(group)
        day = timedelta(days=1)
        edit(sessions[2], Scope.THIS, wall_starts_at=FIRST + 2 * WEEK + day)
        edit(sessions[4], Scope.THIS, wall_starts_at=FIRST + 4 * WEEK - day)
        edit(sessions[2], wall_starts_at=FIRST + 2 * WEEK + 2 * day)
        db.session.expire_all()
        found = sessions_of(group)
        assert [(one.wall_starts_at - FIRST).days for one in found] == [0, 7, 16, 22, 28]
        assert [one.is_moved for one in found] == [False, False, True, False, True]
        assert [one.listed.topic for one in found] == [f"Week {n}" for n in range(1, 6)]

    def test_another_time_of_day_keeps_the_day_of_each(self, course, group, edit):
        sessions = sessions_of(group)
        moved = FIRST + 3 * WEEK + timedelta(days=1)
        edit(sessions[3], Scope.THIS, wall_starts_at=moved)
        edit(sessions[2], wall_starts_at=FIRST + 2 * WEEK - timedelta(hours=1))
        assert [one.wall_starts_at for one in sessions_of(group)[2:]] == [
            one - timedelta(hours=1) for one in (FIRST + 2 * WEEK, moved, FIRST + 4 * WEEK)
        ]

    def test_a_new_place_from_a_week_on(self, course, group, edit):
        sessions = sessions_of(group)
        edit(sessions[3], place="The town hall")
        places = [one.place_shown for one in sessions]
        assert places == ["The library, High Street"] * 3 + ["The town hall"] * 2
        assert course.place == "The library, High Street"


class TestCancelAndRestore:
    def test_this_and_later_stops_the_schedule(self, weekly, group, cast, now):
        sessions = sessions_of(group)
        cancel_session(sessions[3], scope=LATER, actor=cast.rosa, reason="Snow", now=now)
        assert [one.is_cancelled for one in sessions] == [False] * 3 + [True] * 22
        extend_all_series(now=now + 8 * WEEK)
        assert len(sessions_of(group)) == 25

    def test_restoring_lets_it_go_on(self, weekly, group, cast, now):
        sessions = sessions_of(group)
        cancel_session(sessions[7], actor=cast.rosa, reason="The hall is closed", now=now)
        cancel_session(sessions[3], scope=LATER, actor=cast.rosa, reason="Snow", now=now)
        restore_session(sessions[3], scope=LATER, actor=cast.rosa, now=now)
        # What was cancelled for another reason stays so.
        assert [one for one in sessions if one.is_cancelled] == [sessions[7]]
        assert weekly.stops_before is None
        extend_all_series(now=now + 2 * WEEK)
        assert len(sessions_of(group)) == 27

    def test_one_date_of_a_stopped_schedule_alone(self, weekly, group, cast, now):
        sessions = sessions_of(group)
        cancel_session(sessions[3], scope=ALL, actor=cast.rosa, now=now)
        restore_session(sessions[3], actor=cast.rosa, now=now)
        assert [one for one in sessions if not one.is_cancelled] == [sessions[3]]
        assert weekly.stops_before == FIRST


class TestConfirming:
    def test_what_people_would_be_told_is_asked_first(self, weekly, group, cast, now):
        sessions = sessions_of(group)
        with nothing_changes(), pytest.raises(NotConfirmed) as asked:
            cancel_session(sessions[3], scope=LATER, is_confirmed=False, actor=cast.rosa, now=now)
        assert (asked.value.how_many, len(asked.value.news)) == (22, 22)
        assert asked.value.opening == "22 sessions are cancelled. They do not take place:"

    def test_a_word_that_nobody_is_told_of_is_not(self, weekly, group, cast, as_it_is, now):
        only = sessions_of(group)[0]
        details = as_it_is(only, description="Ring twice.")
        edit_session(only, details, is_confirmed=False, actor=cast.rosa, now=now)
        assert only.description_shown == "Ring twice."

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may_even_ask(self, weekly, group, cast, as_it_is, now, name):
        actor = getattr(cast, name)
        only = sessions_of(group)[0]
        with nothing_changes(), pytest.raises(PermissionDenied):
            cancel_session(only, scope=ALL, is_confirmed=False, actor=actor, now=now)


def test_a_series_that_went_over_into_others_has_no_rows_left_behind(
    weekly, group, edit, cast, now
):
    edit(sessions_of(group)[0], ALL, title="Another title")
    with transaction():
        left = db.session.execute(
            select(GroupSession).where(GroupSession.series_id == weekly.id)
        ).all()
    assert left == []
    assert len(db.session.execute(select(Series).where(Series.group_id == group.id)).all()) == 2
