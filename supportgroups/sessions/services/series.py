"""Making a series, and making its sessions ahead."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, to_utc, to_zone
from supportgroups.config import settings
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Group, Role
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import (
    GroupSession,
    Series,
    SeriesDate,
    SeriesFacilitator,
    SeriesKind,
    SeriesSkip,
    SessionFacilitator,
)
from supportgroups.sessions.recurrence import (
    HORIZON,
    Rule,
    end_by_rule,
    fits,
    to_utc_by_rule,
)
from supportgroups.sessions.ways_in import WayIn

#: So many series are kept up in one transaction.
PART = 100


class StartsInThePast(DomainError):
    """A session can only be planned for a time to come."""


class StartsOnClockChange(DomainError):
    """On that day the clocks skip or repeat the hour of the start."""

    def __init__(self, wall_starts_at: datetime) -> None:
        """Remember which start it is."""
        super().__init__(wall_starts_at)
        self.wall_starts_at = wall_starts_at


class FirstDayDoesNotFit(DomainError):
    """The first session is on a day that its rule does not give."""


class NoDates(DomainError):
    """Every date of the schedule is left out, so there would be no session."""


class OnlyCoursesEnrol(DomainError):
    """People enrol in a course; the dates of any other schedule stand alone."""


class NotALeader(DomainError):
    """Only organizers and facilitators of the group can lead its sessions."""


@dataclass(frozen=True, kw_only=True)
class ListedDate:
    """One date of a list, with what the session is about."""

    wall_starts_at: datetime
    topic: str = ""
    is_make_up: bool = False


@dataclass(frozen=True, kw_only=True)
class SeriesDetails:
    """What organizers say about a schedule."""

    title: str
    description: str
    wall_starts_at: datetime
    length_minutes: int
    time_zone: str
    #: None for a list of dates, and for a single date.
    rule: Rule | None
    capacity: int | None
    place: str
    online_link: str
    admission: WayIn = WayIn.RESERVE
    kind: SeriesKind = SeriesKind.SCHEDULE
    #: The dates of a list; the first of them is `wall_starts_at`.
    dates: tuple[ListedDate, ...] = ()
    #: Days to leave out, each with the reason that people read, if any.
    skips: Mapping[date, str] = field(default_factory=dict)
    skips_holidays: bool = False
    late_join_until: int | None = None
    facilitator_ids: frozenset[int] = frozenset()
    may_lead_alone: bool = False


@transaction()
def create_series(
    group: Group, details: SeriesDetails, *, actor: UserAccount, now: datetime
) -> Series:
    """Plan a single session, a list of them or a series, and make its sessions ahead.

    Those of a rule are made for the coming half year, those of a list all at once.

    :raises PermissionDenied: the actor does not organize the group
    :raises StartsInThePast: the first session would have begun
    :raises StartsOnClockChange: a coming session would start in a skipped or repeated hour
    :raises FirstDayDoesNotFit: the rule cannot begin on that day
    :raises NoDates: all days are left out
    :raises OnlyCoursesEnrol: people would enrol in what is no course
    :raises NotALeader: somebody named as facilitator does not lead in this group
    """
    (series,) = plan_all(group, [details], actor=actor, now=now)
    record(
        "series.created",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(series.public_id),
        now=now,
    )
    return series


@transaction()
def plan_all(
    group: Group, plans: Sequence[SeriesDetails], *, actor: UserAccount, now: datetime
) -> list[Series]:
    """Do what `create_series` does for each of them, as a part of an act with its own audit row."""
    ensure(actor, Permission.SESSION_MANAGE, group)
    many = [_planned(group, details, now=now) for details in plans]
    db.session.add_all(many)
    db.session.flush()
    for series, details in zip(many, plans, strict=True):
        for user_id in checked_leaders(group, details.facilitator_ids):
            db.session.add(SeriesFacilitator(series_id=series.id, user_id=user_id))
    _make_ahead(many, now=now, from_start=True)
    return many


def _planned(group: Group, details: SeriesDetails, *, now: datetime) -> Series:
    """Return a series that can be planned, before it is anywhere."""
    ensure_may_enrol(details.kind, details.admission)
    if to_utc_by_rule(details.wall_starts_at, details.time_zone) <= now:
        raise StartsInThePast
    if details.rule is not None and not fits(details.rule, details.wall_starts_at):
        raise FirstDayDoesNotFit
    series = _series_of(group, details, now=now)
    starts = series.timetable.starts_between(after=None, until=_horizon(series, now))
    if not starts:
        raise NoDates
    for start in starts:
        ensure_not_on_clock_change(start, series.time_zone)
    return series


def _series_of(group: Group, details: SeriesDetails, *, now: datetime) -> Series:
    return Series(
        group=group,
        kind=details.kind,
        title=details.title,
        description=details.description,
        rrule=details.rule.as_rrule() if details.rule else None,
        wall_starts_at=details.wall_starts_at,
        length_minutes=details.length_minutes,
        time_zone=details.time_zone,
        capacity=details.capacity,
        place=details.place,
        online_link=details.online_link,
        admission=details.admission,
        skips_holidays=details.skips_holidays,
        late_join_until=details.late_join_until,
        may_lead_alone=details.may_lead_alone,
        created_at=now,
        made_until=details.wall_starts_at,
        dates=[
            SeriesDate(
                wall_starts_at=listed.wall_starts_at,
                topic=listed.topic,
                is_make_up=listed.is_make_up,
            )
            for listed in sorted(details.dates, key=lambda listed: listed.wall_starts_at)
        ],
        skips=[SeriesSkip(day=day, reason=details.skips[day]) for day in sorted(details.skips)],
    )


def ensure_may_enrol(kind: SeriesKind, admission: WayIn) -> None:
    """Let people enrol in courses alone.

    :raises OnlyCoursesEnrol: they would, in something else
    """
    if admission.enrols and kind is not SeriesKind.COURSE:
        raise OnlyCoursesEnrol


def ensure_not_on_clock_change(wall: datetime, zone: str) -> None:
    """Refuse a start that the clocks of `zone` skip or show twice.

    :raises StartsOnClockChange: they do
    """
    try:
        to_utc(wall, zone)
    except (SkippedLocalTime, RepeatedLocalTime) as error:
        raise StartsOnClockChange(wall) from error


def checked_leaders(group: Group, user_ids: frozenset[int]) -> list[int]:
    """Return the ids in order, if each is somebody who may lead in this group.

    :raises NotALeader: one is not
    """
    if not user_ids:
        return []
    leaders = group_queries.list_members(group, roles=[Role.ORGANIZER, Role.FACILITATOR])
    if not user_ids <= {leader.user_id for leader in leaders}:
        raise NotALeader
    return sorted(user_ids)


@transaction()
def extend_series(series_id: int, *, now: datetime) -> int:
    """Make the sessions of one series up to the horizon; return how many were new.

    Any number of workers may do this at once: the series is locked, and its mark moves on.
    """
    return _make_ahead([queries.lock_series(series_id)], now=now)


def extend_all_series(*, now: datetime) -> int:
    """Keep half a year of sessions in every series; return how many were made.

    A hundred series share a transaction and its few queries. Of two workers at once each takes
    those that the other has not in hand.
    """
    ids = queries.list_series_to_extend(now=now)
    parts = [ids[start : start + PART] for start in range(0, len(ids), PART)]
    return sum(_extend_part(part, now=now) for part in parts)


@transaction()
def _extend_part(ids: list[int], *, now: datetime) -> int:
    return _make_ahead(queries.lock_series_to_extend(ids, now=now), now=now)


def report_running_out(*, now: datetime) -> list[str]:
    """Tell how many schedules have dates for a short while only, for whoever runs the site."""
    number = len(queries.list_running_out(now=now))
    if not number:
        return []
    weeks = queries.SHORT_OF_DATES // timedelta(weeks=1)
    return [f"Schedules with dates for less than {weeks} weeks: {number}"]


def _horizon(series: Series, now: datetime) -> datetime:
    """Return the wall time up to which sessions are made: at least the first, and all of a list."""
    local_now = to_zone(now, series.time_zone).replace(tzinfo=None)
    at_least = series.timetable.last_listed or series.wall_starts_at
    return max(local_now + HORIZON, at_least)


def _make_ahead(many: list[Series], *, now: datetime, from_start: bool = False) -> int:
    """Make the sessions of some series up to the horizon; return how many were new.

    A start that has passed, that has a session already, or that lies in a break has none made.

    :param from_start: their first ones too, because they are new
    """
    series_ids = [series.id for series in many]
    pauses = queries.list_pauses_of_groups({series.group_id for series in many}, now=now)
    known = queries.list_recurrence_ids(
        series_ids, after=min((one.made_until for one in many), default=None)
    )
    rows = []
    for series in many:
        local_now = to_zone(now, series.time_zone).replace(tzinfo=None)
        until = _horizon(series, now)
        after = None if from_start else series.made_until
        series.made_until = max(until, series.made_until)
        rows += [
            row_of(series, start, length_minutes=series.length_minutes, now=now)
            for start in series.timetable.starts_between(after=after, until=until)
            if start > local_now
            and (series.id, start) not in known
            and not any(
                pause.group_id == series.group_id and pause.covers(series.id, start.date())
                for pause in pauses
            )
        ]
    if rows:
        insert_sessions(many, rows, now=now)
    return len(rows)


@transaction()
def insert_sessions(
    many: list[Series], rows: list[dict[str, Any]], *, now: datetime
) -> dict[int, list[int]]:
    """Make sessions of some series, led by those who lead these; return their ids by the series'."""
    series_ids = [series.id for series in many]
    last_id = queries.find_last_session_id(series_ids)
    # Rows without objects: half a year for a hundred schedules is thousands of them.
    db.session.execute(insert(GroupSession), rows)
    made = queries.list_new_session_ids(series_ids, after_id=last_id)
    _name_leaders(series_ids, after_id=last_id)
    for group in {series.group for series in many if series.id in made}:
        group.touch_calendar(now)
    events.sessions_planned.send(made=made, now=now)
    return made


