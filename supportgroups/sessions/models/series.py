"""Series, and the dated sessions made from them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from supportgroups.accounts.models import UserAccount
from supportgroups.db import Model, UTCDateTime, WallTime, enum_column
from supportgroups.groups.models import Group
from supportgroups.sessions.recurrence import Timetable
from supportgroups.sessions.ways_in import WayIn
from supportgroups.tokens import uuid7

if TYPE_CHECKING:
    from supportgroups.sessions.models.breaks import Pause


class SessionStatus(StrEnum):
    """Whether a session takes place."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class SeriesKind(StrEnum):
    """What a series is to those who come."""

    #: Meets again and again; each session stands alone.
    SCHEDULE = "schedule"
    #: A fixed list of dates, each with its topic, that belong together.
    COURSE = "course"


class LinkPolicy(StrEnum):
    """Who is led to the online room of a session."""

    PUBLIC = "public"
    #: Whoever is expected, under any name.
    NAME = "name"
    #: Of those whom the organizers have let in.
    APPROVAL = "approval"


class Series(Model):
    """A schedule: one rule, on the wall clock of its zone, from which sessions are made ahead."""

    __tablename__ = "series"
    __table_args__ = (
        CheckConstraint("length_minutes > 0", name="length_positive"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("doors_minutes >= 0", name="doors_not_negative"),
        CheckConstraint("late_join_until > 0", name="late_join_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[SeriesKind] = mapped_column(
        enum_column(SeriesKind, name="kind_known"), default=SeriesKind.SCHEDULE
    )
    title: Mapped[str]
    #: What to bring, how to find the door.
    description: Mapped[str]
    #: The subset of RFC 5545 §3.3.10 that recurrence.py offers; none for a list of dates, which
    #: stand in `series_date`, and for a single date.
    rrule: Mapped[str | None]
    #: The first start, on the wall.
    wall_starts_at: Mapped[datetime] = mapped_column(WallTime)
    length_minutes: Mapped[int]
    time_zone: Mapped[str]
    #: How many can come; none means no limit.
    capacity: Mapped[int | None]
    #: How many people somebody may bring.
    max_plus_count: Mapped[int] = mapped_column(default=0, server_default="0")
    #: How many places are kept for people who come for the first time, until the day before.
    newcomer_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    place: Mapped[str]
    online_link: Mapped[str]
    link_policy: Mapped[LinkPolicy] = mapped_column(
        enum_column(LinkPolicy, name="link_policy_known"), default=LinkPolicy.NAME
    )
    #: Somebody who may know the link shall not come any more: nobody is led to it until the
    #: organizers have given a new one.
    is_link_old: Mapped[bool] = mapped_column(default=False)
    admission: Mapped[WayIn] = mapped_column(
        enum_column(WayIn, name="admission_known"), default=WayIn.RESERVE
    )
    #: So many minutes before the start the doors open.
    doors_minutes: Mapped[int] = mapped_column(default=30)
    #: Whether it leaves out the public holidays of the group's country and region.
    skips_holidays: Mapped[bool] = mapped_column(default=False)
    #: Whether one person may lead a session alone when the other cannot.
    may_lead_alone: Mapped[bool] = mapped_column(default=False)
    #: Up to which session of a course people may still join, counted from 1; none for any.
    late_join_until: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Sessions exist up to this wall time.
    made_until: Mapped[datetime] = mapped_column(WallTime)
    #: From this wall time on its rule makes none: another series goes on, or it was called off.
    stops_before: Mapped[datetime | None] = mapped_column(WallTime)

    group: Mapped[Group] = relationship()
    dates: Mapped[list["SeriesDate"]] = relationship(
        cascade="all, delete-orphan", order_by="SeriesDate.wall_starts_at"
    )
    skips: Mapped[list["SeriesSkip"]] = relationship(
        cascade="all, delete-orphan", order_by="SeriesSkip.day"
    )
    facilitators: Mapped[list[UserAccount]] = relationship(
        secondary="series_facilitator", order_by=UserAccount.id
    )

    @property
    def length(self) -> timedelta:
        """How long a session runs."""
        return timedelta(minutes=self.length_minutes)

    @property
    def enrols(self) -> bool:
        """Whether people come by a place in the whole course."""
        return self.admission.enrols

    @property
    def timetable(self) -> Timetable:
        """All that decides when it meets."""
        return Timetable(
            first=self.wall_starts_at,
            rrule=self.rrule,
            dates=tuple(listed.wall_starts_at for listed in self.dates),
            skipped=frozenset(skip.day for skip in self.skips),
            stops_before=self.stops_before,
            country=self.group.holiday_country if self.skips_holidays else "",
            region=self.group.region,
        )


class SeriesDate(Model):
    """One date of a series that meets on listed dates, with what it is about."""

    __tablename__ = "series_date"

    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), primary_key=True
    )
    #: The start, on the wall; the session made from it has it as its recurrence id.
    wall_starts_at: Mapped[datetime] = mapped_column(WallTime, primary_key=True)
    topic: Mapped[str] = mapped_column(default="")
    #: Whether it was added for those who missed a session.
    is_make_up: Mapped[bool] = mapped_column(default=False)


