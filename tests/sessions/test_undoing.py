"""Taking back an act on schedules, with everything that it touched."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups import events
from supportgroups.db import db
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Role
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession, Pause, ScheduleChange, Series
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.changes import forget_old_changes
from supportgroups.sessions.services.pauses import end_break, take_break
from supportgroups.sessions.services.series import ListedDate, create_series, extend_all_series
from supportgroups.sessions.services.sessions import (
    cancel_session,
    edit_session,
    restore_session,
)
from supportgroups.sessions.services.undoing import (
    UNDO_FOR,
    ChangedSince,
    TooLateToUndo,
    find_undoable,
    undo_change,
)
from tests import factories
from tests.watching import acts, announced, jobs, nothing_changes

WEEK = timedelta(weeks=1)
FIRST = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)
WEDNESDAY = FIRST + timedelta(days=15, hours=-1)
#: What changes with every act, and never goes back.
COUNTERS = {"sequence", "revision", "revised_at"}


@pytest.fixture
def group(make_group, cast):
    """A group of Rosa's."""
    group = make_group()
    factories.make_membership(group, cast.rosa, Role.ORGANIZER)
    factories.make_membership(group, cast.kofi, Role.FACILITATOR)
    return group


@pytest.fixture(params=["rule", "list"])
def sessions(request, group, plan, cast, now):
    """A schedule of each kind."""
    dates = tuple(ListedDate(wall_starts_at=FIRST + n * WEEK, topic=f"{n}") for n in range(5))
    details = plan() if request.param == "rule" else plan(rule=None, dates=dates)
    create_series(group, details, actor=cast.rosa, now=now)
    return sessions_of(group)


def sessions_of(group):
    query = select(GroupSession).where(GroupSession.group_id == group.id)
    return list(db.session.execute(query.order_by(GroupSession.id)).scalars())


def as_they_are(group):
    """Return all that the sessions of a group are, but for what only ever rises."""
    db.session.expire_all()
    return [
        {
            column.key: getattr(one, column.key)
            for column in GroupSession.__table__.columns
            if column.key not in COUNTERS
        }
        | {"led by": [person.id for person in one.facilitators], "shown": one.title_shown}
        | {"listed": one.listed and (one.listed.wall_starts_at, one.listed.topic)}
        for one in sessions_of(group)
    ]


def series_of(group):
    query = select(Series).where(Series.group_id == group.id).order_by(Series.id)
    return [
        (one.stops_before, one.wall_starts_at, one.rrule, len(one.dates))
        for one in db.session.execute(query).scalars()
    ]


ACTS = {
    "move one": ("edit", Scope.THIS, {"wall_starts_at": WEDNESDAY}),
    "move later": ("edit", Scope.LATER, {"wall_starts_at": WEDNESDAY}),
    "move all by a week": ("edit", Scope.ALL, {"wall_starts_at": FIRST + 3 * WEEK}),
    "edit later": ("edit", Scope.LATER, {"title": "Another", "place": "", "capacity": 3}),
    "new leaders": ("edit", Scope.LATER, {"facilitator_ids": "kofi"}),
    "cancel one": ("cancel", Scope.THIS, {"reason": "Snow"}),
    "cancel later": ("cancel", Scope.LATER, {"reason": "Snow"}),
    "break": ("break", None, {}),
}


@pytest.fixture
def act(cast, group, as_it_is, now):
    def act(name, sessions):
        kind, scope, details = ACTS[name]
        if kind == "break":
            day = FIRST.date()
            return take_break(
                group, starts_on=day, returns_on=day + 2 * WEEK, actor=cast.rosa, now=now
            )
        if kind == "cancel":
            return cancel_session(sessions[2], scope=scope, actor=cast.rosa, now=now, **details)
        if "facilitator_ids" in details:
            details = {"facilitator_ids": frozenset({cast.kofi.id})}
        changed = as_it_is(sessions[2], **details)
        return edit_session(sessions[2], changed, scope=scope, actor=cast.rosa, now=now)

    return act


@pytest.fixture
def undo(cast, group, now):
    def undo(change, actor=cast.rosa, at=now):
        return undo_change(change, actor=actor, now=at)

    return undo


@pytest.mark.parametrize("name", ACTS)
def test_all_is_as_it_was(sessions, group, act, undo, name):
    before, rules = as_they_are(group), series_of(group)
    change = act(name, sessions)
    assert as_they_are(group) != before
    undo(change)
    assert as_they_are(group) == before
    assert series_of(group) == rules
    assert db.session.execute(select(Pause).where(Pause.group_id == group.id)).all() == []


@pytest.mark.parametrize("name", ["move later", "cancel later"])
def test_calendars_never_count_backwards(sessions, group, act, undo, name):
    change = act(name, sessions)
    counted = [one.sequence for one in sessions_of(group)]
    undo(change)
    db.session.expire_all()
    found = [one.sequence for one in sessions_of(group)]
    assert found == [number + (number > 0) for number in counted]


