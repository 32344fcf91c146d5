"""A job that waits to be done after the change that asked for it was committed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import Model, UTCDateTime, enum_column

#: Begins the kind of every periodic task; no letter's kind begins so.
TASK_PREFIX = "task:"


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    DONE = "done"
    #: Its reason was gone when its turn came, so nothing was sent.
    WITHDRAWN = "withdrawn"
    #: Tried often enough; somebody has to look.
    DEAD = "dead"


class OutboxJob(Model):
    """One job, most often a letter. It holds ids, never the words of a letter."""

    __tablename__ = "outbox_job"
    __table_args__ = (Index("ix_outbox_job_due", "state", "due_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made from what the job is about, so that asking twice makes one job and each try sends
    #: the same Message-ID.
    key: Mapped[str] = mapped_column(unique=True)
    #: Names the handler: `rsvps.promoted`.
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[JobState] = mapped_column(
        enum_column(JobState, name="state_known"), default=JobState.WAITING
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Not to be done before this moment.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: While this lies ahead a worker has the job in hand; a killed worker's lease runs out.
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The kind of the last failure without its words, which could hold an address; or why the
    #: job was withdrawn.
    last_error: Mapped[str | None]
