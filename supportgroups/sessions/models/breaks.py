"""Breaks: for a while a schedule, a group, or every group of the site does not meet."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.db import Model, UTCDateTime
from supportgroups.groups.models import Group
from supportgroups.sessions.models.series import Series
from supportgroups.tokens import uuid7


class SiteBreak(Model):
    """A break that whoever runs the site gave to every group, which can end it for itself."""

    __tablename__ = "site_break"
    __table_args__ = (
        CheckConstraint("returns_on > starts_on", name="returns_after_start"),
        # A number is never given twice: an undone change may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    starts_on: Mapped[date]
    returns_on: Mapped[date]
    #: What members read as the reason; empty if there is none to say.
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Pause(Model):
    """A break: for a while a group, or one of its schedules, does not meet."""

    __tablename__ = "pause"
    __table_args__ = (
        CheckConstraint("returns_on > starts_on", name="returns_after_start"),
        # A number is never given twice: an undone change may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: None for all schedules of the group.
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), index=True
    )
    #: Days on the wall of each session: the first one of the break, and the first one after it.
    starts_on: Mapped[date]
    returns_on: Mapped[date]
    #: Why, if whoever takes it wants to say.
    reason: Mapped[str] = mapped_column(default="")
    #: The break of the whole site of which it is a part.
    site_break_id: Mapped[int | None] = mapped_column(
        ForeignKey("site_break.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    group: Mapped[Group] = relationship()
    series: Mapped[Series | None] = relationship()
    site_break: Mapped[SiteBreak | None] = relationship()

    def covers(self, series_id: int, day: date) -> bool:
        """Tell whether a schedule does not meet on a day because of this break."""
        return self.series_id in (None, series_id) and self.starts_on <= day < self.returns_on
