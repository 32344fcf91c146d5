"""A message from those who run a group."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.db import Model, UTCDateTime
from supportgroups.groups.models import Group
from supportgroups.sessions.models import GroupSession
from supportgroups.tokens import uuid7


class Announcement(Model):
    """What organizers wrote to a group, or to those who answered for one of its sessions.

    Its words are erased when members no longer see them; that it was sent stays.
    """

    __tablename__ = "announcement"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: None for all members.
    group_session_id: Mapped[int | None] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    #: None for somebody who has since been erased.
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    words: Mapped[str | None]
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Until then it can be taken back, and nobody has seen it.
    leaves_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Until then members read it on their pages.
    shown_until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: How many people were written to.
    letters: Mapped[int]

    group: Mapped[Group] = relationship()
    group_session: Mapped[GroupSession | None] = relationship()

    def can_be_taken_back(self, now: datetime) -> bool:
        """Tell whether it has not left yet."""
        return self.taken_back_at is None and now < self.leaves_at
