"""Hundreds of people who press "I'm coming" at once, and what must be true afterwards."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import NamedTuple

from flask import Flask
from sqlalchemy import select

from supportgroups.clock import utc_now
from supportgroups.db import db, transaction
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession
from tests import factories
from tests.server import Pass, Server, request, sign_in_all

PLACES = 12
#: So many press in the same moment. The server has 64 hands; with fewer people at once a machine that
#: is busy with other tests answers before PostgreSQL gives up waiting for a lock (three seconds).
AT_ONCE = 24


class Press(NamedTuple):
    """One press of the button, by the clock of the person who pressed, in seconds."""

    status: int
    pressed_at: float
    arrived_at: float


def make_popular_session() -> GroupSession:
    """Make a session of next week with twelve places."""
    group = factories.make_group()
    next_week = (utc_now() + timedelta(days=7)).replace(tzinfo=None, microsecond=0, second=0)
    series = factories.make_series(group, wall_starts_at=next_week, rrule=None, capacity=PLACES)
    return factories.make_session(series)


def make_passes(application: Flask, group_session: GroupSession, number: int) -> list[Pass]:
    """Make so many signed-in members, in two transactions."""
    with transaction():
        members = [factories.make_user(f"Member {count}") for count in range(number)]
        for member in members:
            factories.make_membership(group_session.group, member)
    return sign_in_all(application, members)


def press_all(
    server: Server,
    passes: Sequence[Pass],
    group_session: GroupSession,
    *,
    at_once: int = AT_ONCE,
) -> list[Press]:
    """Let everyone press once, so many in the same moment."""
    path = f"/sessions/{group_session.public_id}/rsvp"

    def press(somebody: Pass) -> Press:
        form = {"status": "accepted", "csrf_token": somebody.csrf_token}
        pressed_at = time.monotonic()
        answer = request(server, "POST", path, form=form, headers=somebody.headers)
        return Press(answer.status, pressed_at, time.monotonic())

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(press, passes))


def answers_by_status() -> dict[RsvpStatus, list[Rsvp]]:
    """Return all answers by where they ended up, the waiting ones in their order."""
    db.session.rollback()
    found: dict[RsvpStatus, list[Rsvp]] = {status: [] for status in RsvpStatus}
    for rsvp in db.session.execute(select(Rsvp).order_by(Rsvp.turn, Rsvp.id)).scalars():
        found[rsvp.status].append(rsvp)
    return found


def count_overtakings(presses: Sequence[Press], user_ids: Sequence[int]) -> int:
    """Return how often somebody is behind a person who pressed after their answer had arrived."""
    # Everyone with a place is ahead of everyone who waits.
    ranks = {
        rsvp.user_id: rsvp.turn or 0 for found in answers_by_status().values() for rsvp in found
    }
    people = [(press, ranks[user_id]) for press, user_id in zip(presses, user_ids, strict=True)]
    return sum(
        earlier.arrived_at < later.pressed_at and rank > later_rank
        for earlier, rank in people
        for later, later_rank in people
    )
