"""Answers to "Are you coming?"."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import UserAccount
from supportgroups.db import Model, UTCDateTime, WallTime, enum_column
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.tokens import uuid7

#: So many people can somebody bring, where the organizers allow it.
MAX_PLUS = 2
MAX_NOTE = 300


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
    #: When a reminder of it was queued; none before that, and again when the session moves.
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The start of the session, on the wall, for which it was given.
    answered_for: Mapped[datetime] = mapped_column(WallTime)
    #: A ticket drawn under the session's lock: the lower it is, the earlier its turn comes.
    turn: Mapped[int | None]
    #: Whom they bring. Each takes a place, and nobody on the waiting list brings anyone.
    plus_count: Mapped[int] = mapped_column(default=0, server_default="0")
    #: They say that they come to this group for the first time, and have not come as far as we know.
    is_first_time: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: What they want those who lead to know. Erased with the session, and when they do not come.
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))

    group_session: Mapped[GroupSession] = relationship()
    user: Mapped[UserAccount] = relationship()

    @property
    def holds_a_place(self) -> bool:
        """Whether one of the places is theirs."""
        return self.status is RsvpStatus.ACCEPTED

    def is_about(self, group_session: GroupSession) -> bool:
        """Whether it was given for the time at which the session now starts.

        If not, the place stays theirs, but nobody counts on it: they are asked again.
        """
        return self.answered_for == group_session.wall_starts_at

    def decline(self, now: datetime) -> None:
        """Say that they do not come. What they said besides is erased."""
        self.status, self.turn, self.responded_at = RsvpStatus.DECLINED, None, now
        self.plus_count, self.is_first_time, self.note = 0, False, ""


class OfferOutcome(StrEnum):
    """How an offer ended."""

    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    #: The session was cancelled or moved.
    WITHDRAWN = "withdrawn"


class WaitingListOffer(Model):
    """A place that somebody on a waiting list may take until a certain moment.

    While it stands, the place counts as taken and the person still waits.
    """

    __tablename__ = "waiting_list_offer"
    __table_args__ = (
        Index("ix_waiting_list_offer_due", "outcome", "expires_at"),
        # A number is never given twice: a job may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    rsvp_id: Mapped[int] = mapped_column(ForeignKey("rsvp.id", ondelete="CASCADE"), index=True)
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: None while it stands.
    outcome: Mapped[OfferOutcome | None] = mapped_column(
        enum_column(OfferOutcome, name="outcome_known")
    )

    rsvp: Mapped[Rsvp] = relationship()

    def is_open(self, now: datetime) -> bool:
        """Tell whether the person can still take the place."""
        return self.outcome is None and now < self.expires_at


class SeriesRsvp(Model):
    """Somebody's standing "I'm coming" to every session of a schedule.

    The answers themselves are rows of `Rsvp`, made for each session; this one says that those
    of new sessions shall be made as well.
    """

    __tablename__ = "series_rsvp"
    __table_args__ = (
        UniqueConstraint("series_id", "user_id"),
        # A number is never given twice: a job may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    #: Decides, with the id, in which order places of new sessions are given.
    held_since: Mapped[datetime] = mapped_column(UTCDateTime)
    #: How many dates in a row they have skipped, up to the session that began at `counted_until`.
    missed: Mapped[int] = mapped_column(default=0)
    counted_until: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Since when "Still coming?" waits for an answer.
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    series: Mapped[Series] = relationship()
    user: Mapped[UserAccount] = relationship()


class Enrolment(Model):
    """Somebody's one place in a course, or, without one, their turn on its list.

    While people can join, the list waits for places; after that it waits for the next course.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("series_id", "user_id"),
        CheckConstraint("said_yes >= 0", name="said_yes_not_negative"),
        # A number is never given twice: a job may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    #: Drawn under the lock of the course, so the lower it is, the earlier its turn comes.
    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Since when they have a place; none on the list.
    enrolled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: To how many dates they said yes whose answers are erased by now.
    said_yes: Mapped[int] = mapped_column(default=0)
    #: The next course, to which who is on the list was invited, and when.
    invited_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("series.id", ondelete="SET NULL"), index=True
    )
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    series: Mapped[Series] = relationship(foreign_keys=[series_id])
    user: Mapped[UserAccount] = relationship()
    invited_to: Mapped[Series | None] = relationship(foreign_keys=[invited_to_id])


class CourseTally(Model):
    """What is kept of people in a course whose names have been erased: how many there were."""

    __tablename__ = "course_tally"
    __table_args__ = (
        CheckConstraint("completed >= 0 AND completed <= enrolled", name="completed_in_bounds"),
    )

    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), primary_key=True
    )
    enrolled: Mapped[int]
    #: Those who said yes to most of its dates.
    completed: Mapped[int]


class SessionTally(Model):
    """How many people gave one answer for a session whose names have been erased."""

    __tablename__ = "session_tally"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    group_session_id: Mapped[int] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[RsvpStatus] = mapped_column(
        enum_column(RsvpStatus, name="status_known"), primary_key=True
    )
    number: Mapped[int]
