"""Two dozen people enrol at once in a course with five places, on a real server of four processes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from supportgroups.clock import utc_now
from supportgroups.db import db
from supportgroups.rsvps.models import Enrolment, Rsvp, RsvpStatus
from supportgroups.sessions.queries import list_sessions_of_series
from tests import factories
from tests.rsvps.storm import make_passes
from tests.server import Pass, request, serving

PEOPLE, PLACES, WEEKS = 24, 5, 2


def test_the_last_place_goes_to_one_person_and_is_one_on_every_date(live_app: Flask) -> None:
    next_week = (utc_now() + timedelta(days=7)).replace(tzinfo=None, microsecond=0, second=0)
    course = factories.make_course(
        factories.make_group(), weeks=WEEKS, capacity=PLACES, wall_starts_at=next_week
    )
    passes = make_passes(live_app, list_sessions_of_series(course)[0], PEOPLE)
    path = f"/groups/{course.group.slug}/courses/{course.public_id}"

    def enrol_and_leave(numbered: tuple[int, Pass]) -> int:
        """Enrol; every eighth person leaves again at once."""
        number, somebody = numbered
        form = {"csrf_token": somebody.csrf_token}
        answer = request(server, "POST", f"{path}/enrol", form=form, headers=somebody.headers)
        if number % 8 == 0:
            request(server, "POST", f"{path}/leave", form=form, headers=somebody.headers)
        return answer.status

    with serving(live_app, workers=4, threads=4) as server, ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(enrol_and_leave, enumerate(passes)))
    assert statuses == [303] * PEOPLE
    db.session.rollback()
    enrolled = set(
        db.session.execute(
            select(Enrolment.user_id).where(Enrolment.enrolled_at.is_not(None))
        ).scalars()
    )
    assert len(enrolled) == PLACES
    count = db.session.execute(select(func.count(Enrolment.id))).scalar_one()
    assert count == PEOPLE - len(range(0, PEOPLE, 8))
    for group_session in list_sessions_of_series(course):
        coming = select(Rsvp.user_id).where(
            Rsvp.group_session_id == group_session.id, Rsvp.status == RsvpStatus.ACCEPTED
        )
        assert set(db.session.execute(coming).scalars()) == enrolled
