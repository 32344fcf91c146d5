"""Giving and offering places in the order of the waiting list."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.form_keys import use_form_key
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.rsvps import offers, queries
from supportgroups.rsvps.models import OfferOutcome, Rsvp, RsvpStatus, WaitingListOffer
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import lock_group_session


class NotWaiting(DomainError):
    """Nobody with this ticket waits for a place any more."""


@transaction()
def promote_waiting(group_session: GroupSession, *, now: datetime) -> list[Rsvp]:
    """Give every free place to whoever has waited longest, and tell them; return who that is.

    On the last day a place is offered instead, for a while. Offers whose time is over pass on.
    No place is given once the session has begun, or while it is cancelled.
    """
    group_session = lock_group_session(group_session.id)
    for offer in queries.list_open_offers(group_session):
        if not offer.is_open(now):
            _let_expire(offer, now=now)
    if group_session.has_started(now) or group_session.is_cancelled:
        return []
    seats = queries.find_seats(group_session, now=now)
    if not seats.has_room_for(1, is_newcomer=True):
        return []
    lucky = offers.share_out(seats, queries.list_next_in_line(group_session))
    hand_over = _offer if offers.is_last_day(group_session.starts_at, now=now) else _give
    for rsvp in lucky:
        hand_over(rsvp, group_session, now=now)
    db.session.flush()
    return lucky


def pass_on_places(*, now: datetime) -> int:
    """Pass on each offer whose time is over, and each place that is kept no longer.

    One transaction for each session, so that one failure does not undo the rest. Any number of
    workers may do this at once. Returns how many people got or were offered a place.
    """
    return sum(
        len(promote_waiting(db.session.get_one(GroupSession, session_id), now=now))
        for session_id in queries.list_sessions_to_pass_on(now=now)
    )


@transaction()
def withdraw_offers(group_session: GroupSession) -> None:
    """End the open offers of a session that is cancelled or moved; these people wait on."""
    group_session = lock_group_session(group_session.id)
    for offer in queries.list_open_offers(group_session):
        offer.outcome = OfferOutcome.WITHDRAWN
    db.session.flush()


@transaction()
def move_up(
    group_session: GroupSession,
    *,
    actor: UserAccount,
    turn: int,
    to_top: bool = False,
    form_key: str | None = None,
    now: datetime,
) -> None:
    """Let somebody on the waiting list change places with the one before, or go to its top.

    :param turn: the ticket that names who it is
    :raises PermissionDenied: the actor does not organize the group
    :raises NotWaiting: nobody with this ticket waits; whom a place is offered does not count
    """
    ensure(actor, Permission.SESSION_MANAGE, group_session.group)
    group_session = lock_group_session(group_session.id)
    if not use_form_key(form_key, by=actor.id, now=now):
        return
    line = queries.list_next_in_line(group_session)
    tickets = [rsvp.turn for rsvp in line]
    if turn not in tickets:
        raise NotWaiting
    old = tickets.index(turn)
    new = 0 if to_top else max(0, old - 1)
    if new == old:
        return
    line.insert(new, line.pop(old))
    for rsvp, ticket in zip(line, tickets, strict=True):
        rsvp.turn = ticket
    record(
        "waiting_list.reordered",
        actor_id=actor.id,
        group_id=group_session.group_id,
        subject=str(group_session.public_id),
        now=now,
    )


@transaction()
def draw_ticket(group_session: GroupSession) -> int:
    """Return the next ticket of the waiting list; needs the session's lock."""
    group_session.last_turn += 1
    return group_session.last_turn


def _give(rsvp: Rsvp, group_session: GroupSession, *, now: datetime) -> None:
    turn = rsvp.turn
    rsvp.status, rsvp.turn, rsvp.responded_at = RsvpStatus.ACCEPTED, None, now
    rsvp.user.touch_calendar(now)
    enqueue(
        "rsvps.promoted",
        {"rsvp_id": rsvp.id},
        key=f"promoted:{rsvp.id}:{turn}:{group_session.public_id}",
        now=now,
    )


def _offer(rsvp: Rsvp, group_session: GroupSession, *, now: datetime) -> None:
    told_at, expires_at = offers.terms(
        group_session.starts_at,
        now=now,
        quiet=rsvp.user.quiet_hours,
        allows_night_notices=rsvp.user.allows_night_notices,
    )
    offer = WaitingListOffer(rsvp_id=rsvp.id, offered_at=now, expires_at=expires_at)
    db.session.add(offer)
    db.session.flush()
    if told_at is not None:
        enqueue(
            "rsvps.place_offered",
            {"offer_id": offer.id},
            key=f"rsvps.place_offered:{offer.id}",
            now=now,
            due_at=told_at,
        )


def _let_expire(offer: WaitingListOffer, *, now: datetime) -> None:
    """End an offer that nobody answered. The person leaves the list, and may join it again."""
    offer.outcome = OfferOutcome.EXPIRED
    offer.rsvp.decline(now)
    offer.rsvp.user.touch_calendar(now)
    enqueue(
        "rsvps.offer_expired",
        {"offer_id": offer.id},
        key=f"rsvps.offer_expired:{offer.id}",
        now=now,
    )
    db.session.flush()
