"""How many people came."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.sessions.models import GroupSession


class Outcome(StrEnum):
    """Whether a session took place, and if not, why. Never whose fault it was."""

    HELD = "held"
    HELD_ONLINE = "held-online"
    NOBODY_CAME = "nobody-came"
    NOBODY_LED = "nobody-led"
    NO_ROOM = "no-room"
    WEATHER = "weather"
    OTHER = "other"

    @property
    def took_place(self) -> bool:
        """Whether people met."""
        return self in {Outcome.HELD, Outcome.HELD_ONLINE}


class HeadCount(Model):
    """What those who led a session say about it: numbers, never names."""

    __tablename__ = "head_count"
    __table_args__ = (
        CheckConstraint("heads >= 0", name="heads_not_negative"),
        CheckConstraint(
            "first_timers >= 0 AND first_timers <= heads", name="first_timers_among_heads"
        ),
        CheckConstraint(
            "heads = 0 OR outcome IN ('held', 'held-online')", name="heads_where_people_met"
        ),
    )

    group_session_id: Mapped[int] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), primary_key=True
    )
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome, name="outcome_known"))
    #: Everybody who came, without those who led.
    heads: Mapped[int]
    #: Of these, who was there for the first time.
    first_timers: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: None once that person's account is erased.
    counted_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )

    group_session: Mapped[GroupSession] = relationship()
