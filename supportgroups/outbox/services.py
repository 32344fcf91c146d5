"""Putting jobs into the outbox, taking them in hand, and writing down what became of them."""

import random
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from supportgroups.db import UTCDateTime, db, is_in_transaction, transaction
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
#: So many jobs are written by one statement.
PART = 1000
#: Finished jobs are kept so long, and with them the promise not to do the same again.
KEEP_FINISHED = timedelta(days=30)


class ClaimedJob(NamedTuple):
    """A job that this worker has in hand, as it was when it was claimed."""

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    due_at: datetime
    #: Counts this attempt, and tells it from those of other workers.
    attempts: int


class Outcome(NamedTuple):
    """What became of a job. WAITING says that it failed and may be tried again."""

    state: JobState
    #: The kind of the failure, or why the job was withdrawn; never words with an address in them.
    reason: str | None = None


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Ask for a job in the transaction of the change that needs it.

    :param payload: ids and other plain JSON, never the words of a letter and never an address
    :param key: made from what the job is about; a job that was asked for before is not repeated
    """
    _refuse_without_change()
    # One statement that cannot meet another asker half-way, as looking first and adding could.
    db.session.connection().execute(
        _insert()
        .values(
            kind=kind,
            key=key,
            payload=payload,
            state=JobState.WAITING,
            created_at=now,
            due_at=due_at or now,
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=[OutboxJob.key])
    )


def enqueue_many(
    kind: str,
    jobs: Iterable[tuple[str, dict[str, Any]]],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Ask for any number of jobs of one kind, given as (key, payload), like `enqueue()` for each.

    A generator is read in parts, so that a hundred thousand jobs need no more memory than a few.
    """
    _refuse_without_change()
    remaining = iter(jobs)
    while part := list(islice(remaining, PART)):
        key, payload = _unpack(part)
        source = select(
            key,
            payload,
            literal(kind),
            literal(JobState.WAITING, OutboxJob.state.type),
            literal(now, UTCDateTime),
            literal(due_at or now, UTCDateTime),
            literal(0),
        ).where(true())  # without it SQLite would read ON CONFLICT as part of a join
        names = ["key", "payload", "kind", "state", "created_at", "due_at", "attempts"]
        db.session.connection().execute(
            _insert()
            .from_select(names, source)
            .on_conflict_do_nothing(index_elements=[OutboxJob.key])
        )


def _refuse_without_change() -> None:
    if not is_in_transaction():
        raise RuntimeError("a job belongs to a change: enqueue() needs a transaction around it")


def _insert() -> postgresql.Insert | sqlite.Insert:
    # The two dialects share ON CONFLICT, but SQLAlchemy has it once for each.
    return postgresql.insert(OutboxJob) if _is_postgresql() else sqlite.insert(OutboxJob)


def _unpack(jobs: list[tuple[str, Any]]) -> tuple[ColumnElement[str], ColumnElement[Any]]:
    """Return keys and payloads as columns of one JSON value, which the database takes apart.

    That is four times as quick as giving it each row by itself.
    """
    if _is_postgresql():
        value = func.json_array_elements(literal(jobs, JSON)).table_valued("value").c.value
        return value.op("->>")(0), value.op("->")(1)
    value = func.json_each(literal(jobs, JSON)).table_valued("value").c.value
    return func.json_extract(value, "$[0]"), func.json_extract(value, "$[1]")


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


@transaction()
def enqueue_tasks(lengths: Mapping[str, timedelta], *, now: datetime) -> None:
    """Ask for each periodic task once in each of its slots, whoever else asks for the same.

    :param lengths: name of the task → length of its slots, which are counted from 1970 in UTC
    """
    for name, length in lengths.items():
        starts_at = slot_start(length, now)
        enqueue(
            TASK_PREFIX + name,
            {"slot_ends_at": (starts_at + length).isoformat()},
            key=f"{TASK_PREFIX}{name}:{starts_at.isoformat()}",
            now=now,
        )


def slot_start(length: timedelta, now: datetime) -> datetime:
    """Return when the slot of this length began that `now` is in."""
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


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
        },
    )
    return state


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


@transaction()
def retry_dead_jobs(*, now: datetime) -> int:
    """Let all jobs that were given up begin anew; return how many."""
    result = db.session.connection().execute(
        update(OutboxJob)
        .where(OutboxJob.state == JobState.DEAD)
        .values(
            state=JobState.WAITING,
            attempts=0,
            due_at=now,
            leased_until=None,
            finished_at=None,
        )
    )
    return result.rowcount


@transaction()
def forget_jobs(word: str, numbers: Collection[int]) -> None:
    """Delete all jobs, done or not, that name one of these rows under `word`: `rsvp_id`.

    Called where the rows themselves are erased.
    """
    if numbers:
        named = OutboxJob.payload[word].as_integer()
        db.session.execute(delete(OutboxJob).where(named.in_(numbers)))


@transaction()
def forget_finished_jobs(*, now: datetime) -> int:
    """Delete jobs that were done or withdrawn long ago; return how many. Dead ones stay."""
    result = db.session.connection().execute(
        delete(OutboxJob).where(
            OutboxJob.state.in_([JobState.DONE, JobState.WITHDRAWN]),
            OutboxJob.finished_at < now - KEEP_FINISHED,
        )
    )
    return result.rowcount
