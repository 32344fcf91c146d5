"""How the starts of a schedule move when organizers change its day or its time. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Self

from supportgroups.errors import DomainError
from supportgroups.sessions.recurrence import (
    LAST_DAY,
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    WeeklyRule,
)

DAYS_OF_WEEK = 7


class DayDoesNotFit(DomainError):
    """No rule gives the other dates and this new day: it meets then anyway, or in other weeks."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A change of day, of time, or of both, learnt from one session of a rule or of a list."""

    #: The start that its rule gave the session from which it was learnt.
    slot: datetime
    #: By so many days the start that the rule gives moves; 0 when the day stays.
    days: int
    #: The new time of day; none when it stays.
    time: time | None

    @classmethod
    def between(cls, *, slot: datetime, old: datetime, new: datetime) -> Self:
        """Return what moves a session from `old` to `new`, on the wall.

        :param slot: the start that its rule gave it, which may differ from `old`
        """
        return cls(
            slot=slot,
            days=(new.date() - slot.date()).days if new.date() != old.date() else 0,
            time=new.time() if new.time() != old.time() else None,
        )

    @property
    def new_day(self) -> date:
        """The day on which the session from which it was learnt is by its new rule."""
        return self.slot.date() + timedelta(days=self.days)

    def of_rule(self, rule: Rule) -> Rule:
        """Return the rule that goes on after the shift.

        :raises DayDoesNotFit: it already meets on that weekday, or the weeks would be others
        """
        if not self.days:
            return rule
        match rule:
            case WeeklyRule():
                others = rule.weekdays - {self.slot.weekday()}
                is_other_week = _monday(self.new_day) != _monday(self.slot.date())
                if self.new_day.weekday() in others or (others and is_other_week):
                    raise DayDoesNotFit
                return replace(rule, weekdays=others | {self.new_day.weekday()})
            case MonthlyWeekdayRule():
                return replace(rule, nth=_nth(self.new_day, rule), weekday=self.new_day.weekday())
            case MonthDayRule():
                return replace(rule, day=_day_of_month(self.new_day, rule))
        raise TypeError(rule)

    def of_slot(self, slot: datetime, rule: Rule | None) -> datetime:
        """Return the start that the new rule gives instead of one that the old rule gave.

        :param rule: the old rule; none for a list of dates, all of which move by as many days
        """
        day = self._day(slot.date(), rule) if self.days else slot.date()
        return datetime.combine(day, slot.time() if self.time is None else self.time)

    def of_session(self, slot: datetime, wall: datetime, rule: Rule) -> datetime:
        """Return when a session of a rule starts that had been moved to `wall`.

        A day or a time of its own is kept, unless the change is about the same.
        """
        day = self.of_slot(slot, rule).date() if self.days else wall.date()
        return datetime.combine(day, wall.time() if self.time is None else self.time)

    def _day(self, day: date, rule: Rule | None) -> date:
        match rule:
            case WeeklyRule() if day.weekday() != self.slot.weekday():
                return day
            case None | WeeklyRule():
                return day + timedelta(days=self.days)
        new = self.of_rule(rule)
        months = _months(self.new_day) - _months(self.slot.date())
        return _in_month(new, _months(day) + months)


def shifted_rule(rule: Rule, shift: Shift, *, used: int) -> Rule:
    """Return the rule that goes on after a shift, with as many dates as were left.

    :param used: how many dates the old rule has given before
    :raises DayDoesNotFit: it already meets on that weekday, or the weeks would be others
    """
    new = shift.of_rule(rule)
    if new.count is not None:
        new = replace(new, count=max(1, new.count - used))
    if new.until is not None and shift.days > 0:
        # The last date may lie a few days later now, but no further one comes in.
        new = replace(new, until=new.until + timedelta(days=shift.days))
    return new


def _nth(day: date, rule: MonthlyWeekdayRule) -> int:
    """Return which one of its weekday in its month a day is; a fifth one is the last."""
    nth = (day.day - 1) // DAYS_OF_WEEK + 1
    is_last = (day + timedelta(weeks=1)).month != day.month
    return -1 if nth > 4 or (is_last and rule.nth == -1) else nth  # noqa: PLR2004 (a month has four)


def _day_of_month(day: date, rule: MonthDayRule) -> int:
    is_last = (day + timedelta(days=1)).month != day.month
    return LAST_DAY if is_last and rule.day == LAST_DAY else day.day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _in_month(rule: Rule, months: int) -> date:
    """Return the day that a monthly rule gives in a month; its last day where it gives none."""
    first = date(months // 12, months % 12 + 1, 1)
    last = _first_of_next(first) - timedelta(days=1)
    match rule:
        case MonthlyWeekdayRule(nth=-1, weekday=weekday):
            return last - timedelta(days=(last.weekday() - weekday) % DAYS_OF_WEEK)
        case MonthlyWeekdayRule(nth=nth, weekday=weekday):
            ahead = (weekday - first.weekday()) % DAYS_OF_WEEK
            return first + timedelta(days=ahead, weeks=nth - 1)
        case MonthDayRule(day=day) if day != LAST_DAY and day <= last.day:
            return first.replace(day=day)
    return last


def _first_of_next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
