"""Cover: somebody who was to lead a session cannot, and others are asked. Why is never stored."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import UserAccount
from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.sessions.models import GroupSession
from supportgroups.tokens import uuid7


class CoverStatus(StrEnum):
    """How a search for cover stands."""

    OPEN = "open"
    #: Somebody said yes.
    COVERED = "covered"
    #: Whoever is left leads without a second person.
    ALONE = "alone"
    #: The session is held online instead.
    ONLINE = "online"
    CANCELLED = "cancelled"
    #: The session began before anybody was found.
    LAPSED = "lapsed"


class CoverRequest(Model):
    """A search for somebody to lead one session."""

    __tablename__ = "cover_request"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_session_id: Mapped[int] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    #: Who cannot lead it; none once that account is erased.
    asked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[CoverStatus] = mapped_column(
        enum_column(CoverStatus, name="status_known"), default=CoverStatus.OPEN
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    group_session: Mapped[GroupSession] = relationship()
    asks: Mapped[list["CoverAsk"]] = relationship(
        cascade="all, delete-orphan", order_by="CoverAsk.position"
    )

    @property
    def is_open(self) -> bool:
        """Whether somebody is still looked for."""
        return self.status is CoverStatus.OPEN


class CoverAsk(Model):
    """One person in the order in which people are asked."""

    __tablename__ = "cover_ask"

    cover_request_id: Mapped[int] = mapped_column(
        ForeignKey("cover_request.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: 1 for the first.
    position: Mapped[int]
    #: None until it is their turn.
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[UserAccount] = relationship()

    @property
    def is_waited_for(self) -> bool:
        """Whether this person was asked and has not said no."""
        return self.asked_at is not None and self.declined_at is None
