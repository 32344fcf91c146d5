"""Twenty tables of schedules that are awkward to say, for the golden files of every language."""

from datetime import date, datetime, time, timedelta

from supportgroups.sessions.recurrence import (
    LAST_DAY,
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    Timetable,
    WeeklyRule,
    next_starts,
)

TODAY = date(2026, 11, 23)
EVENING = time(19)
LENGTH = timedelta(minutes=90)


def by_rule(rule: Rule, starts: time = EVENING, **more: object) -> Timetable:
    """Return a schedule by a rule, from its first day after today on."""
    (first,) = next_starts(rule, datetime.combine(TODAY + timedelta(days=1), starts), count=1)
    return Timetable(first=first, rrule=rule.as_rrule(), **more)  # type: ignore[arg-type]


def on_dates(*days: str, starts: time = EVENING, last: time | None = None) -> Timetable:
    """Return a schedule on listed dates, the last of them perhaps at another time."""
    found = [datetime.combine(date.fromisoformat(day), starts) for day in days]
    if last is not None:
        found[-1] = datetime.combine(found[-1].date(), last)
    return Timetable(first=found[0], dates=tuple(found))


def weekly(*weekdays: int, **more: object) -> WeeklyRule:
    """Return a weekly rule on these weekdays."""
    return WeeklyRule(weekdays=frozenset(weekdays), **more)  # type: ignore[arg-type]


def skipping(*days: str) -> dict[str, object]:
    """Return which days a schedule leaves out."""
    return {"skipped": frozenset(date.fromisoformat(day) for day in days)}


HOLIDAYS: dict[str, object] = {"country": "GB"}
TUESDAY = weekly(1)

#: Title of a table → the schedules in it.
TABLES: dict[str, list[Timetable]] = {
    "every week": [by_rule(weekly(day)) for day in range(7)],
    "on two days and more": [
        by_rule(weekly(1, 3)),
        by_rule(weekly(0, 2, 4)),
        by_rule(weekly(5, 6)),
    ],
    "on every day": [by_rule(weekly(*range(7))), by_rule(weekly(*range(5)))],
    "every second week": [by_rule(weekly(day, interval=2)) for day in (1, 5, 6)],
    "every few weeks": [by_rule(weekly(1, interval=number)) for number in (3, 4, 12)],
    "every few weeks on two days": [by_rule(weekly(1, 3, interval=number)) for number in (2, 3)],
    "which weekday of the month": [
        by_rule(MonthlyWeekdayRule(nth=nth, weekday=1)) for nth in (1, 2, 3, 4, -1)
    ],
    "which weekday, every few months": [
        by_rule(MonthlyWeekdayRule(nth=nth, weekday=6, interval=months))
        for nth, months in ((1, 2), (2, 3), (3, 6), (4, 12), (-1, 2))
    ],
    "which day of the month": [by_rule(MonthDayRule(day=day)) for day in (1, 2, 3, 4, 11, 21, 28)],
    "days that some months lack": [
        by_rule(MonthDayRule(day=day, ends_short_months=ends))
        for day in (29, 30, 31)
        for ends in (True, False)
    ],
    "the last day": [
        by_rule(MonthDayRule(day=LAST_DAY)),
        by_rule(MonthDayRule(day=LAST_DAY, interval=3)),
    ],
    "which day, every few months": [
        by_rule(MonthDayRule(day=15, interval=2)),
        by_rule(MonthDayRule(day=31, ends_short_months=True, interval=2)),
        by_rule(MonthDayRule(day=31, interval=3)),
    ],
    "once": [
        on_dates("2026-12-01"),
        on_dates("2027-01-01"),
        on_dates("2026-12-06", starts=time(9, 5)),
    ],
    "a few dates": [
        on_dates("2026-12-01", "2026-12-08"),
        on_dates("2026-12-01", "2026-12-08", "2027-01-05"),
        on_dates("2026-12-01", "2026-12-08", last=time(10)),
    ],
    "many dates": [
        on_dates(*(f"2026-12-{day:02}" for day in range(1, 9))),
        on_dates(*(f"2027-0{month}-01" for month in range(1, 7))),
    ],
    "an end": [
        by_rule(weekly(1, until=date(2026, 12, 15))),
        by_rule(weekly(1, until=date(2027, 3, 2))),
        by_rule(weekly(1, count=1)),
        by_rule(weekly(1, interval=2, count=8)),
        by_rule(MonthlyWeekdayRule(nth=-1, weekday=4, count=3)),
    ],
    "days left out": [
        by_rule(TUESDAY, **skipping("2026-12-22")),
        by_rule(TUESDAY, **skipping("2026-12-22", "2026-12-29")),
        by_rule(TUESDAY, **skipping("2026-12-22", "2026-12-29", "2027-01-05")),
        by_rule(TUESDAY, **skipping("2026-11-03")),
    ],
    "many days left out": [
        by_rule(TUESDAY, **skipping(*(f"2027-0{month}-05" for month in range(1, number))))
        for number in (5, 6, 8)
    ],
    "public holidays": [
        by_rule(weekly(4), **HOLIDAYS),
        by_rule(weekly(4), **HOLIDAYS, **skipping("2026-12-11")),
        by_rule(weekly(4, until=date(2026, 12, 18)), **HOLIDAYS, **skipping("2026-12-11")),
    ],
    "times of the day": [
        by_rule(TUESDAY, time(0)),
        by_rule(TUESDAY, time(9, 5)),
        by_rule(TUESDAY, time(12)),
        by_rule(TUESDAY, time(23, 30)),
    ],
}
