"""Jobs that wait to be done after the change that asked for them, and what is kept of old ones."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import Model, UTCDateTime, enum_column

#: Begins the kind of every periodic task; no letter's kind begins so.
TASK_PREFIX = "task:"


#: Why a letter is withdrawn to whose reader no letter arrives.
ADDRESS_STOPPED = "letters to this address come back"


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
    #: The group whose letter it is: known from the payload, or once it was written.
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[JobState] = mapped_column(
        enum_column(JobState, name="state_known"), default=JobState.WAITING
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Not to be done before this moment.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: Has been given a turn of its own among the letters to the same domain (`pace.py`).
    has_turn: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: While this lies ahead a worker has the job in hand; a killed worker's lease runs out.
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The kind of the last failure without its words, which could hold an address; or why the
    #: job was withdrawn.
    last_error: Mapped[str | None]


class FailingAddress(Model):
    """An address from which letters came back. Known by a hash that only this site can make."""

    __tablename__ = "failing_address"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    #: So many in a row.
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    #: When a mail server first took a letter since. It can still come back for some days.
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DayCount(Model):
    """How many jobs of one kind ended in one way on a day: all that is kept of them for long."""

    __tablename__ = "outbox_day"

    #: In UTC.
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[JobState] = mapped_column(
        enum_column(JobState, name="state_known"), primary_key=True
    )
    how_many: Mapped[int]