def test_a_restored_date_and_an_ended_break(sessions, group, cast, undo, now):
    cancel_session(sessions[4], actor=cast.rosa, reason="Snow", now=now)
    day = FIRST.date()
    take_break(group, starts_on=day, returns_on=day + 2 * WEEK, actor=cast.rosa, now=now)
    before = as_they_are(group)
    pause = db.session.execute(select(Pause).where(Pause.group_id == group.id)).scalar_one()
    ended = end_break(pause, actor=cast.rosa, now=now)
    restored = restore_session(sessions[4], actor=cast.rosa, now=now)
    undo(restored)
    undo(ended)
    assert as_they_are(group) == before
    found = db.session.execute(select(Pause).where(Pause.group_id == group.id)).scalar_one()
    assert (found.starts_on, found.returns_on) == (day, day + 2 * WEEK)


def test_what_the_worker_made_meanwhile_is_called_off(group, plan, cast, act, undo, now):
    create_series(group, plan(), actor=cast.rosa, now=now)
    sessions = sessions_of(group)
    change = act("move later", sessions)
    extend_all_series(now=now + WEEK)
    made = sessions_of(group)[len(sessions) :]
    assert made != []
    undo(change)
    assert all(one.is_cancelled for one in made)
    assert not any(one.is_cancelled for one in sessions)
    number = len(sessions_of(group))
    extend_all_series(now=now + 2 * WEEK)
    assert len(sessions_of(group)) == number + 2


def test_what_was_made_while_a_break_had_ended_is_called_off(
    group, plan, cast, as_it_is, undo, now
):
    create_series(group, plan(), actor=cast.rosa, now=now)
    first, back = date(2027, 5, 27), date(2027, 6, 10)
    take_break(group, starts_on=first, returns_on=back, actor=cast.rosa, now=now)
    pause = db.session.execute(select(Pause).where(Pause.group_id == group.id)).scalar_one()
    later = now + 4 * WEEK
    extend_all_series(now=later)
    # One date is to take place all the same: it is older, so it stays.
    kept = sessions_of(group)[-1]
    assert kept.wall_starts_at.date() > back
    moved = kept.wall_starts_at - timedelta(days=14)
    edit_session(kept, as_it_is(kept, wall_starts_at=moved), actor=cast.rosa, now=later)
    change = end_break(pause, actor=cast.rosa, now=later)
    extend_all_series(now=later)
    made = [one for one in sessions_of(group) if one.id > kept.id]
    assert [one.wall_starts_at.date() for one in made] == [date(2027, 6, 1), date(2027, 6, 8)]
    factories.make_rsvp(made[0], cast.sam, RsvpStatus.ACCEPTED)
    assert undo(change, at=later) == 2
    assert [one.is_cancelled for one in made] == [True, True]
    assert {one.pause.returns_on for one in made} == {back}
    assert not kept.is_cancelled
    # Whoever had answered already hears of it.
    newest = select(ScheduleChange).order_by(ScheduleChange.id.desc()).limit(1)
    called_off = db.session.execute(newest).scalar_one()
    assert len(jobs("rsvps.schedule_changed")) == 1
    assert set(called_off.before["sessions"]) == {str(one.id) for one in made}
    extend_all_series(now=later)
    assert [one for one in sessions_of(group) if one.id > made[-1].id] == []


class TestRefusals:
    @pytest.fixture
    def change(self, sessions, act):
        return act("cancel later", sessions)

    def test_for_ten_minutes(self, change, undo, group, now):
        late = now + UNDO_FOR
        assert find_undoable(group, now=late - timedelta(seconds=1)).change == change
        assert find_undoable(group, now=late) is None
        with nothing_changes(), pytest.raises(TooLateToUndo):
            undo(change, at=late)

    def test_once(self, change, undo, group, now):
        undo(change)
        assert find_undoable(group, now=now) is None
        with nothing_changes(), pytest.raises(TooLateToUndo):
            undo(change)

    def test_the_later_one_first(self, change, sessions, cast, group, undo, now):
        later = restore_session(sessions[2], actor=cast.rosa, now=now)
        with nothing_changes(), pytest.raises(ChangedSince):
            undo(change)
        undo(later)
        undo(change)
        assert not any(one.is_cancelled for one in sessions_of(group))

    def test_an_act_elsewhere_is_in_nobody_s_way(self, change, group, plan, cast, undo, now):
        create_series(group, plan(FIRST + timedelta(days=1)), actor=cast.rosa, now=now)
        cancel_session(sessions_of(group)[-1], actor=cast.rosa, now=now)
        undo(change)
        assert [one.is_cancelled for one in sessions_of(group)].count(True) == 1

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may(self, change, cast, undo, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            undo(change, actor=getattr(cast, name))


def test_it_is_announced_and_leaves_one_row(sessions, act, undo, now):
    change = act("cancel later", sessions)
    with announced(events.schedule_change_reverted) as heard:
        undo(change)
    assert heard == [{"change": change, "now": now}]
    assert acts() == ["series.created", "series.cancelled", "schedule.undone"]


def test_it_is_forgotten_after_a_month(sessions, act, now):
    act("cancel one", sessions)
    assert forget_old_changes(now=now + timedelta(days=30)) == 0
    assert forget_old_changes(now=now + timedelta(days=30, seconds=1)) == 1
    assert db.session.execute(select(ScheduleChange)).all() == []
