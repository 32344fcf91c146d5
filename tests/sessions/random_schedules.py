"""Schedules of every shape that organizers can choose, drawn at random, and how others read them.

`SUPPORTGROUPS_TEST_EXAMPLES=10` draws ten times as many as a change is tested with.
"""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import strategies as st
from icalendar import Calendar

from supportgroups.clock import zone_names
from supportgroups.sessions.recurrence import (
    LAST_DAY,
    MAX_INTERVAL,
    NTHS,
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    Timetable,
    WeeklyRule,
    next_starts,
)

FACTOR = int(os.environ.get("SUPPORTGROUPS_TEST_EXAMPLES", "1"))
WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)
#: Zones of every kind: whole hours and parts of one, north and south, half an hour of summer time,
#: summer time that stops for Ramadan, none any more, and across the date line.
ZONES = (
    "America/Vancouver", "America/St_Johns", "America/Sao_Paulo", "Africa/Casablanca",
    "Europe/London", "Asia/Tehran", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Sydney",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "UTC",
)  # fmt: skip

zones = st.sampled_from(ZONES) | st.sampled_from(sorted(zone_names()))


def walls_from(first: datetime, last: datetime) -> st.SearchStrategy[datetime]:
    """Draw starts on whole minutes."""
    return st.datetimes(first, last).map(lambda wall: wall.replace(second=0, microsecond=0))


#: First starts within what anybody plans.
walls = walls_from(datetime(2026, 1, 1), datetime(2031, 1, 1))  # noqa: DTZ001


class Planned(NamedTuple):
    """A rule and a first start that fits it."""

    rule: Rule
    first: datetime


@st.composite
def plans(draw: st.DrawFn, starts: st.SearchStrategy[datetime] = walls) -> Planned:
    """Draw a rule of any kind, and when it begins."""
    earliest = draw(starts)
    shared: dict[str, Any] = {"interval": draw(st.integers(1, MAX_INTERVAL))}
    end = draw(st.sampled_from(["never", "on a date", "after so many"]))
    if end == "on a date":
        shared["until"] = earliest.date() + timedelta(days=draw(st.integers(40, 700)))
    elif end == "after so many":
        shared["count"] = draw(st.integers(1, 40))
    weekdays = st.integers(0, 6)
    rule = draw(
        st.one_of(
            st.builds(WeeklyRule, weekdays=st.frozensets(weekdays, min_size=1)),
            st.builds(MonthlyWeekdayRule, nth=st.sampled_from(NTHS), weekday=weekdays),
            st.builds(
                MonthDayRule,
                day=st.sampled_from([*range(1, 32), LAST_DAY]),
                ends_short_months=st.booleans(),
            ).filter(lambda rule: rule.day > 28 or not rule.ends_short_months),
        )
    )
    rule = type(rule)(**{**vars(rule), **shared})
    return Planned(rule, next_starts(rule, earliest, count=1)[0])


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """All that an organizer chooses about the dates of a schedule."""

    rule: Rule | None
    #: The dates of a list; none for a rule.
    dates: tuple[datetime, ...] = ()
    first: datetime
    skipped: frozenset[date]

    @property
    def timetable(self) -> Timetable:
        """The same, as a series knows it."""
        rrule = self.rule.as_rrule() if self.rule is not None else None
        return Timetable(first=self.first, rrule=rrule, dates=self.dates, skipped=self.skipped)


@st.composite
def schedules(draw: st.DrawFn, starts: st.SearchStrategy[datetime] = walls) -> Schedule:
    """Draw a rule, a list of dates or a single date, and some days that are left out."""
    rule: Rule | None = None
    dates: tuple[datetime, ...] = ()
    match draw(st.sampled_from(["rule", "rule", "rule", "list", "single"])):
        case "rule":
            rule, first = draw(plans(starts))
            stated = rule.without_end().as_rrule()
            could_be = Timetable(first=first, rrule=stated).starts_by_rule(
                after=None, until=first + 40 * WEEK
            )
        case "list":
            dates = tuple(sorted(draw(st.sets(starts, min_size=2, max_size=12))))
            first, could_be = dates[0], list(dates)
        case _:
            first = draw(starts)
            could_be = []
    skipped = draw(st.sets(st.sampled_from(could_be), max_size=4)) if could_be else set()
    return Schedule(
        rule=rule,
        dates=dates,
        first=first,
        skipped=frozenset(start.date() for start in skipped),
    )


def read_by_others(schedule: Schedule, zone: str, *, until: datetime) -> list[datetime]:
    """Return the moments at which recurring-ical-events finds a schedule, up to a wall time."""
    info = ZoneInfo(zone)
    lines = [f"DTSTART;TZID={zone}:{schedule.first:%Y%m%dT%H%M%S}"]
    if schedule.rule is not None:
        lines.append(f"RRULE:{in_utc(schedule.rule, info)}")
    others = [f"{listed:%Y%m%dT%H%M%S}" for listed in schedule.dates if listed != schedule.first]
    lines += [f"RDATE;TZID={zone}:{other}" for other in others]
    times = {
        listed
        for day in schedule.skipped
        for listed in schedule.dates or (datetime.combine(day, schedule.first.time()),)
        if listed.date() == day
    }
    lines += [f"EXDATE;TZID={zone}:{left_out:%Y%m%dT%H%M%S}" for left_out in sorted(times)]
    calendar = Calendar.from_ical(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20260101T000000Z\r\n" + "\r\n".join(lines) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    end = (until + MINUTE).replace(tzinfo=info)
    found = recurring_ical_events.of(calendar).between(schedule.first.replace(tzinfo=info), end)
    return sorted(event["DTSTART"].dt.astimezone(UTC) for event in found)


def in_utc(rule: Rule, info: ZoneInfo) -> str:
    """Return the rule as a calendar with a zone wants it: UNTIL is a moment (RFC 5545 §3.3.10)."""
    if rule.until is None:
        return rule.as_rrule()
    last = datetime.combine(rule.until, time(23, 59, 59), tzinfo=info).astimezone(UTC)
    return rule.as_rrule().replace(f"{rule.until:%Y%m%d}T235959", f"{last:%Y%m%dT%H%M%SZ}")
