"""Questions about the outbox."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from supportgroups.db import db
from supportgroups.outbox.models import JobState, OutboxJob


class DeadJobs(NamedTuple):
    """Jobs of one kind that were given up for one reason."""

    kind: str
    reason: str
    how_many: int


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition on a job that somebody may take it in hand at `now`."""
    return and_(
        OutboxJob.state == JobState.WAITING,
        OutboxJob.due_at <= now,
        or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until <= now),
    )


def has_due_jobs(*, now: datetime) -> bool:
    """Tell whether there is something to do."""
    found = db.session.execute(select(OutboxJob.id).where(is_due(now)).limit(1)).first()
    return found is not None


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


def list_dead_jobs() -> list[DeadJobs]:
    """Return what somebody has to look at, by kind and reason."""
    reason = func.coalesce(OutboxJob.last_error, "")
    rows = db.session.execute(
        select(OutboxJob.kind, reason, func.count(OutboxJob.id))
        .where(OutboxJob.state == JobState.DEAD)
        .group_by(OutboxJob.kind, reason)
        .order_by(OutboxJob.kind, reason)
    )
    return [DeadJobs(*row) for row in rows]