def _name_leaders(series_ids: list[int], *, after_id: int) -> None:
    """Let those who lead these series lead the new sessions, whose ids are above one."""
    led = (
        select(GroupSession.id, SeriesFacilitator.user_id)
        .join(SeriesFacilitator, SeriesFacilitator.series_id == GroupSession.series_id)
        .where(GroupSession.series_id.in_(series_ids), GroupSession.id > after_id)
    )
    columns = ["group_session_id", "user_id"]
    db.session.execute(insert(SessionFacilitator).from_select(columns, led))


def row_of(
    series: Series, wall_starts_at: datetime, *, length_minutes: int, now: datetime
) -> dict[str, Any]:
    """Return the row of a session that begins at that time on the wall."""
    length = timedelta(minutes=length_minutes)
    return {
        "uid": f"{secrets.token_hex(16)}@{settings().uid_domain}",
        "group_id": series.group_id,
        "series_id": series.id,
        "recurrence_id": wall_starts_at,
        "wall_starts_at": wall_starts_at,
        "length_minutes": length_minutes,
        "time_zone": series.time_zone,
        "starts_at": to_utc_by_rule(wall_starts_at, series.time_zone),
        "ends_at": end_by_rule(wall_starts_at, length, series.time_zone),
        "revised_at": now.replace(microsecond=0),
    }
