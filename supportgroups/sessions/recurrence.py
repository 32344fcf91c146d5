"""The rules by which a series repeats, on the wall clock of its zone. Pure: no clock, no query.

A rule is the subset of an RRULE (RFC 5545 §3.3.10) that the forms offer. It is expanded on naive
wall time, and only then given its zone, so that 19:00 stays 19:00 when the clocks change.
How a rule reads in words is in `sentences.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, to_utc
from supportgroups.groups.holidays import is_holiday

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: Which weekday of a month: the first to the fourth, or the last. A fifth would often be missing.
NTHS = (1, 2, 3, 4, -1)
LAST_DAY = -1
#: Every month has the days up to this one.
SURE_DAYS = 28
#: The longest pause between two sessions that the forms offer, in weeks or months.
MAX_INTERVAL = 12
#: A session that is longer than this is a slip of the finger.
MAX_LENGTH_MINUTES = 24 * 60
#: Sessions are made this far ahead.
HORIZON = timedelta(weeks=26)


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """What all repeating rules share: how often, and when they end, which may be never."""

    #: Every so many weeks or months.
    interval: int = 1
    #: The last day on which a session may begin.
    until: date | None = None
    #: How many dates there are in all; days that are left out count too (RFC 5545 §3.8.5.1).
    count: int | None = None

    def as_rrule(self) -> str:
        """Return the rule as the value of an RRULE; weeks always begin on Monday."""
        parts = [f"FREQ={self._frequency()}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.until is not None:
            parts.append(f"UNTIL={datetime.combine(self.until, time.max):%Y%m%dT%H%M%S}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        return ";".join([*parts, *self._by(), "WKST=MO"])

    def without_end(self) -> "Rule":
        """Return the rule as if it went on for ever."""
        return replace(self, until=None, count=None)

    def _frequency(self) -> str:
        return "MONTHLY"

    @abstractmethod
    def _by(self) -> list[str]:
        """Return the parts that say on which days."""


@dataclass(frozen=True, kw_only=True)
class WeeklyRule(Rule):
    """Every week, or every few weeks, on some weekdays; 0 is Monday."""

    weekdays: frozenset[int]

    def _frequency(self) -> str:
        return "WEEKLY"

    def _by(self) -> list[str]:
        return ["BYDAY=" + ",".join(WEEKDAYS[weekday] for weekday in sorted(self.weekdays))]


@dataclass(frozen=True, kw_only=True)
class MonthlyWeekdayRule(Rule):
    """On the second Tuesday of a month, or the last one, and so on."""

    #: One of `NTHS`.
    nth: int
    weekday: int

    def _by(self) -> list[str]:
        return [f"BYDAY={self.nth}{WEEKDAYS[self.weekday]}"]


@dataclass(frozen=True, kw_only=True)
class MonthDayRule(Rule):
    """On one day of a month: the 15th, or the last one."""

    #: From 1 to 31, or `LAST_DAY`.
    day: int
    #: What happens in a month without that day: its last day takes over, or it is left out.
    ends_short_months: bool = False

    def _by(self) -> list[str]:
        if not self.ends_short_months or self.day <= SURE_DAYS:
            return [f"BYMONTHDAY={self.day}"]
        days = ",".join(str(day) for day in range(SURE_DAYS, self.day + 1))
        # The last of these days that a month has.
        return [f"BYMONTHDAY={days}", "BYSETPOS=-1"]


def parse_rule(rrule: str) -> Rule:
    """Read back what `as_rrule` wrote."""
    parts = dict(part.split("=", 1) for part in rrule.split(";"))
    until, count = parts.get("UNTIL"), parts.get("COUNT")
    shared: dict[str, Any] = {
        "interval": int(parts.get("INTERVAL", "1")),
        "until": datetime.strptime(until, "%Y%m%dT%H%M%S").date() if until else None,  # noqa: DTZ007
        "count": int(count) if count else None,
    }
    if parts["FREQ"] == "WEEKLY":
        weekdays = frozenset(WEEKDAYS.index(name) for name in parts["BYDAY"].split(","))
        return WeeklyRule(weekdays=weekdays, **shared)
    if "BYDAY" in parts:
        nth, name = parts["BYDAY"][:-2], parts["BYDAY"][-2:]
        return MonthlyWeekdayRule(nth=int(nth), weekday=WEEKDAYS.index(name), **shared)
    days = parts["BYMONTHDAY"].split(",")
    return MonthDayRule(day=int(days[-1]), ends_short_months="BYSETPOS" in parts, **shared)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """All that decides on which wall times a series meets."""

    #: The first start that the rule gives; naive, like everything here.
    first: datetime
    #: None for a list of dates, and for a single date.
    rrule: str | None = None
    #: The starts of a series that meets on listed dates, in order.
    dates: tuple[datetime, ...] = ()
    #: Days that are left out.
    skipped: frozenset[date] = frozenset()
    #: From this start on it gives none.
    stops_before: datetime | None = None
    #: Whose public holidays are left out; empty for nobody's.
    country: str = ""
    region: str = ""

    @property
    def last_listed(self) -> datetime | None:
        """The last start that is known by its date; none for a rule."""
        return None if self.rrule is not None else max(self.dates, default=self.first)

    def is_left_out(self, day: date) -> bool:
        """Tell whether it does not meet on a day on which its rule would let it."""
        return day in self.skipped or is_holiday(day, self.country, self.region)

    def starts_between(self, *, after: datetime | None, until: datetime) -> list[datetime]:
        """Return the starts later than `after` and not later than `until`."""
        return [
            start
            for start in self.starts_by_rule(after=after, until=until)
            if not self.is_left_out(start.date())
        ]

    def starts_by_rule(self, *, after: datetime | None, until: datetime) -> list[datetime]:
        """Return the same as `starts_between`, with the starts that are left out."""
        starts: Iterable[datetime] = (
            _within(self.dates, after=after, until=until)
            if self.rrule is None and self.dates
            else starts_between(self.rrule, self.first, after=after, until=until)
        )
        return [start for start in starts if self.stops_before is None or start < self.stops_before]


def starts_between(
    rrule: str | None, first: datetime, *, after: datetime | None, until: datetime
) -> list[datetime]:
    """Return the wall starts that a rule gives, later than `after` and not later than `until`.

    :param rrule: none for a single date
    :param first: the first start, on the wall, naive like everything here
    """
    starts = [first] if rrule is None else rrulestr(f"RRULE:{rrule}", dtstart=first)
    return list(_within(starts, after=after, until=until))


def next_starts(rule: Rule, earliest: datetime, *, count: int) -> list[datetime]:
    """Return the next `count` wall starts, from `earliest` on, with which a rule could begin.

    Where it begins decides which weeks or months are left out, so none is here. They have the
    time of day of `earliest`.
    """
    every = replace(rule.without_end(), interval=1)
    return list(islice(rrulestr(f"RRULE:{every.as_rrule()}", dtstart=earliest), count))


def endless_starts(rule: Rule, first: datetime) -> Iterator[datetime]:
    """Return the wall starts of a rule one after the other, as if it never ended."""
    return iter(rrulestr(f"RRULE:{rule.without_end().as_rrule()}", dtstart=first))


def start_after(rule: Rule, first: datetime, *, after: datetime) -> datetime | None:
    """Return the first start of a rule that is later than `after`; none if it has ended by then.

    However long ago the rule began, nothing is counted through: it is taken up in a week or month
    that is whole intervals later. A rule with a count has to be given its last day instead.
    """
    if isinstance(rule, WeeklyRule):
        begins = first - timedelta(days=first.weekday())
        passed = max(0, (after - begins).days // (7 * rule.interval))
        begins += timedelta(weeks=passed * rule.interval)
    else:
        months = (after.year - first.year) * 12 + after.month - first.month
        month = first.month - 1 + max(0, months // rule.interval) * rule.interval
        begins = first.replace(year=first.year + month // 12, month=month % 12 + 1, day=1)
    starts = endless_starts(rule, begins)
    found = next((start for start in starts if start > after and start >= first), None)
    if found is None or (rule.until is not None and found.date() > rule.until):
        return None
    return found


def fits(rule: Rule, first: datetime) -> bool:
    """Tell whether a rule can begin on that day: RFC 5545 §3.8.5.3 wants it to."""
    return next_starts(rule, first, count=1) == [first]


def to_utc_by_rule(wall: datetime, zone: str) -> datetime:
    """Return the moment of a wall time made by a rule, when nobody is there to be asked.

    In a skipped hour the clock as it was before counts, in a repeated hour the first reading.
    Source: RFC 5545 §3.3.5, form 3.
    """
    try:
        return to_utc(wall, zone)
    except (SkippedLocalTime, RepeatedLocalTime):
        return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def end_by_rule(wall_starts_at: datetime, length: timedelta, zone: str) -> datetime:
    """Return the moment at which a session ends: at the wall time that was typed.

    A night from 23:00 to 02:30 ends when the clocks show 02:30, whatever they did in between.

    :param length: between start and end as the wall shows them
    """
    starts_at = to_utc_by_rule(wall_starts_at, zone)
    ends_at = to_utc_by_rule(wall_starts_at + length, zone)
    # A start in a skipped hour is later than its wall time says, perhaps later than such an end.
    return ends_at if ends_at > starts_at else starts_at + length


def _within(
    starts: Iterable[datetime], *, after: datetime | None, until: datetime
) -> Iterator[datetime]:
    for start in starts:
        if start > until:
            return
        if after is None or start > after:
            yield start
