"""What organizers changed, for letters and to undo it; and the zone data that all moments follow."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.groups.models import Group
from supportgroups.tokens import uuid7


class ChangeKind(StrEnum):
    """What an act on schedules did."""

    EDITED = "edited"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    PAUSED = "paused"
    RESUMED = "resumed"
    #: A government changed its clocks, so what the wall shows is another moment.
    CLOCKS = "clocks"


class ScheduleChange(Model):
    """One act on the schedules of a group, with what was before: for its letters, and to undo it."""

    __tablename__ = "schedule_change"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: None for the command line, the worker, and people who have since been erased.
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[ChangeKind] = mapped_column(enum_column(ChangeKind, name="kind_known"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When people are told of it, in one letter with all other acts that are told then. None for
    #: acts of which nobody has to hear.
    tells_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: What it touched, as that was before; see services/changes.py.
    before: Mapped[dict[str, Any]] = mapped_column(JSON)

    group: Mapped[Group] = relationship()


class ZoneData(Model):
    """The one row that tells from which zone data the moments of all sessions were derived."""

    __tablename__ = "zone_data"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The version of the tzdata package: 2026.6.
    version: Mapped[str]
    derived_at: Mapped[datetime] = mapped_column(UTCDateTime)
