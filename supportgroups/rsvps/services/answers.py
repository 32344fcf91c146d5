"""Answering, taking answers back, and telling those who answered about changes."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services import enqueue
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.services.waiting_list import draw_ticket, has_room, promote_waiting
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import lock_group_session


class SessionAlreadyStarted(DomainError):
    """The session has begun; answers no longer matter."""


class SessionIsCancelled(DomainError):
    """The session will not take place, so nobody can say that they come."""


@transaction()
def respond(
    group_session: GroupSession, *, actor: UserAccount, status: RsvpStatus, now: datetime
) -> Rsvp:
    """Record the actor's answer; "I'm coming" to a full session joins its waiting list.

    Answering the same again changes nothing, and keeps the turn of somebody who waits.

    :raises PermissionDenied: the actor is not a member of the group
    :raises SessionAlreadyStarted: the session has begun
    :raises SessionIsCancelled: it will not take place, and the answer is not "can't come"
    """
    ensure(actor, Permission.SESSION_RSVP, group_session.group)
    # Two people must not both take the last place.
    group_session = lock_group_session(group_session.id)
    if group_session.has_started(now):
        raise SessionAlreadyStarted
    if group_session.is_cancelled and status is not RsvpStatus.DECLINED:
        raise SessionIsCancelled

    rsvp = queries.find_rsvp(group_session, actor)
    had_place = rsvp is not None and rsvp.holds_a_place
    if status is RsvpStatus.ACCEPTED and not had_place and not has_room(group_session):
        status = RsvpStatus.WAITLISTED
    if rsvp is not None and rsvp.status is status:
        return rsvp

    turn = draw_ticket(group_session) if status is RsvpStatus.WAITLISTED else None
    if rsvp is None:
        rsvp = Rsvp(group_session_id=group_session.id, user_id=actor.id)
        db.session.add(rsvp)
    rsvp.status, rsvp.turn, rsvp.responded_at = status, turn, now
    actor.touch_calendar(now)
    db.session.flush()
    if had_place:
        promote_waiting(group_session, now=now)
    return rsvp


@transaction()
def withdraw_answers(*, user_id: int, group_id: int, now: datetime) -> None:
    """Delete somebody's answers for the coming sessions of a group, and pass their places on."""
    for rsvp in queries.list_coming_rsvps(user_id, group_id=group_id, now=now):
        group_session = lock_group_session(rsvp.group_session_id)
        db.session.refresh(rsvp)
        held_a_place = rsvp.holds_a_place
        db.session.delete(rsvp)
        db.session.flush()
        if held_a_place:
            promote_waiting(group_session, now=now)


@transaction()
def tell_about_change(
    kind: str, group_session: GroupSession, *, now: datetime, **facts: str
) -> None:
    """Queue a letter to everyone whom a change of a session concerns.

    :param kind: the letter, such as `rsvps.session_moved`
    :param facts: what the letter says besides the session as it then stands
    """
    for rsvp in queries.list_people_to_tell(group_session):
        enqueue(
            kind,
            {"rsvp_id": rsvp.id, "sequence": group_session.sequence, **facts},
            key=f"{kind}:{group_session.public_id}:{group_session.sequence}:{rsvp.id}",
            now=now,
        )
