"""Whatever schedule is planned, and whatever organizers do with it one after another.

Its rows are what another calendar reads from its rule; dates that nobody touched keep their bytes
in every feed; and no answer is lost.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import select

from supportgroups.calendars.entries import Addresses, public_entry
from supportgroups.calendars.ical import build_event
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.models import Role
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, ScheduleChange
from supportgroups.sessions.queries import list_pauses
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.pauses import end_break, take_break
from supportgroups.sessions.services.series import (
    ListedDate,
    create_series,
    extend_all_series,
    extend_series,
)
from supportgroups.sessions.services.sessions import (
    cancel_session,
    edit_session,
    restore_session,
)
from supportgroups.sessions.services.undoing import undo_change
from tests import factories
from tests.sessions.random_schedules import (
    FACTOR,
    read_by_others,
    schedules,
    walls_from,
    zones,
)

ADDRESSES = Addresses(
    session=lambda _id: "https://site.example/s", own=lambda: "https://site.example"
)
CHANGES: dict[str, dict[str, Any]] = {
    "title": {"title": "Another title"},
    "place": {"place": "The town hall"},
    "words": {"description": "Ring twice."},
    "time": {"hours": -1},
    "day": {"days": 1},
    "a week later": {"days": 7},
    "longer": {"length_minutes": 120},
    "places": {"capacity": 4},
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [*CHANGES, "cancel", "restore", "undo", "break", "end the break", "worker"]
        ),
        st.sampled_from(list(Scope)),
        st.integers(0, 7),
    ),
    min_size=1,
    max_size=12,
)
#: From the day after the tests take place until the summer.
SOON = walls_from(datetime(2026, 11, 24), datetime(2027, 6, 1))  # noqa: DTZ001
WEEK = timedelta(weeks=1)


class TakeBack(Exception):
    """Ends an example, so that the next one finds everything as it was."""


@pytest.fixture
def group(make_group, cast):
    """A group of Rosa's."""
    group = make_group()
    factories.make_membership(group, cast.rosa, Role.ORGANIZER)
    return group


def sessions_of(group):
    query = select(GroupSession).where(GroupSession.group_id == group.id)
    return list(db.session.execute(query.order_by(GroupSession.id)).scalars())


def entries(group):
    """Return the bytes of each session in a public calendar."""
    db.session.expire_all()
    return {
        one.id: build_event(public_entry(one, shows_place=True, addresses=ADDRESSES))
        for one in sessions_of(group)
    }


def do(step, cast, group, as_it_is, now):
    """Do one thing; return the ids of the sessions that it touched."""
    kind, scope, number = step
    if kind == "worker":
        extend_all_series(now=now)
        return set()
    if kind == "undo":
        newest = select(ScheduleChange).where(ScheduleChange.group_id == group.id)
        change = db.session.execute(newest.order_by(ScheduleChange.id.desc())).scalars().first()
        if change is not None:
            undo_change(change, actor=cast.rosa, now=now)
        # What the worker made in between is called off.
        newer = db.session.execute(newest.order_by(ScheduleChange.id.desc())).scalars().first()
        return touched_by(change) | touched_by(newer)
    return touched_by(change_something(kind, scope, number, cast, group, as_it_is, now))


def change_something(kind, scope, number, cast, group, as_it_is, now):
    """Do what an organizer does, and return what is kept of it."""
    found = sessions_of(group)
    one = found[number % len(found)]
    by = {"actor": cast.rosa, "now": now}
    if kind == "break":
        day = one.wall_starts_at.date()
        series = one.series if scope is Scope.THIS else None
        return take_break(group, series=series, starts_on=day, returns_on=day + 2 * WEEK, **by)
    if kind == "end the break":
        pauses = list_pauses(group.id, since=now.date())
        return end_break(pauses[number % len(pauses)], **by) if pauses else None
    if kind == "cancel":
        return cancel_session(one, scope=scope, **by)
    if kind == "restore":
        return restore_session(one, scope=scope, **by)
    changed = dict(CHANGES[kind])
    shift = timedelta(days=changed.pop("days", 0), hours=changed.pop("hours", 0))
    details = as_it_is(one, wall_starts_at=one.wall_starts_at + shift, **changed)
    return edit_session(one, details, scope=scope, **by)


def touched_by(change):
    return set() if change is None else {int(found) for found in change.before["sessions"]}


def plan_as(schedule, plan, group, cast, *, zone, now):
    """Plan it, unless the clocks or the days left out forbid it."""
    details = plan(
        schedule.first,
        rule=schedule.rule,
        dates=tuple(ListedDate(wall_starts_at=start) for start in schedule.dates),
        skips=dict.fromkeys(schedule.skipped, ""),
        time_zone=zone,
    )
    try:
        with db.session.begin_nested():
            return create_series(group, details, actor=cast.rosa, now=now)
    except DomainError:
        reject()


@settings(
    max_examples=40 * FACTOR,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(schedule=schedules(SOON), zone=zones)
def test_the_rows_are_what_another_calendar_reads(group, cast, plan, now, schedule, zone):
    with suppress(TakeBack), transaction():
        series = plan_as(schedule, plan, group, cast, zone=zone, now=now)
        for moment in (now, now + 20 * WEEK, now + 45 * WEEK):
            extend_series(series.id, now=moment)
            made = [one.starts_at for one in sessions_of(group)]
            read = read_by_others(schedule, zone, until=series.made_until)
            assert sorted(made) == read
        raise TakeBack


@settings(
    max_examples=30 * FACTOR,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(schedule=schedules(SOON), zone=zones, steps=STEPS)
def test_other_dates_keep_their_bytes_and_every_answer_stays(
    group, cast, plan, as_it_is, now, schedule, zone, steps
):
    with suppress(TakeBack), transaction():
        plan_as(schedule, plan, group, cast, zone=zone, now=now)
        for one in sessions_of(group)[:8]:
            factories.make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
            factories.make_rsvp(one, cast.stan, RsvpStatus.TENTATIVE)
        play(steps, group, cast, as_it_is, now)
        raise TakeBack


def play(steps, group, cast, as_it_is, now):
    """Do one thing after another, and look at everything else after each."""
    answers = select(Rsvp.id, Rsvp.group_session_id, Rsvp.user_id, Rsvp.status).order_by(Rsvp.id)
    given_before = db.session.execute(answers).all()
    uids = [one.uid for one in sessions_of(group)]
    before = entries(group)
    for step in steps:
        try:
            with db.session.begin_nested():
                touched = do(step, cast, group, as_it_is, now)
        except DomainError:
            # Refused, so nothing may have changed at all.
            touched = set()
        after = entries(group)
        others = before.keys() - touched
        assert {one: after[one] for one in others} == {one: before[one] for one in others}
        before = after
    assert db.session.execute(answers).all() == given_before
    # The worker may have made more, but none has gone.
    assert [one.uid for one in sessions_of(group)][: len(uids)] == uids
