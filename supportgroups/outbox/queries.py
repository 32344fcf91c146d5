"""Questions about the outbox."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select

from supportgroups.config import settings
from supportgroups.db import UTCDateTime, db
from supportgroups.outbox.models import TASK_PREFIX, FailingAddress, JobState, OutboxJob

#: So many letters in a row came back that nothing more is sent to an address.
STOP_AFTER = 3


class DeadJobs(NamedTuple):
    """Jobs of one kind that were given up for one reason."""

    kind: str
    reason: str
    how_many: int


#: The condition on a job that somebody may take it in hand at the moment `now`.
IS_DUE = and_(
    OutboxJob.state == JobState.WAITING,
    OutboxJob.due_at <= bindparam("now", type_=UTCDateTime),
    or_(
        OutboxJob.leased_until.is_(None),
        OutboxJob.leased_until <= bindparam("now", type_=UTCDateTime),
    ),
)
ANY_DUE = select(OutboxJob.id).where(IS_DUE).limit(1)


def has_due_jobs(*, now: datetime) -> bool:
    """Tell whether there is something to do."""
    return db.session.execute(ANY_DUE, {"now": now}).first() is not None


def find_state(key: str) -> JobState | None:
    """Return where the job with this key stands; none if it was never asked for, or long ago."""
    return db.session.execute(
        select(OutboxJob.state).where(OutboxJob.key == key)
    ).scalar_one_or_none()


def list_states(keys: Iterable[str]) -> list[JobState]:
    """Return where the jobs with these keys stand, of those that were asked for and are still known."""
    return list(
        db.session.execute(select(OutboxJob.state).where(OutboxJob.key.in_(keys))).scalars()
    )


def count_jobs_by_state() -> dict[JobState, int]:
    """Return how many jobs stand in each state, those without a job included."""
    rows = db.session.execute(
        select(OutboxJob.state, func.count(OutboxJob.id)).group_by(OutboxJob.state)
    )
    return dict.fromkeys(JobState, 0) | dict(rows.all())


def find_oldest_due(*, now: datetime) -> datetime | None:
    """Return since when the longest waiting of the jobs due at `now` has been due."""
    return db.session.execute(
        select(OutboxJob.due_at)
        .where(OutboxJob.state == JobState.WAITING, OutboxJob.due_at <= now)
        .order_by(OutboxJob.due_at)
        .limit(1)
    ).scalar()


def find_last_sign_of_life() -> datetime | None:
    """Return when a worker last finished something; they do each minute, whatever waits."""
    return db.session.execute(select(func.max(OutboxJob.finished_at))).scalar()


def count_done_since(moment: datetime) -> int:
    """Return how many letters have left since then."""
    return db.session.execute(
        select(func.count(OutboxJob.id)).where(
            OutboxJob.state == JobState.DONE,
            OutboxJob.finished_at > moment,
            OutboxJob.kind.not_like(f"{TASK_PREFIX}%"),
        )
    ).scalar_one()


def list_dead_jobs() -> list[DeadJobs]:
    """Return what somebody has to look at, by kind and reason."""
    return [
        DeadJobs(group.kind, group.reason, group.how_many)
        for group in count_letters(tasks_too=True)
        if group.state is JobState.DEAD
    ]


class LetterCount(NamedTuple):
    """How many jobs of one kind stand in one state, for one reason."""

    kind: str
    state: JobState
    reason: str
    how_many: int


def count_letters(*, group_id: int | None = None, tasks_too: bool = False) -> list[LetterCount]:
    """Return how the letters of the site, or of one group, are doing, by kind, state and reason."""
    reason = func.coalesce(OutboxJob.last_error, "")
    query = select(OutboxJob.kind, OutboxJob.state, reason, func.count(OutboxJob.id))
    if group_id is not None:
        query = query.where(OutboxJob.group_id == group_id)
    if not tasks_too:
        query = query.where(OutboxJob.kind.not_like(f"{TASK_PREFIX}%"))
    grouped = query.group_by(OutboxJob.kind, OutboxJob.state, reason)
    rows = db.session.execute(grouped.order_by(OutboxJob.kind, OutboxJob.state, reason))
    return [LetterCount(*row) for row in rows]


def address_hash(address: str) -> str:
    """Return what an address is known by where it must not be readable.

    It is made with the secret key: whoever has the database alone cannot try addresses out.
    """
    key = settings().secret_key.encode()
    return hmac.digest(key, f"failing-address:{address.casefold()}".encode(), "sha256").hex()[:32]


def find_failing_address(address: str) -> FailingAddress | None:
    """Return what is known of an address from which letters came back."""
    return db.session.get(FailingAddress, address_hash(address))


def lock_failing_address(hashed: str) -> FailingAddress | None:
    """Return the same by its hash, as it is now, locked until the transaction ends."""
    return db.session.get(FailingAddress, hashed, with_for_update=True, populate_existing=True)


def is_stopped(address: str | None) -> bool:
    """Tell whether so many letters to this address came back that none is sent any more."""
    known = find_failing_address(address) if address is not None else None
    return known is not None and known.failures >= STOP_AFTER
