"""The private addresses that calendar apps subscribe to, and invitations by mail."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.clients import ClientFamily
from supportgroups.calendars.window import Reach
from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.groups.models import Group
from supportgroups.sessions.models import GroupSession
from supportgroups.tokens import uuid7


class Discretion(StrEnum):
    """How much a calendar entry tells somebody who looks over the owner's shoulder."""

    PLAIN = "plain"
    NEUTRAL = "neutral"
    BUSY = "busy"


class FeedLink(Model):
    """One named, revocable address of one person's own feed."""

    __tablename__ = "feed_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    #: What the owner recognises it by: "phone".
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    #: One group's sessions alone; none for all of the owner's groups.
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: The sessions that the owner leads, and no others.
    is_for_duties: Mapped[bool] = mapped_column(default=False, server_default=false())
    discretion: Mapped[Discretion] = mapped_column(
        enum_column(Discretion, name="discretion_known"), default=Discretion.NEUTRAL
    )
    #: The owner's own word for every entry of a neutral feed.
    neutral_word: Mapped[str]
    #: How far it looks ahead, and whether what is over stays in it for some weeks.
    reach: Mapped[Reach] = mapped_column(
        enum_column(Reach, name="reach_known"),
        default=Reach.YEAR,
        server_default=Reach.YEAR.value,
    )
    has_past: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When discretion, word or window were last changed: entries look new from then on.
    revised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The hour in which a calendar app last came.
    last_fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Whose app that was.
    client: Mapped[ClientFamily | None] = mapped_column(
        enum_column(ClientFamily, name="client_known")
    )
    #: From then on it carries nothing, unless its owner wants it to: each visit puts that off.
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    #: When its owner was told that it has expired.
    expiry_told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[UserAccount] = relationship()
    group: Mapped[Group | None] = relationship()

    def has_expired(self, now: datetime) -> bool:
        """Tell whether it carries nothing because no app has come for long."""
        return self.expires_at <= now


class InvitationChoice(Model):
    """Somebody's wish to get the sessions that they go to as invitations by mail.

    Without a row nobody gets any.
    """

    __tablename__ = "invitation_choice"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    discretion: Mapped[Discretion] = mapped_column(
        enum_column(Discretion, name="discretion_known"), default=Discretion.NEUTRAL
    )
    #: The person's own word for every neutral entry.
    neutral_word: Mapped[str]

    user: Mapped[UserAccount] = relationship()


class Invitation(Model):
    """One session in the calendar program of one member, who has been written to about it.

    It counts its letters by itself: SEQUENCE has to rise when somebody gives up a place and takes
    it again, though nothing changed about the session.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("user_id", "group_session_id"),
        # A number is never given twice: a job may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: What its token is made from.
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    group_session_id: Mapped[int] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    #: Of the token in the address that answers go to.
    token_hash: Mapped[str] = mapped_column(unique=True)
    #: SEQUENCE of its newest letter (RFC 5545 §3.8.7.4); never below that of the session.
    sequence: Mapped[int]
    #: When that letter was asked for, in whole seconds: its DTSTAMP.
    stamped_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The session's own sequence that the letter tells.
    session_sequence: Mapped[int]
    #: The start that it tells, and the first sequence that told it.
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    time_sequence: Mapped[int]
    #: Whether the member's calendar is to hold the session, rather than to drop it.
    is_standing: Mapped[bool]
    #: Whether it is to say that the member waits for a place.
    is_waiting: Mapped[bool]
    #: The sequence of the letter that left last; none before the first.
    sent_sequence: Mapped[int | None]
    #: When the newest answer was given that a reply brought.
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Hashes of the names of the newest replies, so that none is taken twice.
    taken_replies: Mapped[list[str]] = mapped_column(JSON, default=list)

    user: Mapped[UserAccount] = relationship()
    group_session: Mapped[GroupSession] = relationship()
