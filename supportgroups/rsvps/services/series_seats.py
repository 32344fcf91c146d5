"""Holding a seat in every session of a schedule, skipping dates, and giving the seat up."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import update

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.form_keys import use_form_key
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.jobs import enqueue, forget_jobs
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import RsvpStatus, SeriesRsvp
from supportgroups.rsvps.services.answers import ensure_let_in, respond
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import list_coming_of_series, list_sessions_by_id, lock_series
from supportgroups.sessions.ways_in import WayIn

#: After so many dates missed in a row we ask whether somebody still comes.
MISSES = 3
#: Unanswered for so long, the seat goes to others.
ANSWER_WITHIN = timedelta(days=14)


class NothingToBook(DomainError):
    """People just turn up to this schedule, or enrol in it, so there are no seats to hold."""


@transaction()
def hold_seat(
    series: Series, *, actor: UserAccount, form_key: str | None = None, now: datetime
) -> SeriesRsvp | None:
    """Say "I'm coming" to every coming session of a schedule, those made later included.

    Dates that the person has answered stay as they are. On full dates they join the waiting list.
    Returns the seat; none where the form counted before and the seat was given up since.

    :raises PermissionDenied: the actor is not a member of the group
    :raises NothingToBook: people just turn up, or enrol
    :raises ApprovalNeeded: an organizer has to let the actor in first
    """
    ensure(actor, Permission.SESSION_RSVP, series.group)
    ensure_let_in(series, actor)
    # No session is made meanwhile that would miss this seat.
    series = lock_series(series.id)
    held = queries.find_series_rsvp(series, actor)
    if not use_form_key(form_key, by=actor.id, now=now) or held is not None:
        return held
    if series.admission is WayIn.DROP_IN or series.enrols:
        raise NothingToBook
    held = SeriesRsvp(series_id=series.id, user_id=actor.id, held_since=now, counted_until=now)
    db.session.add(held)
    db.session.flush()
    for group_session in _in_order(list_coming_of_series(series, now=now)):
        take_seats(group_session, now=now)
    return held


@transaction()
def take_seats_in_new(made: Mapping[int, list[int]], *, now: datetime) -> None:
    """Answer new sessions for all who hold a seat in their schedule.

    Most schedules have no seats, and then it costs one query, however many sessions there are.

    :param made: the ids of the new sessions, by the id of their schedule
    """
    held = queries.list_series_with_seats(made)
    if held:
        ids = [session_id for series_id in held for session_id in made[series_id]]
        for group_session in list_sessions_by_id(ids):
            take_seats(group_session, now=now)


@transaction()
def take_seats(group_session: GroupSession, *, now: datetime) -> None:
    """Answer a session for all who hold a seat in its schedule and have not answered it.

    Whoever has held a seat for longest comes first.
    """
    if group_session.is_cancelled or group_session.is_drop_in:
        return
    for person in queries.list_holders_without_answer(group_session):
        respond(group_session, actor=person, status=RsvpStatus.ACCEPTED, now=now)


@transaction()
def give_up_seat(
    series: Series, *, actor: UserAccount, form_key: str | None = None, now: datetime
) -> None:
    """Give up a seat, and with it the places on all coming dates; nothing happens without one.

    :raises PermissionDenied: the actor is not a member of the group
    """
    ensure(actor, Permission.SESSION_RSVP, series.group)
    series = lock_series(series.id)
    held = queries.find_series_rsvp(series, actor)
    if use_form_key(form_key, by=actor.id, now=now) and held is not None:
        _release(held, now=now)


@transaction()
def confirm_seat(series: Series, *, actor: UserAccount, now: datetime) -> None:
    """Answer "Still coming?" with yes; nothing happens where nobody asked.

    :raises PermissionDenied: the actor is not a member of the group
    """
    ensure(actor, Permission.SESSION_RSVP, series.group)
    held = queries.find_series_rsvp(series, actor)
    if held is not None and held.asked_at is not None:
        held.missed, held.asked_at, held.counted_until = 0, None, now


@transaction()
def end_seats(*, user_id: int, group_id: int) -> None:
    """Delete the seats of somebody who has left a group; their answers go by themselves."""
    seats = queries.list_seats_in_group(user_id, group_id=group_id)
    forget_jobs("series_rsvp_id", [held.id for held in seats])
    for held in seats:
        db.session.delete(held)
    db.session.flush()


@transaction()
def let_seats_go_on(*, ended_id: int, goes_on_id: int) -> None:
    """Let those who hold seats in a schedule that has ended hold them in the one that goes on."""
    db.session.execute(
        update(SeriesRsvp).where(SeriesRsvp.series_id == ended_id).values(series_id=goes_on_id)
    )


def look_after_seats(*, now: datetime) -> int:
    """Count dates that have begun, ask who missed three of them, and pass on seats of no use.

    A miss is a date that the person skipped by saying "can't come"; nobody writes down who was
    there. Any other date begins the count anew. After three in a row we ask "Still coming?" once.
    Unanswered for two weeks, the seat is given up, and can be asked for again at any time.

    One transaction for each seat. Returns how many were looked at.
    """
    seats = queries.list_seats_to_look_at(now=now, asked_before=ANSWER_WITHIN)
    for series_rsvp_id in seats:
        _look_after(series_rsvp_id, now=now)
    return len(seats)


@transaction()
def _look_after(series_rsvp_id: int, *, now: datetime) -> None:
    held = queries.lock_series_rsvp(series_rsvp_id)
    if held is None:
        return
    if held.asked_at is not None and held.asked_at <= now - ANSWER_WITHIN:
        _release(held, now=now)
        return
    for starts_at, status in queries.list_dates_to_count(held, now=now):
        held.missed = held.missed + 1 if status is RsvpStatus.DECLINED else 0
        held.counted_until = starts_at
    if held.missed >= MISSES and held.asked_at is None:
        held.asked_at = now
        enqueue(
            "rsvps.still_coming",
            {"series_rsvp_id": held.id},
            key=f"rsvps.still_coming:{held.id}:{held.counted_until.isoformat()}",
            now=now,
        )


def _release(held: SeriesRsvp, *, now: datetime) -> None:
    series_id, person = held.series_id, held.user
    db.session.delete(held)
    db.session.flush()
    for rsvp in queries.list_answers_in_series(series_id, person.id, now=now):
        if rsvp.status in {RsvpStatus.ACCEPTED, RsvpStatus.WAITLISTED}:
            respond(rsvp.group_session, actor=person, status=RsvpStatus.DECLINED, now=now)


def _in_order(group_sessions: list[GroupSession]) -> list[GroupSession]:
    """Return sessions by their numbers, so that two people never lock them crosswise."""
    return sorted(group_sessions, key=lambda group_session: group_session.id)
