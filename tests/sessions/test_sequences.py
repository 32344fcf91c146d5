"""Whatever organizers do one after another: other dates stay as they are, and no answer is lost."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from supportgroups.calendars.entries import Addresses, public_entry
from supportgroups.calendars.ical import build_event
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.models import Role
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, ScheduleChange
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.series import create_series
from supportgroups.sessions.services.sessions import (
    cancel_session,
    edit_session,
    restore_session,
)
from supportgroups.sessions.services.undoing import undo_change
from tests import factories

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
        st.sampled_from([*CHANGES, "cancel", "restore", "undo"]),
        st.sampled_from(list(Scope)),
        st.integers(0, 7),
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture
def group(make_group, cast, plan, now):
    """A group with eight weeks ahead, and somebody who said yes to each."""
    group = make_group()
    factories.make_membership(group, cast.rosa, Role.ORGANIZER)
    from_rule = plan(until=(datetime(2026, 12, 1) + timedelta(weeks=7)).date())  # noqa: DTZ001
    create_series(group, from_rule, actor=cast.rosa, now=now)
    for one in sessions_of(group):
        factories.make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
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
    one = sessions_of(group)[number]
    if kind == "undo":
        newest = select(ScheduleChange).where(ScheduleChange.group_id == group.id)
        change = db.session.execute(newest.order_by(ScheduleChange.id.desc())).scalars().first()
        if change is None:
            return set()
        undo_change(change, actor=cast.rosa, now=now)
    elif kind == "cancel":
        change = cancel_session(one, scope=scope, actor=cast.rosa, now=now)
    elif kind == "restore":
        change = restore_session(one, scope=scope, actor=cast.rosa, now=now)
    else:
        changed = dict(CHANGES[kind])
        shift = timedelta(days=changed.pop("days", 0), hours=changed.pop("hours", 0))
        details = as_it_is(one, wall_starts_at=one.wall_starts_at + shift, **changed)
        change = edit_session(one, details, scope=scope, actor=cast.rosa, now=now)
    return set() if change is None else {int(found) for found in change.before["sessions"]}


class TakeBack(Exception):
    """Ends an example, so that the next one finds everything as it was."""


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_other_dates_keep_their_bytes_and_every_answer_stays(group, cast, as_it_is, now, steps):
    with suppress(TakeBack), transaction():
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
    assert [one.uid for one in sessions_of(group)] == uids
