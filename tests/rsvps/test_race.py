"""Six hundred people press "I'm coming" for twelve places, on a real server of four processes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession
from tests.rsvps.storm import (
    PLACES,
    answers_by_status,
    count_overtakings,
    make_passes,
    make_popular_session,
    press_all,
)
from tests.server import guest_passes, request, serving

PEOPLE = 600
#: They come by name alone, each from a place of their own.
GUESTS = 60
#: Enough to overbook where nothing prevents it, and slow on purpose.
WITHOUT_LOCK = 60


@pytest.fixture
def popular_session(live_app: Flask) -> GroupSession:
    """A session of next week with twelve places."""
    return make_popular_session()


def test_twelve_places_go_to_twelve_people_and_the_others_wait_in_line(
    live_app: Flask, popular_session: GroupSession
) -> None:
    passes = make_passes(live_app, popular_session, PEOPLE)
    with serving(live_app, workers=4, threads=16) as server:
        presses = press_all(server, passes, popular_session)
    assert [press.status for press in presses] == [303] * PEOPLE
    found = answers_by_status()
    assert len(found[RsvpStatus.ACCEPTED]) == PLACES
    waiting = [rsvp.turn for rsvp in found[RsvpStatus.WAITLISTED]]
    assert waiting == list(range(1, PEOPLE - PLACES + 1))
    user_ids = db.session.execute(select(UserAccount.id).order_by(UserAccount.id)).scalars()
    assert count_overtakings(presses, list(user_ids)) == 0


def test_guests_get_twelve_places_and_each_is_one_person_however_often_they_send(
    live_app: Flask, popular_session: GroupSession
) -> None:
    path = f"/sessions/{popular_session.public_id}/come"
    guests = guest_passes(live_app, GUESTS)
    start = Barrier(2 * GUESTS)

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
        ThreadPoolExecutor(2 * GUESTS) as pool,
    ):
        # Everybody's phone sends the form twice.
        statuses = list(pool.map(come, [*range(GUESTS), *range(GUESTS)]))
    assert statuses == [303] * 2 * GUESTS
    found = answers_by_status()
    assert len(found[RsvpStatus.ACCEPTED]) == PLACES
    waiting = [rsvp.turn for rsvp in found[RsvpStatus.WAITLISTED]]
    assert waiting == list(range(1, GUESTS - PLACES + 1))
    people = db.session.execute(select(UserAccount.display_name)).scalars().all()
    assert sorted(people) == sorted(f"Guest {number}" for number in range(GUESTS))


def test_without_the_lock_the_same_storm_overbooks(
    live_app: Flask, popular_session: GroupSession
) -> None:
    passes = make_passes(live_app, popular_session, WITHOUT_LOCK)
    with serving(live_app, workers=4, threads=16, module="tests.rsvps.unlocked:app") as server:
        press_all(server, passes, popular_session)
    assert len(answers_by_status()[RsvpStatus.ACCEPTED]) > PLACES
