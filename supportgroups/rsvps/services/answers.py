"""Answering, and taking answers back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.form_keys import use_form_key
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.groups.queries import get_membership
from supportgroups.rsvps import offers, queries
from supportgroups.rsvps.models import OfferOutcome, Rsvp, RsvpStatus, WaitingListOffer
from supportgroups.rsvps.offers import Seats
from supportgroups.rsvps.services.names import erase_answers
from supportgroups.rsvps.services.waiting_list import draw_ticket, promote_waiting
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import lock_group_session


class SessionAlreadyStarted(DomainError):
    """The session has begun; answers no longer matter."""


class SessionIsCancelled(DomainError):
    """The session will not take place, so nobody can say that they come."""


class ApprovalNeeded(DomainError):
    """To this schedule come people whom an organizer has let in; the person has to ask first."""


class NotEnrolled(DomainError):
    """People come to this session by a place in the whole course; the person has none."""


class NoRoomForCompanions(DomainError):
    """There is a place for the person, but not for all whom they want to bring."""


@dataclass(frozen=True, kw_only=True)
class AnswerDetails:
    """What a person may say besides their answer."""

    #: How many they bring. More than the schedule allows counts as all that it allows.
    plus_count: int = 0
    is_first_time: bool = False
    #: For those who lead, and nobody else.
    note: str = ""


@transaction()
def respond(
    group_session: GroupSession,
    *,
    actor: UserAccount,
    status: RsvpStatus,
    details: AnswerDetails | None = None,
    form_key: str | None = None,
    now: datetime,
) -> Rsvp:
    """Record the actor's answer; "I'm coming" to a full session joins its waiting list.

    "I'm coming" of somebody to whom a place is offered takes it; any other answer passes it on.
    Answering the same again keeps the turn of somebody who waits. It changes something only after
    the session got a new time: then it says that this time suits as well. A place on the waiting
    list is for one person: whom they bring is asked again when they have it.

    :param details: what they say besides; None leaves what they said before
    :param form_key: the key of the form that was sent; once it is used nothing more happens
    :raises PermissionDenied: the actor is not a member of the group
    :raises SessionAlreadyStarted: the session has begun
    :raises SessionIsCancelled: it will not take place, and the answer is not "can't come"
    :raises ApprovalNeeded: an organizer has to let the actor in first
    :raises NotEnrolled: the actor has no place in the course
    :raises NoRoomForCompanions: the actor could come, but not with so many people
    """
    ensure(actor, Permission.SESSION_RSVP, group_session.group)
    # Two people must not both take the last place.
    group_session = lock_group_session(group_session.id)
    is_new_form = use_form_key(form_key, by=actor.id, now=now)
    rsvp = queries.find_rsvp(group_session, actor)
    if rsvp is not None and not is_new_form:
        return rsvp
    if group_session.has_started(now):
        raise SessionAlreadyStarted
    if group_session.is_cancelled and status is not RsvpStatus.DECLINED:
        raise SessionIsCancelled
    _ensure_way_in(group_session.series, actor, status)
    if offers.is_last_day(group_session.starts_at, now=now):
        # An offer that ended a moment ago belongs to the next in line, not to whoever comes by.
        promote_waiting(group_session, now=now)
    is_first_answer = rsvp is None
    if rsvp is None:
        rsvp = _new_answer(group_session, actor, now=now)
    elif rsvp.status is status and details is None and rsvp.is_about(group_session):
        return rsvp
    if _change(rsvp, group_session, status, details or _said_before(rsvp), now=now):
        actor.touch_calendar(now)
    db.session.add(rsvp)
    db.session.flush()
    if not is_first_answer:
        # Somebody's place may have become free. A first answer frees none, and others stand behind.
        promote_waiting(group_session, now=now)
    return rsvp


def _ensure_way_in(series: Series, actor: UserAccount, status: RsvpStatus) -> None:
    if status is not RsvpStatus.DECLINED:
        ensure_let_in(series, actor)
    if series.enrols and not queries.is_enrolled(series, actor):
        raise NotEnrolled


def ensure_let_in(series: Series, actor: UserAccount) -> None:
    """Stop somebody who has not been let in from coming to a schedule that people ask for.

    :raises ApprovalNeeded: they have not
    """
    if series.admission.asks_first:
        membership = get_membership(series.group, actor)
        if not membership.is_approved:
            raise ApprovalNeeded


@transaction()
def answer_offer(offer: WaitingListOffer, *, takes_it: bool, now: datetime) -> None:
    """Take the place that is offered, or pass it on, for whoever holds the link to the offer.

    Nothing happens once the offer has ended: a late yes does not join the list again.

    :raises PermissionDenied: the person has left the group
    """
    rsvp = offer.rsvp
    group_session = lock_group_session(rsvp.group_session_id)
    # What was read before the lock may be over by now.
    db.session.refresh(offer)
    db.session.refresh(rsvp)
    if offer.is_open(now):
        status = RsvpStatus.ACCEPTED if takes_it else RsvpStatus.DECLINED
        respond(group_session, actor=rsvp.user, status=status, now=now)


def _new_answer(group_session: GroupSession, person: UserAccount, *, now: datetime) -> Rsvp:
    rsvp = Rsvp(
        group_session_id=group_session.id,
        user_id=person.id,
        answered_for=group_session.wall_starts_at,
    )
    rsvp.decline(now)
    return rsvp


def _said_before(rsvp: Rsvp) -> AnswerDetails:
    return AnswerDetails(
        plus_count=rsvp.plus_count, is_first_time=rsvp.is_first_time, note=rsvp.note
    )


def _change(
    rsvp: Rsvp,
    group_session: GroupSession,
    status: RsvpStatus,
    details: AnswerDetails,
    *,
    now: datetime,
) -> bool:
    """Write another answer into the row; return whether it stands elsewhere than before."""
    before, was_about_it = rsvp.status, rsvp.is_about(group_session)
    rsvp.answered_for = group_session.wall_starts_at
    offer = queries.find_open_offer(rsvp) if rsvp in db.session else None
    if status is RsvpStatus.DECLINED:
        rsvp.decline(now)
    else:
        rsvp.note = details.note
        rsvp.is_first_time = details.is_first_time and not queries.has_come_before(
            rsvp.user_id, group_id=group_session.group_id, now=now
        )
        plus_count = min(details.plus_count, group_session.series.max_plus_count)
        if status is RsvpStatus.ACCEPTED:
            seats = queries.find_seats(group_session, now=now)
            status = _find_place(rsvp, seats, plus_count, has_offer=offer is not None)
        rsvp.plus_count = plus_count if status is RsvpStatus.ACCEPTED else 0
        if status is not before:
            is_waiting = status is RsvpStatus.WAITLISTED
            rsvp.turn = draw_ticket(group_session) if is_waiting else None
            rsvp.status, rsvp.responded_at = status, now
    if offer is not None and rsvp.status is not RsvpStatus.WAITLISTED:
        offer.outcome = OfferOutcome.TAKEN if rsvp.holds_a_place else OfferOutcome.DECLINED
    if not was_about_it:
        rsvp.responded_at = now
    return rsvp.status is not before or not was_about_it


def _find_place(rsvp: Rsvp, seats: Seats, plus_count: int, *, has_offer: bool) -> RsvpStatus:
    """Return whether somebody who wants to come has a place, or waits for one."""
    held = 1 + rsvp.plus_count if rsvp.holds_a_place else int(has_offer)
    is_newcomer = rsvp.is_first_time
    if seats.has_room_for(1 + plus_count - held, is_newcomer=is_newcomer):
        return RsvpStatus.ACCEPTED
    if held or seats.has_room_for(1, is_newcomer=is_newcomer):
        raise NoRoomForCompanions
    return RsvpStatus.WAITLISTED


@transaction()
def withdraw_answers(*, user_id: int, group_id: int, now: datetime) -> None:
    """Delete somebody's answers for the coming sessions of a group, and pass their places on."""
    for rsvp in queries.list_coming_rsvps(user_id, group_id=group_id, now=now):
        group_session = lock_group_session(rsvp.group_session_id)
        erase_answers([rsvp])
        promote_waiting(group_session, now=now)


@transaction()
def forget_notes(*, now: datetime) -> int:
    """Erase what people wrote to those who lead, once the session is over; return how many."""
    over = select(GroupSession.id).where(GroupSession.ends_at <= now)
    erased = db.session.execute(
        update(Rsvp)
        .where(Rsvp.note != "", Rsvp.group_session_id.in_(over))
        .values(note="")
        .returning(Rsvp.id)
    )
    return len(erased.all())
