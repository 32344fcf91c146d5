"""Putting jobs into the outbox, and taking back those whose reason is erased."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    delete,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from supportgroups.db import (
    UTCDateTime,
    db,
    is_in_transaction,
    transaction,
    unfold,
)
from supportgroups.outbox.models import TASK_PREFIX, JobState, OutboxJob

#: So many jobs are written by one statement.
PART = 1000


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Ask for a job in the transaction of the change that needs it.

    :param payload: ids and other plain JSON, never the words of a letter and never an address;
        a `group_id` in it makes the job one of that group's, which its organizers may look after
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
            group_id=payload.get("group_id"),
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
        # Without a condition SQLite would read ON CONFLICT as part of a join.
        source = select(*_unpack("jobs")).where(true())
        names = ("key", "payload", "group_id")
        _write_rows(kind, names, source, {"jobs": part}, now=now, due_at=due_at or now)


def enqueue_each(
    kind: str,
    word: str,
    rows: Select[Any],
    facts: dict[str, Any],
    *,
    stamp: str,
    now: datetime,
) -> None:
    """Ask for one job for each row that a query finds.

    The database writes keys and payloads itself, so that no row has to come here and go back.

    :param word: what the payload calls the number of a row, such as `rsvp_id`
    :param rows: gives the numbers of the rows, with `facts` for its parameters
    :param stamp: ends the keys, where there may be more than one such job for a row
    """
    _refuse_without_change()
    (number,) = rows.selected_columns
    make = func.json_build_object if _is_postgresql() else func.json_object
    source = rows.with_only_columns(
        literal(f"{kind}:") + cast(number, String) + literal(f":{stamp}"),
        make(literal(word, String), number),
    )
    _write_rows(kind, ("key", "payload"), source, facts, now=now, due_at=now)


def _write_rows(
    kind: str,
    names: tuple[str, ...],
    source: Select[Any],
    facts: dict[str, Any],
    *,
    now: datetime,
    due_at: datetime,
) -> None:
    """Write jobs of one kind, of which a query gives the columns with these names."""
    alike = {
        "kind": literal(kind),
        "state": literal(JobState.WAITING, OutboxJob.state.type),
        "created_at": literal(now, UTCDateTime),
        "due_at": literal(due_at, UTCDateTime),
        "attempts": literal(0),
    }
    db.session.connection().execute(
        _insert()
        .from_select([*names, *alike], source.add_columns(*alike.values()))
        .on_conflict_do_nothing(index_elements=[OutboxJob.key]),
        facts,
    )


def _refuse_without_change() -> None:
    if not is_in_transaction():
        raise RuntimeError("a job belongs to a change: enqueue() needs a transaction around it")


def _insert() -> postgresql.Insert | sqlite.Insert:
    # The two dialects share ON CONFLICT, but SQLAlchemy has it once for each.
    return postgresql.insert(OutboxJob) if _is_postgresql() else sqlite.insert(OutboxJob)


def _unpack(name: str) -> tuple[ColumnElement[Any], ...]:
    """Return keys, payloads and the groups named in these, as columns, of the jobs in a parameter."""
    value = unfold(name)
    if _is_postgresql():
        payload = value.op("->")(1)
        return value.op("->>")(0), payload, cast(payload.op("->>")("group_id"), Integer)
    paths = ("$[0]", "$[1]", "$[1].group_id")
    return tuple(func.json_extract(value, path) for path in paths)


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


@transaction()
def forget_jobs(word: str, numbers: Collection[int]) -> None:
    """Delete all jobs, done or not, that name one of these rows under `word`: `rsvp_id`.

    Called where the rows themselves are erased.
    """
    if numbers:
        named = OutboxJob.payload[word].as_integer()
        db.session.execute(delete(OutboxJob).where(named.in_(numbers)))