class SeriesSkip(Model):
    """A day on which a series does not meet."""

    __tablename__ = "series_skip"

    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    #: Why, if the organizers want to say.
    reason: Mapped[str] = mapped_column(default="")


class SeriesFacilitator(Model):
    """Somebody who leads the sessions of a series, unless a session says otherwise."""

    __tablename__ = "series_facilitator"

    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class GroupSession(Model):
    """One dated gathering. What differs from its series is kept here; the rest is asked of it."""

    __tablename__ = "group_session"
    __table_args__ = (
        UniqueConstraint("series_id", "recurrence_id"),
        Index("ix_group_session_group_starts", "group_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        # A number is never given twice: a job may still name the row that had it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    #: Made once, the same in every calendar for ever (RFC 7986 §5.3).
    uid: Mapped[str] = mapped_column(unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("support_group.id", ondelete="CASCADE"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    #: The start that the series gave it, on the wall; it never changes.
    recurrence_id: Mapped[datetime] = mapped_column(WallTime)
    #: The start as it stands, on the wall of `time_zone`: the truth from which UTC is derived.
    wall_starts_at: Mapped[datetime] = mapped_column(WallTime)
    length_minutes: Mapped[int]
    time_zone: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[SessionStatus] = mapped_column(
        enum_column(SessionStatus, name="status_known"), default=SessionStatus.SCHEDULED
    )
    #: Why it was cancelled, if the organizers want to say.
    cancel_reason: Mapped[str] = mapped_column(default="")
    #: The break that cancelled it.
    pause_id: Mapped[int | None] = mapped_column(
        ForeignKey("pause.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str | None]
    description: Mapped[str | None]
    place: Mapped[str | None]
    online_link: Mapped[str | None]
    #: None asks the series; 0 means no limit where the series has one.
    capacity: Mapped[int | None]
    #: RFC 5545 §3.8.7.4: rises when time, place, title or status change.
    sequence: Mapped[int] = mapped_column(default=0)
    #: Rises with every change that a calendar can show.
    revision: Mapped[int] = mapped_column(default=0)
    #: When that was: whole seconds, strictly rising.
    revised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The last ticket drawn for its waiting list. Tickets are never given twice.
    last_turn: Mapped[int] = mapped_column(default=0)
    #: How many said that they might just turn up. Nothing else is known about them.
    might_come: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship()
    series: Mapped[Series] = relationship()
    #: The line of the list of dates from which it was made; none for the session of a rule.
    listed: Mapped[SeriesDate | None] = relationship(
        primaryjoin=lambda: and_(
            SeriesDate.series_id == foreign(GroupSession.series_id),
            SeriesDate.wall_starts_at == foreign(GroupSession.recurrence_id),
        ),
        viewonly=True,
    )
    pause: Mapped["Pause | None"] = relationship()
    facilitators: Mapped[list[UserAccount]] = relationship(
        secondary="session_facilitator", order_by=UserAccount.id
    )

    @property
    def title_shown(self) -> str:
        """The title that people read."""
        return self.series.title if self.title is None else self.title

    @property
    def topic(self) -> str:
        """What this date of a course is about; empty if nobody said so."""
        return "" if self.listed is None else self.listed.topic

    @property
    def description_shown(self) -> str:
        """What to bring and know, that people read."""
        return self.series.description if self.description is None else self.description

    @property
    def place_shown(self) -> str:
        """The place that people read; empty for a session without one."""
        return self.series.place if self.place is None else self.place

    @property
    def online_link_shown(self) -> str:
        """Where people meet online. Show it through the entry route alone."""
        return self.series.online_link if self.online_link is None else self.online_link

    @property
    def capacity_shown(self) -> int | None:
        """How many can come, or None for no limit; where nobody books this date there is none."""
        if self.is_drop_in or self.series.enrols:
            return None
        return self.series.capacity if self.capacity is None else self.capacity or None

    @property
    def is_drop_in(self) -> bool:
        """Whether people come without booking."""
        return self.series.admission is WayIn.DROP_IN

    @property
    def doors_open_at(self) -> datetime:
        """When the doors open, which is never after the start."""
        return self.starts_at - timedelta(minutes=self.series.doors_minutes)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off."""
        return self.status is SessionStatus.CANCELLED

    @property
    def is_moved(self) -> bool:
        """Whether it starts at another time than its series gave it."""
        return self.wall_starts_at != self.recurrence_id

    def has_started(self, now: datetime) -> bool:
        """Tell whether it has begun."""
        return self.starts_at <= now

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended."""
        return self.ends_at <= now


class SessionFacilitator(Model):
    """Somebody who leads one session."""

    __tablename__ = "session_facilitator"

    group_session_id: Mapped[int] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
