"""Answers to "Are you coming?"."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import UserAccount
from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.sessions.models import GroupSession


class RsvpStatus(StrEnum):
    """Where an answer stands: PARTSTAT of RFC 5545 §3.2.12 in lower case, and the waiting list."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"


class Rsvp(Model):
    """One member's standing answer for one session."""

    __tablename__ = "rsvp"
    __table_args__ = (
        UniqueConstraint("group_session_id", "user_id"),
        CheckConstraint("(status = 'waitlisted') = (turn IS NOT NULL)", name="turn_iff_waiting"),
        Index("ix_rsvp_session_status_turn", "group_session_id", "status", "turn"),
        # A number is never given twice: a job may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_session_id: Mapped[int] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE")
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[RsvpStatus] = mapped_column(enum_column(RsvpStatus, name="status_known"))
    responded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: A ticket drawn under the session's lock: the lower it is, the earlier its turn comes.
    turn: Mapped[int | None]

    group_session: Mapped[GroupSession] = relationship()
    user: Mapped[UserAccount] = relationship()

    @property
    def holds_a_place(self) -> bool:
        """Whether one of the places is theirs."""
        return self.status is RsvpStatus.ACCEPTED
