"""What a schedule would look like before any of it is made: its next dates, and what to know. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, to_utc
from supportgroups.groups.holidays import holiday_name
from supportgroups.sessions.recurrence import Timetable, end_by_rule, to_utc_by_rule

#: So many dates are shown, those that are left out between them too.
SHOWN = 6
#: How far ahead we look for the clocks to change, and for sessions at the same time.
LOOK_AHEAD = timedelta(weeks=53)


class Taken(NamedTuple):
    """A time at which the group meets already."""

    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class PreviewDate:
    """One date as it would be; it has a start, an end and a zone as a session has."""

    wall_starts_at: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    #: What the session of a course is about.
    topic: str
    is_left_out: bool
    #: The public holiday on that day, whether it is left out or not.
    holiday: str | None
    #: The clocks changed since the date before.
    is_after_clock_change: bool
    #: The clocks skip or repeat the hour of the start, so that it cannot be.
    is_on_clock_change: bool
    #: What the group does at the same time.
    clash: str | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The dates of a schedule, and how many more there are."""

    dates: tuple[PreviewDate, ...]
    #: The first date after the next change of the clocks, if it is not among the others.
    after_clock_change: PreviewDate | None
    #: How many sessions there are in all; none if they go on for ever.
    number: int | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that a preview needs to know."""

    timetable: Timetable
    zone: str
    length: timedelta
    country: str
    region: str = ""
    #: Start → topic, of a course.
    topics: dict[datetime, str]
    #: Whether the rule never ends.
    is_endless: bool = False


def preview(plan: Plan, *, taken: Iterable[Taken], language: str) -> Preview:
    """Return what a schedule would look like.

    :param taken: when the group meets already
    :param language: in which holidays are named, where the names are known
    """
    until = max(plan.timetable.first, *plan.timetable.dates, plan.timetable.first) + LOOK_AHEAD
    starts = plan.timetable.starts_by_rule(after=None, until=until)
    busy = list(taken)

    def shown(start: datetime, *, is_changed: bool) -> PreviewDate:
        return _date_of(plan, start, busy=busy, language=language, is_changed=is_changed)

    changed = set(_after_clock_changes(starts, plan.zone))
    dates = tuple(shown(start, is_changed=start in changed) for start in starts[:SHOWN])
    later = sorted(start for start in changed if start not in starts[:SHOWN])
    held = [start for start in starts if not plan.timetable.is_left_out(start.date())]
    return Preview(
        dates=dates,
        after_clock_change=shown(later[0], is_changed=True)
        if later and not any(found.is_after_clock_change for found in dates)
        else None,
        number=None if plan.is_endless else len(held),
    )


def _date_of(
    plan: Plan, start: datetime, *, busy: list[Taken], language: str, is_changed: bool
) -> PreviewDate:
    starts_at = to_utc_by_rule(start, plan.zone)
    ends_at = end_by_rule(start, plan.length, plan.zone)
    clashes = (one.title for one in busy if one.starts_at < ends_at and starts_at < one.ends_at)
    return PreviewDate(
        wall_starts_at=start,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=plan.zone,
        topic=plan.topics.get(start, ""),
        is_left_out=plan.timetable.is_left_out(start.date()),
        holiday=holiday_name(start.date(), plan.country, plan.region, language),
        is_after_clock_change=is_changed,
        is_on_clock_change=_is_on_clock_change(start, plan.zone),
        clash=next(clashes, None),
    )


def _after_clock_changes(starts: list[datetime], zone: str) -> Iterator[datetime]:
    info = ZoneInfo(zone)
    for before, start in pairwise(starts):
        if before.replace(tzinfo=info).utcoffset() != start.replace(tzinfo=info).utcoffset():
            yield start


def _is_on_clock_change(start: datetime, zone: str) -> bool:
    try:
        to_utc(start, zone)
    except (SkippedLocalTime, RepeatedLocalTime):
        return True
    return False
