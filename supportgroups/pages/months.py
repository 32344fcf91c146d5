"""Months of the calendar, as a page shows them. Pure: no clock, no query."""

import re
from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from supportgroups.sessions.recurrence import to_utc_by_rule

#: How many months before and after the present one can be looked at.
REACH = 24

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """One month of one year. It writes itself as in an address: 2026-12."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month in which the day lies."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def plus(self, months: int) -> "Month":
        """Return the month so many months later, or earlier for a negative number."""
        years, index = divmod(self.number - 1 + months, 12)
        return Month(self.year + years, index + 1)

    def months_from(self, other: "Month") -> int:
        """Return how many months this one lies after the other."""
        return (self.year - other.year) * 12 + self.number - other.number

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def days(self) -> list[date]:
        """Every day."""
        count = (self.plus(1).first - self.first).days
        return [self.first + timedelta(days=index) for index in range(count)]

    def weeks(self, first_weekday: int) -> list[list[date | None]]:
        """Return rows of seven days; none stands where a day belongs to another month.

        :param first_weekday: the day on which a week begins, 0 for Monday
        """
        return [
            [day if day.month == self.number else None for day in week]
            for week in Calendar(first_weekday).monthdatescalendar(self.year, self.number)
        ]

    def bounds(self, zone: str) -> list[datetime]:
        """Return the moment at which each day begins on the clocks of `zone`, and the end.

        There is one more of them than there are days.
        """
        return [beginning_of(day, zone) for day in [*self.days, self.plus(1).first]]


def beginning_of(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins in a zone; where midnight is skipped, an hour on."""
    return to_utc_by_rule(datetime.combine(day, time()), zone)


def read_month(text: str | None, *, today: date) -> Month:
    """Return the month that an address names; this one for nonsense and what is out of reach."""
    this_month = Month.of(today)
    written = _WRITTEN.fullmatch(text or "")
    if written is None:
        return this_month
    month = Month(int(written[1]), int(written[2]))
    return month if is_in_reach(month, today=today) else this_month


def is_in_reach(month: Month, *, today: date) -> bool:
    """Tell whether a month can be looked at."""
    return abs(month.months_from(Month.of(today))) <= REACH


def read_day(text: str | None, *, today: date) -> date | None:
    """Return the day that an address names, if it is one and in reach."""
    try:
        # Only the long form: Python reads others too, such as 2026-W49-2.
        day = datetime.strptime(text or "", "%Y-%m-%d").date()  # noqa: DTZ007 (a date)
    except ValueError:
        return None
    return day if is_in_reach(Month.of(day), today=today) else None
