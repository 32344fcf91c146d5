"""Sixty people press "I'm coming" at once, on a real server of several processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.clock import utc_now
from supportgroups.db import db
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession
from tests import factories
from tests.server import Pass, Server, guest_passes, request, serving, sign_in_all

PEOPLE = 60
PLACES = 12


@pytest.fixture
def popular_session(live_app: Flask) -> GroupSession:
    """A session of next week with twelve places."""
    group = factories.make_group()
    next_week = (utc_now() + timedelta(days=7)).replace(tzinfo=None, microsecond=0, second=0)
    series = factories.make_series(group, wall_starts_at=next_week, rrule=None, capacity=PLACES)
    return factories.make_session(series)


@pytest.fixture
def passes(live_app: Flask, popular_session: GroupSession) -> list[Pass]:
    """Sixty signed-in members."""
    members = [factories.make_user(f"Member {number}") for number in range(PEOPLE)]
    for member in members:
        factories.make_membership(popular_session.group, member)
    return sign_in_all(live_app, members)


def storm(server: Server, passes: list[Pass], group_session: GroupSession) -> list[int]:
    """Let everyone answer in the same moment; return the statuses they got."""
    start = Barrier(len(passes))
    path = f"/sessions/{group_session.public_id}/rsvp"

    def answer(somebody: Pass) -> int:
        start.wait()
        return request(
            server,
            "POST",
            path,
            form={"status": "accepted", "csrf_token": somebody.csrf_token},
            headers=somebody.headers,
        ).status

    with ThreadPoolExecutor(len(passes)) as pool:
        return list(pool.map(answer, passes))


def answers_by_status() -> dict[RsvpStatus, list[Rsvp]]:
    """Return all answers by where they ended up."""
    db.session.rollback()
    found: dict[RsvpStatus, list[Rsvp]] = {status: [] for status in RsvpStatus}
    for rsvp in db.session.execute(select(Rsvp).order_by(Rsvp.turn, Rsvp.id)).scalars():
        found[rsvp.status].append(rsvp)
    return found


def test_twelve_places_go_to_twelve_people_and_the_others_wait_in_line(
    live_app: Flask, popular_session: GroupSession, passes: list[Pass]
) -> None:
    with serving(live_app, workers=4, threads=4) as server:
        statuses = storm(server, passes, popular_session)
    assert statuses == [303] * PEOPLE
    found = answers_by_status()
    assert len(found[RsvpStatus.ACCEPTED]) == PLACES
    waiting = [rsvp.turn for rsvp in found[RsvpStatus.WAITLISTED]]
    assert waiting == list(range(1, PEOPLE - PLACES + 1))


def test_guests_get_twelve_places_and_each_is_one_person_however_often_they_send(
    live_app: Flask, popular_session: GroupSession
) -> None:
    path = f"/sessions/{popular_session.public_id}/come"
    guests = guest_passes(live_app, PEOPLE)
    start = Barrier(2 * PEOPLE)

    def come(number: int) -> int:
        """Send the form of one guest, who comes from a place of their own."""
        guest = guests[number]
        form = {
            "display_name": f"Guest {number}",
            "agreement_version": "1",
            "key": f"the key of the page of guest number {number}",
            "csrf_token": guest.csrf_token,
        }
        headers = {**guest.headers, "X-Forwarded-For": f"198.51.100.{number}"}
        start.wait()
        return request(server, "POST", path, form=form, headers=headers).status

    with (
        serving(live_app, workers=4, threads=4, TRUSTED_PROXIES="1") as server,
        ThreadPoolExecutor(2 * PEOPLE) as pool,
    ):
        # Everybody's phone sends the form twice.
        statuses = list(pool.map(come, [*range(PEOPLE), *range(PEOPLE)]))
    assert statuses == [303] * 2 * PEOPLE
    found = answers_by_status()
    assert len(found[RsvpStatus.ACCEPTED]) == PLACES
    waiting = [rsvp.turn for rsvp in found[RsvpStatus.WAITLISTED]]
    assert waiting == list(range(1, PEOPLE - PLACES + 1))
    people = db.session.execute(select(UserAccount.display_name)).scalars().all()
    assert sorted(people) == sorted(f"Guest {number}" for number in range(PEOPLE))


def test_without_the_lock_the_same_storm_overbooks(
    live_app: Flask, popular_session: GroupSession, passes: list[Pass]
) -> None:
    with serving(live_app, workers=4, threads=4, module="tests.rsvps.unlocked:app") as server:
        storm(server, passes, popular_session)
    assert len(answers_by_status()[RsvpStatus.ACCEPTED]) > PLACES
