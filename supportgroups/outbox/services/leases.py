"""Taking jobs in hand, and writing down what became of them."""

import random
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, delete, select, update

from supportgroups.db import UTCDateTime, db, transaction
from supportgroups.outbox import queries
from supportgroups.outbox.models import TASK_PREFIX, JobState, OutboxJob

#: For so long nobody else takes a job that a worker has in hand. A letter takes less
#: (`transports.LETTER_LIMIT`).
LEASE = timedelta(seconds=60)
#: A task may walk through many rows.
TASK_LEASE = timedelta(minutes=15)
#: How long to wait after the first failure, the second, and so on; the last one repeats.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
#: By that much a wait is longer or shorter, so that what failed together does not come together.
JITTER = 0.1
MAX_ATTEMPTS = 8


class ClaimedJob(NamedTuple):
    """A job that this worker has in hand, as it was when it was claimed."""

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    due_at: datetime
    #: Counts this attempt, and tells it from those of other workers.
    attempts: int
    has_turn: bool


class Outcome(NamedTuple):
    """What became of a job. WAITING says that it failed and may be tried again."""

    state: JobState
    #: The kind of the failure, or why the job was withdrawn; never words with an address in them.
    reason: str | None = None
    #: Of a letter that did not fail, but has to wait for others to the same domain.
    turn_at: datetime | None = None
    #: Of a letter that did not fail, but that its reader wants later.
    wanted_at: datetime | None = None
    #: Given up because no letter reaches the address.
    blames_address: bool = False
    #: Whose letter it is, where it is about a group.
    group_id: int | None = None


#: Takes the job that has been due for longest. Written once, because workers say it all the time.
CLAIM = (
    update(OutboxJob)
    .where(
        OutboxJob.id
        == select(OutboxJob.id)
        .where(queries.IS_DUE)
        .order_by(OutboxJob.due_at, OutboxJob.id)
        .limit(1)
        # SQLite has no such clause and needs none: one writer at a time.
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    .values(
        attempts=OutboxJob.attempts + 1,
        leased_until=case(
            (OutboxJob.kind.startswith(TASK_PREFIX), bindparam("task_lease", type_=UTCDateTime)),
            else_=bindparam("lease", type_=UTCDateTime),
        ),
    )
    .returning(
        OutboxJob.id,
        OutboxJob.key,
        OutboxJob.kind,
        OutboxJob.payload,
        OutboxJob.due_at,
        OutboxJob.attempts,
        OutboxJob.has_turn,
    )
)


@transaction()
def claim(*, now: datetime, lease: timedelta = LEASE) -> ClaimedJob | None:
    """Take the job that has been due for longest in hand, if there is one."""
    leases = {"lease": now + lease, "task_lease": now + max(lease, TASK_LEASE)}
    row = db.session.connection().execute(CLAIM, {"now": now, **leases}).first()
    return ClaimedJob(*row) if row is not None else None


#: Changes a job that is still in the hands of the worker that says so.
SETTLE = update(OutboxJob).where(
    OutboxJob.id == bindparam("job_id"),
    OutboxJob.state == JobState.WAITING,
    OutboxJob.attempts == bindparam("attempt"),
)


@transaction()
def settle(job: ClaimedJob, outcome: Outcome, *, now: datetime) -> JobState:
    """Write down what became of a job; return the state it is in now.

    A worker whose lease ran out meanwhile changes nothing: the job is in other hands.
    """
    known = {"group_id": outcome.group_id} if outcome.group_id is not None else {}
    later = outcome.turn_at or outcome.wanted_at
    if later is not None:
        _put_back(job, later, has_turn=outcome.turn_at is not None, **known)
        return JobState.WAITING
    state = outcome.state
    if state is JobState.WAITING and job.attempts >= MAX_ATTEMPTS:
        state = JobState.DEAD
    is_over = state is not JobState.WAITING
    db.session.connection().execute(
        SETTLE,
        {
            "job_id": job.id,
            "attempt": job.attempts,
            "state": state,
            "leased_until": None,
            "last_error": outcome.reason,
            "due_at": job.due_at if is_over else now + backoff(job.attempts),
            "finished_at": now if is_over else None,
            **known,
        },
    )
    if is_over and job.kind.startswith(TASK_PREFIX):
        _forget_earlier_slots(job)
    return state


def _put_back(job: ClaimedJob, until: datetime, *, has_turn: bool, **known: int) -> None:
    """Put a letter back for a while. It was not tried, so this attempt does not count."""
    db.session.connection().execute(
        SETTLE.values(attempts=job.attempts - 1),
        {
            "job_id": job.id,
            "attempt": job.attempts,
            "leased_until": None,
            "due_at": until,
            "has_turn": has_turn,
            **known,
        },
    )


def _forget_earlier_slots(job: ClaimedJob) -> None:
    """Delete what came before this slot of a task: the last one is enough to remember it by.

    The keys of a task begin alike and end with the slot, so they stand beside each other.
    """
    db.session.connection().execute(
        delete(OutboxJob).where(
            OutboxJob.key > f"{job.kind}:",
            OutboxJob.key < job.key,
            OutboxJob.kind == job.kind,
            OutboxJob.state.in_([JobState.DONE, JobState.WITHDRAWN]),
        )
    )


@transaction()
def settle_and_claim(
    job: ClaimedJob, outcome: Outcome, *, now: datetime, lease: timedelta = LEASE
) -> tuple[JobState, ClaimedJob | None]:
    """Write down what became of a job and take the next one in hand, in one commit."""
    return settle(job, outcome, now=now), claim(now=now, lease=lease)


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after that many attempts, a little more or less by chance."""
    wait = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 (no secret)
