"""Giving places in the order of the waiting list."""

from datetime import datetime

from supportgroups.db import db, transaction
from supportgroups.outbox.services import enqueue
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import lock_group_session


@transaction()
def promote_waiting(group_session: GroupSession, *, now: datetime) -> list[Rsvp]:
    """Give every free place to whoever has waited longest, and tell them.

    Nothing happens once the session has begun, or while it is cancelled.
    """
    group_session = lock_group_session(group_session.id)
    if group_session.has_started(now) or group_session.is_cancelled:
        return []
    capacity = group_session.capacity_shown
    free = None if capacity is None else capacity - queries.count_accepted(group_session)
    if free is not None and free <= 0:
        return []
    promoted = queries.list_waiting(group_session, limit=free)
    for rsvp in promoted:
        turn = rsvp.turn
        rsvp.status, rsvp.turn, rsvp.responded_at = RsvpStatus.ACCEPTED, None, now
        rsvp.user.touch_calendar(now)
        enqueue(
            "rsvps.promoted",
            {"rsvp_id": rsvp.id},
            key=f"promoted:{rsvp.id}:{turn}:{group_session.public_id}",
            now=now,
        )
    db.session.flush()
    return promoted


def has_room(group_session: GroupSession) -> bool:
    """Tell whether a place is free; only certain under the session's lock."""
    capacity = group_session.capacity_shown
    return capacity is None or queries.count_accepted(group_session) < capacity


@transaction()
def draw_ticket(group_session: GroupSession) -> int:
    """Return the next ticket of the waiting list; needs the session's lock."""
    group_session.last_turn += 1
    return group_session.last_turn
