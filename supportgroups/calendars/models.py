"""The private addresses that calendar apps subscribe to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import UserAccount
from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.groups.models import Group
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
    discretion: Mapped[Discretion] = mapped_column(
        enum_column(Discretion, name="discretion_known"), default=Discretion.NEUTRAL
    )
    #: The owner's own word for every entry of a neutral feed.
    neutral_word: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When discretion or word were last changed: entries look new from then on.
    revised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The hour in which a calendar app last came.
    last_fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[UserAccount] = relationship()
    group: Mapped[Group | None] = relationship()
