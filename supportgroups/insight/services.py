"""Counting who came, and asking for the count."""

from datetime import datetime, timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.insight import queries
from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.outbox.services.jobs import enqueue_many
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import lock_group_session

#: For so long after the end of a session we ask how many came, if we could not before.
ASKED_WITHIN = timedelta(days=1)


class SessionNotStarted(DomainError):
    """The session has not begun, so nobody can say who came."""


class SessionIsCancelled(DomainError):
    """The session was called off, so there is nobody to count."""


@transaction()
def count_heads(
    group_session: GroupSession,
    *,
    actor: UserAccount,
    outcome: Outcome,
    heads: int,
    first_timers: int,
    now: datetime,
) -> HeadCount:
    """Write down how many people came; a later count takes the place of an earlier one.

    :param heads: everybody who came, without those who led; of no meaning where nobody met
    :param first_timers: how many of them were there for the first time
    :raises PermissionDenied: the actor does not lead in the group
    :raises SessionNotStarted: it has not begun
    :raises SessionIsCancelled: it was called off
    """
    ensure(actor, Permission.SESSION_COUNT, group_session.group)
    group_session = lock_group_session(group_session.id)
    if group_session.is_cancelled:
        raise SessionIsCancelled
    if not group_session.has_started(now):
        raise SessionNotStarted
    count = queries.find_head_count(group_session)
    if count is None:
        count = HeadCount(group_session_id=group_session.id)
        db.session.add(count)
    count.outcome = outcome
    count.heads = heads if outcome.took_place else 0
    count.first_timers = first_timers if outcome.took_place else 0
    count.counted_at, count.counted_by_id = now, actor.id
    record(
        "session.counted",
        actor_id=actor.id,
        group_id=group_session.group_id,
        subject=str(group_session.public_id),
        now=now,
    )
    return count


@transaction()
def ask_for_head_counts(*, now: datetime) -> None:
    """Write to those who led a session that has just ended, once; to the organizers if nobody did."""
    leaders = queries.list_leaders_to_ask(ended_since=now - ASKED_WITHIN, now=now)
    enqueue_many(
        "insight.head_count_wanted",
        (
            (
                f"insight.head_count_wanted:{group_session.public_id}:{user_id}",
                {"group_session_id": group_session.id, "user_id": user_id},
            )
            for group_session, user_ids in leaders
            for user_id in user_ids
        ),
        now=now,
    )
