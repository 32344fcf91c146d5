"""What happens to jobs that are over: some begin anew, the others are forgotten."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from supportgroups.db import db, transaction
from supportgroups.outbox.bounces import AddressFails
from supportgroups.outbox.models import DayCount, JobState, OutboxJob

#: Finished jobs are kept so long, and with them the promise not to do the same again.
KEEP_FINISHED = timedelta(days=30)


@transaction()
def retry_dead_jobs(*, group_id: int | None = None, now: datetime) -> int:
    """Let all jobs that were given up, or those of one group, begin anew; return how many."""
    result = db.session.connection().execute(
        update(OutboxJob)
        .where(
            OutboxJob.state == JobState.DEAD,
            *([] if group_id is None else [OutboxJob.group_id == group_id]),
        )
        .values(
            state=JobState.WAITING,
            attempts=0,
            due_at=now,
            leased_until=None,
            finished_at=None,
            has_turn=False,
        )
    )
    return result.rowcount


@transaction()
def forget_finished_jobs(*, now: datetime) -> int:
    """Delete jobs that were over long ago; return how many.

    What is kept of them is their number, by day and kind. Dead ones stay until somebody looks,
    but for letters to an address that takes none: there is nothing that anybody could do.
    """
    is_old = [
        OutboxJob.finished_at < now - KEEP_FINISHED,
        or_(
            OutboxJob.state.in_([JobState.DONE, JobState.WITHDRAWN]),
            OutboxJob.last_error.startswith(AddressFails.__name__),
        ),
    ]
    connection = db.session.connection()
    day = func.date(OutboxJob.finished_at)
    counted = connection.execute(
        select(day, OutboxJob.kind, OutboxJob.state, func.count())
        .where(*is_old)
        .group_by(day, OutboxJob.kind, OutboxJob.state)
    ).all()
    for ended_on, kind, state, how_many in counted:
        # SQLite has no type for days and gives their ISO form.
        _add_to_day(date.fromisoformat(str(ended_on)), kind, state, how_many)
    return connection.execute(delete(OutboxJob).where(*is_old)).rowcount


def _add_to_day(day: date, kind: str, state: JobState, how_many: int) -> None:
    # The two dialects share ON CONFLICT, but SQLAlchemy has it once for each.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.connection().execute(
        insert(DayCount)
        .values(day=day, kind=kind, state=state, how_many=how_many)
        .on_conflict_do_update(
            index_elements=[DayCount.day, DayCount.kind, DayCount.state],
            set_={"how_many": DayCount.how_many + how_many},
        )
    )
