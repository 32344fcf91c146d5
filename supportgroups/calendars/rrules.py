"""Rules of other programs (RFC 5545 §3.3.10), read into the shapes that we offer. Pure.

Parts are allow-listed: whatever is not named here makes a rule odd, and nobody guesses. A rule is
expanded only once it has one of our shapes, and then for as many dates as its COUNT says.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from supportgroups.sessions.recurrence import (
    LAST_DAY,
    MAX_INTERVAL,
    NTHS,
    SURE_DAYS,
    WEEKDAYS,
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    WeeklyRule,
    endless_starts,
)

ALLOWED = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"}
)
#: Ten years of weeks; more is no plan.
MOST_DATES = 520
LONGEST_MONTH = 31
WEEK = 7
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,4}")


class OddRule(ValueError):
    """The rule repeats in a way that we do not offer, or cannot be read."""


def read_rule(value: str, starts: datetime, *, until: date | None, days_later: int = 0) -> Rule:
    """Return our own rule for an RRULE; one with COUNT ends on the day of its last date.

    :param starts: the start of the event, on the wall
    :param until: the last day, where the rule says UNTIL
    :param days_later: how many days the wall is ahead of the clock on which the rule was written:
        Tuesday 23:00 in UTC is Wednesday in Berlin
    :raises OddRule: it does not have one of our shapes
    """
    parts = _parts(value)
    rule = _shape(parts, starts - timedelta(days=days_later))
    if days_later:
        rule = _later(rule, days_later)
    if until is not None:
        return replace(rule, until=until)
    if "COUNT" not in parts:
        return rule
    count = _number(parts["COUNT"])
    if not 1 <= count <= MOST_DATES:
        raise OddRule
    *_before, last = islice(endless_starts(rule, starts), count)
    return replace(rule, until=last.date())


def _parts(value: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in value.upper().split(";") if part]
    parts = {name.strip(): words.strip() for name, _equals, words in pairs}
    if len(parts) != len(pairs) or not parts.keys() <= ALLOWED:
        raise OddRule
    return parts


def _shape(parts: Mapping[str, str], starts: datetime) -> Rule:
    interval = _number(parts.get("INTERVAL", "1"))
    match parts.get("FREQ"):
        case "DAILY":
            return _daily(parts, starts, interval)
        case "WEEKLY":
            return _weekly(parts, starts, interval)
        case "MONTHLY" if 1 <= interval <= MAX_INTERVAL:
            return _monthly(parts, starts, interval)
    raise OddRule


def _daily(parts: Mapping[str, str], starts: datetime, interval: int) -> Rule:
    if interval == 1:
        return _weekly({"BYDAY": ",".join(WEEKDAYS), **parts}, starts, 1)
    if interval % WEEK or "BYDAY" in parts:
        raise OddRule
    return _weekly(parts, starts, interval // WEEK)


def _weekly(parts: Mapping[str, str], starts: datetime, interval: int) -> Rule:
    days = _days(parts.get("BYDAY", WEEKDAYS[starts.weekday()]))
    weekdays = frozenset(weekday for _nth, weekday in days)
    if not 1 <= interval <= MAX_INTERVAL or parts.keys() & {"BYMONTHDAY", "BYSETPOS"}:
        raise OddRule
    if any(nth for nth, _weekday in days):
        raise OddRule
    # Our weeks begin on Monday; with others it matters which days are in one week.
    begins = parts.get("WKST", "MO")
    is_same_week = begins == "MO" or (begins == "SU" and WEEKDAYS.index("SU") not in weekdays)
    if interval > 1 and len(weekdays) > 1 and not is_same_week:
        raise OddRule
    return WeeklyRule(weekdays=weekdays, interval=interval)


def _monthly(parts: Mapping[str, str], starts: datetime, interval: int) -> Rule:
    position = _number(parts["BYSETPOS"]) if "BYSETPOS" in parts else 0
    if "BYDAY" in parts:
        return _monthly_weekday(parts, interval, position)
    numbers = [_number(day) for day in parts.get("BYMONTHDAY", str(starts.day)).split(",")]
    day = numbers[-1]
    is_known = 1 <= day <= LONGEST_MONTH
    if position == -1 and is_known and numbers == list(range(SURE_DAYS, day + 1)):
        return MonthDayRule(day=day, ends_short_months=day > SURE_DAYS, interval=interval)
    if len(numbers) > 1 or position or not (is_known or day == LAST_DAY):
        raise OddRule
    return MonthDayRule(day=day, interval=interval)


def _monthly_weekday(parts: Mapping[str, str], interval: int, position: int) -> Rule:
    days = _days(parts["BYDAY"])
    nth, weekday = days[0]
    if len(days) > 1 or "BYMONTHDAY" in parts or (nth and position):
        raise OddRule
    if (nth or position) not in NTHS:
        raise OddRule
    return MonthlyWeekdayRule(nth=nth or position, weekday=weekday, interval=interval)


def _later(rule: Rule, days: int) -> Rule:
    """Return a rule for a wall on which it is already, or still, another day."""
    if not isinstance(rule, WeeklyRule):
        raise OddRule
    weekdays = frozenset((weekday + days) % WEEK for weekday in rule.weekdays)
    if rule.interval > 1 and len(weekdays) > 1:
        # Days of one week may have become days of two.
        raise OddRule
    return replace(rule, weekdays=weekdays)


def _days(value: str) -> list[tuple[int, int]]:
    found = [_BY_DAY.fullmatch(day.strip()) for day in value.split(",")]
    if not found or len(found) > WEEK or any(match is None for match in found):
        raise OddRule
    return [(int(match[1] or 0), WEEKDAYS.index(match[2])) for match in found if match]


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value.strip()):
        raise OddRule
    return int(value)
