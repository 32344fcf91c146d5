"""What organizers change in a course once it is planned: topics, how to join, one date more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import GroupSession, Series, SeriesDate, SeriesKind
from supportgroups.sessions.recurrence import to_utc_by_rule
from supportgroups.sessions.services.changes import revise
from supportgroups.sessions.services.series import (
    StartsInThePast,
    ensure_not_on_clock_change,
    insert_sessions,
    row_of,
)


class NotACourse(DomainError):
    """The schedule is not a course: its dates stand alone."""


class MeetsThenAlready(DomainError):
    """A date of the course was planned for that very time."""


@dataclass(frozen=True, kw_only=True)
class CourseDetails:
    """What organizers say about a course as a whole."""

    #: Start, as it stands in the list of dates → what that date is about.
    topics: Mapping[datetime, str]
    #: Up to which date people may still join, counted from 1; none for any.
    late_join_until: int | None
    #: How many people have a place; none for no limit.
    capacity: int | None


@dataclass(frozen=True, kw_only=True)
class MakeUpDetails:
    """One date more, for those who missed one."""

    wall_starts_at: datetime
    length_minutes: int
    topic: str = ""


@transaction()
def edit_course(
    series: Series, details: CourseDetails, *, actor: UserAccount, now: datetime
) -> None:
    """Change what its dates are about, for how many it is, and for how long people may join.

    What is over keeps its topic. More places, or more time to join, help those on its list.

    :raises PermissionDenied: the actor does not organize the group
    :raises NotACourse: it is no course
    """
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    series = queries.lock_series(series.id)
    if series.kind is not SeriesKind.COURSE:
        raise NotACourse
    sessions = queries.lock_coming_sessions([series.id], now=now)
    lines = {line.wall_starts_at: line for line in series.dates}
    for group_session in sessions:
        line = lines.get(group_session.recurrence_id)
        topic = details.topics.get(group_session.recurrence_id)
        if line is not None and topic is not None and line.topic != topic:
            line.topic = topic
            revise(group_session, is_new=False, now=now)
    series.late_join_until = details.late_join_until
    if series.enrols:
        series.capacity = details.capacity
    db.session.flush()
    _record("edited", series, actor, now=now)
    events.course_changed.send(series=series, now=now)


@transaction()
def add_make_up(
    series: Series, details: MakeUpDetails, *, actor: UserAccount, now: datetime
) -> GroupSession:
    """Add one date to a course; whoever is enrolled is in it, and is told.

    :raises PermissionDenied: the actor does not organize the group
    :raises NotACourse: it is no course
    :raises StartsInThePast: it would have begun already
    :raises StartsOnClockChange: it would start in a skipped or repeated hour
    :raises MeetsThenAlready: there is a date at that time
    """
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    series = queries.lock_series(series.id)
    if series.kind is not SeriesKind.COURSE:
        raise NotACourse
    wall = details.wall_starts_at
    if to_utc_by_rule(wall, series.time_zone) <= now:
        raise StartsInThePast
    ensure_not_on_clock_change(wall, series.time_zone)
    sessions = queries.list_sessions_of_series(series)
    if any(wall in {one.recurrence_id, one.wall_starts_at} for one in sessions):
        raise MeetsThenAlready
    series.dates.append(SeriesDate(wall_starts_at=wall, topic=details.topic, is_make_up=True))
    db.session.flush()
    row = row_of(series, wall, length_minutes=details.length_minutes, now=now)
    made = insert_sessions([series], [row], now=now)
    (added,) = queries.list_sessions_by_id(made[series.id])
    _record("make_up_added", series, actor, now=now)
    events.make_up_planned.send(group_session=added, now=now)
    return added


def _record(what: str, series: Series, actor: UserAccount, *, now: datetime) -> None:
    record(
        f"course.{what}",
        actor_id=actor.id,
        group_id=series.group_id,
        subject=str(series.public_id),
        now=now,
    )
