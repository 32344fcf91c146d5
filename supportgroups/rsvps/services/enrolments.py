"""Enrolling in a course: one place for all its dates, its list, and leaving.

The course is locked first, then its dates in the order of their numbers; see series_seats.py. A
place counts for the whole course, so who cannot come to one date frees nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.form_keys import use_form_key
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.jobs import enqueue, enqueue_many, forget_jobs
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Enrolment, RsvpStatus
from supportgroups.rsvps.services.answers import ensure_let_in, respond
from supportgroups.rsvps.services.course_names import keep_in_tally
from supportgroups.rsvps.services.names import erase_answers
from supportgroups.sessions.courses import CourseDates
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import (
    find_course_dates,
    list_coming_of_series,
    list_sessions_by_id,
    lock_group_session,
    lock_series,
)


class NobodyEnrols(DomainError):
    """People come to the dates of this schedule one by one."""


@transaction()
def enrol(
    series: Series, *, actor: UserAccount, form_key: str | None = None, now: datetime
) -> Enrolment | None:
    """Take a place in a course and say "I'm coming" to all dates ahead, or get on its list.

    Who is enrolled or on the list already stays there. Returns where the person stands; none
    where the form counted before and the person has left since.

    :raises PermissionDenied: the actor is not a member of the group
    :raises NobodyEnrols: the schedule is not such a course
    :raises ApprovalNeeded: an organizer has to let the actor in first
    """
    ensure(actor, Permission.SESSION_RSVP, series.group)
    ensure_let_in(series, actor)
    # Two people must not both take the last place.
    series = lock_series(series.id)
    enrolment = queries.find_enrolment(series, actor)
    if not use_form_key(form_key, by=actor.id, now=now) or enrolment is not None:
        return enrolment
    if not series.enrols:
        raise NobodyEnrols
    enrolment = Enrolment(series_id=series.id, user_id=actor.id, asked_at=now)
    db.session.add(enrolment)
    db.session.flush()
    # Whoever asks stands behind all others on the list, so only a place that is free is theirs.
    _tell(lucky for lucky in _fill(series, now=now) if lucky is not enrolment)
    forget_turns(
        turn
        for turn in queries.list_enrolments_in_group(actor.id, group_id=series.group_id)
        if turn.invited_to_id == series.id
    )
    return enrolment


@transaction()
def leave_course(
    series: Series, *, actor: UserAccount, form_key: str | None = None, now: datetime
) -> None:
    """Give up a place in a course with all dates ahead, or a turn on its list.

    While people can still join, the place goes to whoever is next. Nothing happens to who is
    neither enrolled nor on the list.

    :raises PermissionDenied: the actor is not a member of the group
    """
    ensure(actor, Permission.SESSION_RSVP, series.group)
    series = lock_series(series.id)
    enrolment = queries.find_enrolment(series, actor)
    if use_form_key(form_key, by=actor.id, now=now) and enrolment is not None:
        _end(enrolment, series, now=now)


@transaction()
def end_enrolments(*, user_id: int, group_id: int, now: datetime) -> None:
    """End all that somebody who has left a group has in its courses."""
    for enrolment in queries.list_enrolments_in_group(user_id, group_id=group_id):
        _end(enrolment, lock_series(enrolment.series_id), now=now)


@transaction()
def give_free_places(series: Series, *, now: datetime) -> None:
    """Let those on the list of a course have the places that became free, and tell them.

    Nothing happens where people come to the dates one by one.
    """
    if series.enrols:
        _tell(_fill(lock_series(series.id), now=now))


@transaction()
def answer_new_dates(made: Mapping[int, list[int]], *, now: datetime) -> None:
    """Say "I'm coming" to new dates of courses for all who are enrolled.

    Most schedules are no courses, and then it costs one query, however many dates there are.

    :param made: the ids of the new dates, by the id of their schedule
    """
    courses = queries.list_courses_with_people(made)
    if courses:
        ids = [session_id for series_id in courses for session_id in made[series_id]]
        answer_for_enrolled(list_sessions_by_id(ids), now=now)


@transaction()
def answer_for_enrolled(group_sessions: Iterable[GroupSession], *, now: datetime) -> None:
    """Say "I'm coming" to dates of courses for all who are enrolled and said nothing yet."""
    for group_session in sorted(group_sessions, key=lambda one: one.id):
        if group_session.is_cancelled:
            continue
        for person in queries.list_enrolled_without_answer(group_session):
            respond(group_session, actor=person, status=RsvpStatus.ACCEPTED, now=now)


@transaction()
def tell_of_make_up(group_session: GroupSession, *, now: datetime) -> None:
    """Queue one letter about a date that was added, to each who is enrolled."""
    enqueue_many(
        "rsvps.date_added",
        (
            (f"date-added:{group_session.public_id}:{rsvp.id}", {"rsvp_id": rsvp.id})
            for rsvp in queries.list_coming_to(group_session)
        ),
        now=now,
    )


def _fill(series: Series, *, now: datetime) -> list[Enrolment]:
    """Give free places to those who have waited longest, while people can join; return who got one."""
    dates = dates_of(series)
    if not dates.is_joining_open(now):
        return []
    left = queries.count_places([series])[series.id].left
    lucky = queries.list_next_on_list(series, limit=left)
    for enrolment in lucky:
        enrolment.enrolled_at = now
        enrolment.user.touch_calendar(now)
    db.session.flush()
    if lucky:
        answer_for_enrolled(list_coming_of_series(series, now=now), now=now)
    return lucky


def dates_of(series: Series) -> CourseDates:
    """Return the dates of one course."""
    return find_course_dates([series])[series.id]


def _tell(lucky: Iterable[Enrolment]) -> None:
    for enrolment in lucky:
        assert enrolment.enrolled_at is not None  # noqa: S101 (they have just got their place)
        enqueue(
            "rsvps.enrolled",
            {"enrolment_id": enrolment.id},
            key=f"enrolled:{enrolment.id}",
            now=enrolment.enrolled_at,
        )


def _end(enrolment: Enrolment, series: Series, *, now: datetime) -> None:
    person = enrolment.user
    if enrolment.enrolled_at is not None:
        # Whoever answers one of the dates at this moment is let through before, or finds no place.
        for group_session in sorted(list_coming_of_series(series, now=now), key=lambda one: one.id):
            lock_group_session(group_session.id)
        erase_answers(queries.list_answers_in_series(series.id, person.id, now=now))
        if not dates_of(series).is_joining_open(now):
            # Nobody comes in their place, so they still count as one who was there.
            keep_in_tally(series, [enrolment], now=now)
    forget_turns([enrolment])
    person.touch_calendar(now)
    _tell(_fill(series, now=now))


@transaction()
def forget_turns(enrolments: Iterable[Enrolment]) -> None:
    """Delete places and turns, and the jobs that name them. Whoever calls passes the places on."""
    gone = list(enrolments)
    forget_jobs("enrolment_id", [enrolment.id for enrolment in gone])
    for enrolment in gone:
        db.session.delete(enrolment)
    db.session.flush()
