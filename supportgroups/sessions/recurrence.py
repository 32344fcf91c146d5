"""The rules by which a series repeats, on the wall clock of its zone. Pure: no clock, no query.

A rule is the subset of an RRULE (RFC 5545 §3.3.10) that the forms offer. It is expanded on naive
wall time, and only then given its zone, so that 19:00 stays 19:00 when the clocks change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from flask_babel import gettext as _
from flask_babel import ngettext

from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, to_utc
from supportgroups.formatting import calendar_day, weekday_name

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The longest pause between two sessions that the forms offer, in weeks.
MAX_INTERVAL = 12
#: Sessions are made this far ahead.
HORIZON = timedelta(weeks=26)


@dataclass(frozen=True, kw_only=True)
class WeeklyRule:
    """Every week, or every few weeks, on the weekday of the first session."""

    weekday: int
    interval: int = 1
    #: The last day on which a session may begin.
    until: date | None = None

    def as_rrule(self) -> str:
        """Return the rule as the value of an RRULE; weeks always begin on Monday."""
        parts = ["FREQ=WEEKLY"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.until is not None:
            parts.append(f"UNTIL={datetime.combine(self.until, time.max):%Y%m%dT%H%M%S}")
        parts += [f"BYDAY={WEEKDAYS[self.weekday]}", "WKST=MO"]
        return ";".join(parts)

    @classmethod
    def parse(cls, rrule: str) -> "WeeklyRule":
        """Read back what `as_rrule` wrote."""
        parts = dict(part.split("=", 1) for part in rrule.split(";"))
        until = parts.get("UNTIL")
        return cls(
            weekday=WEEKDAYS.index(parts["BYDAY"]),
            interval=int(parts.get("INTERVAL", "1")),
            until=datetime.strptime(until, "%Y%m%dT%H%M%S").date() if until else None,  # noqa: DTZ007
        )


def starts_between(
    rrule: str | None, first: datetime, *, after: datetime | None, until: datetime
) -> list[datetime]:
    """Return the wall starts of a series, later than `after` and not later than `until`.

    :param rrule: none for a single date
    :param first: the first start, on the wall, naive like everything here
    """
    starts = [first] if rrule is None else rrulestr(f"RRULE:{rrule}", dtstart=first)
    found = []
    for start in starts:
        if start > until:
            break
        if after is None or start > after:
            found.append(start)
    return found


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


def in_words(rrule: str | None, first: datetime) -> str:
    """Return how a series repeats: "Every 2 weeks on Tuesday, until 15 December 2026"."""
    if rrule is None:
        return str(_("Once, on %(day)s", day=calendar_day(first.date())))
    rule = WeeklyRule.parse(rrule)
    weekday = weekday_name(rule.weekday)
    words = ngettext(
        "Every week on %(weekday)s", "Every %(num)s weeks on %(weekday)s", rule.interval,
        weekday=weekday,
    )  # fmt: skip
    if rule.until is None:
        return str(words)
    return str(_("%(rule)s, until %(day)s", rule=words, day=calendar_day(rule.until)))
