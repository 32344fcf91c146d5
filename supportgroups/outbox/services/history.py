"""What happens to jobs that are over: some begin anew, the others are forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from supportgroups.db import db, transaction
from supportgroups.outbox.models import JobState, OutboxJob

#: Finished jobs are kept so long, and with them the promise not to do the same again.
KEEP_FINISHED = timedelta(days=30)


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
def forget_finished_jobs(*, now: datetime) -> int:
    """Delete jobs that were done or withdrawn long ago; return how many. Dead ones stay."""
    result = db.session.connection().execute(
        delete(OutboxJob).where(
            OutboxJob.state.in_([JobState.DONE, JobState.WITHDRAWN]),
            OutboxJob.finished_at < now - KEEP_FINISHED,
        )
    )
    return result.rowcount
