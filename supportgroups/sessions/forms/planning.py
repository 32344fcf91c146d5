"""From what organizers filled in to the schedule that it means, and back."""

from datetime import date, datetime, time, timedelta
from itertools import chain, islice, repeat, takewhile
from typing import Any

from supportgroups.groups.holidays import is_holiday
from supportgroups.sessions.forms.schedules import Ends, Repeats, WhenFields
from supportgroups.sessions.models import Series, SeriesKind
from supportgroups.sessions.preview import Plan
from supportgroups.sessions.recurrence import (
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    Timetable,
    WeeklyRule,
    endless_starts,
    parse_rule,
)
from supportgroups.sessions.services.series import ListedDate


class Planned:
    """The schedule that a form means, once `check_when` has found nothing wrong with it."""

    def __init__(self, form: WhenFields, *, zone: str, country: str, region: str) -> None:
        """Read the form.

        :param country: whose public holidays it may leave out
        """
        self.zone, self.country, self.region = zone, country, region
        self.is_course = bool(form.is_course.data)
        self.length = timedelta(minutes=form.minutes.data)
        self.late_join_until = form.late_join_until.data if self.is_course else None
        self._starts: time = form.starts.data
        self._topics = (form.topics.data or "").splitlines() if self.is_course else []
        self.skips = _skips(form) if form.is_repeating else {}
        self.skips_holidays = form.is_repeating and bool(form.skips_holidays.data)
        self.first = self._at(form.first_day)
        #: How often it meets; what its dates are made from, where it is a course.
        self.rhythm = _with_end(form)
        self.dates = self._dates(form)
        # A course is its dates: whoever moves one does not move a rule.
        self.rule = None if self.is_course else self.rhythm

    @property
    def timetable(self) -> Timetable:
        """When it meets."""
        is_by_rule = self.rule is not None
        return Timetable(
            first=self.first,
            rrule=self.rule.as_rrule() if self.rule else None,
            dates=tuple(listed.wall_starts_at for listed in self.dates),
            skipped=frozenset(self.skips) if is_by_rule else frozenset(),
            country=self.country if is_by_rule and self.skips_holidays else "",
            region=self.region,
        )

    @property
    def plan(self) -> Plan:
        """What a preview needs to know of it."""
        return Plan(
            timetable=self.timetable,
            zone=self.zone,
            length=self.length,
            country=self.country,
            region=self.region,
            topics={listed.wall_starts_at: listed.topic for listed in self.dates},
            is_endless=self.rule is not None and (self.rule.until or self.rule.count) is None,
        )

    def values(self) -> dict[str, Any]:
        """Return what it says about when, as `SeriesDetails` names it."""
        is_by_rule = self.rule is not None
        return {
            "kind": SeriesKind.COURSE if self.is_course else SeriesKind.SCHEDULE,
            "rule": self.rule,
            "dates": self.dates,
            "wall_starts_at": self.dates[0].wall_starts_at if self.dates else self.first,
            "length_minutes": int(self.length.total_seconds() // 60),
            "time_zone": self.zone,
            # In a list each date is one that was meant.
            "skips": self.skips if is_by_rule else {},
            "skips_holidays": is_by_rule and self.skips_holidays,
            "late_join_until": self.late_join_until,
        }

    def _at(self, day: date | None) -> datetime:
        # check_when has seen that there is a first day.
        assert day is not None  # noqa: S101
        return datetime.combine(day, self._starts)

    def _dates(self, form: WhenFields) -> tuple[ListedDate, ...]:
        if form.repeats.data == Repeats.DATES:
            starts = [self._at(day) for day in form.listed_days]
        elif self.is_course:
            starts = self._starts_of_course(self.rhythm) if self.rhythm else [self.first]
        else:
            return ()
        topics = chain(self._topics, repeat(""))
        return tuple(
            ListedDate(wall_starts_at=start, topic=topic)
            for start, topic in zip(starts, topics, strict=False)
        )

    def _starts_of_course(self, rule: Rule) -> list[datetime]:
        """Return the dates of a course: as many as were asked for, around those left out."""
        starts = (
            start for start in endless_starts(rule, self.first) if not self._is_left_out(start)
        )
        if rule.until is not None:
            last = rule.until
            return list(takewhile(lambda start: start.date() <= last, starts))
        return list(islice(starts, rule.count))

    def _is_left_out(self, start: datetime) -> bool:
        day = start.date()
        if day in self.skips:
            return True
        return self.skips_holidays and is_holiday(day, self.country, self.region)


def _with_end(form: WhenFields) -> Rule | None:
    rule = form.rule()
    if rule is None or not form.is_repeating:
        return None
    until = form.until.data if form.ends.data == Ends.ON else None
    count = form.count.data if form.ends.data == Ends.AFTER else None
    return type(rule)(**{**vars(rule), "until": until, "count": count})


def _skips(form: WhenFields) -> dict[date, str]:
    reasons = [field.data or "" for field in form.skip_reasons]
    return {
        field.data: reason
        for field, reason in zip(form.skip_days, reasons, strict=False)
        if field.data
    }


def values_of(series: Series) -> dict[str, Any]:
    """Return how the form looks for another schedule like this one, with its first day to choose."""
    listed = [line for line in series.dates if not line.is_make_up]
    return {
        "starts": series.wall_starts_at.time(),
        "minutes": series.length_minutes,
        "skips_holidays": series.skips_holidays,
        "is_course": series.kind is SeriesKind.COURSE,
        "topics": "\n".join(line.topic for line in listed),
        "late_join_until": series.late_join_until,
        **_rhythm_of(series),
    }


def _rhythm_of(series: Series) -> dict[str, Any]:
    if series.rrule is None:
        count = sum(not line.is_make_up for line in series.dates)
        if not count:
            return {"repeats": Repeats.ONCE.value}
        weekdays = {line.wall_starts_at.weekday() for line in series.dates if not line.is_make_up}
        if series.kind is SeriesKind.COURSE and len(weekdays) == 1:
            # Most courses meet every week; their old dates are over anyway.
            return {
                "repeats": Repeats.WEEKLY.value,
                "weekdays": list(weekdays),
                "ends": Ends.AFTER.value,
                "count": count,
            }
        return {"repeats": Repeats.DATES.value}
    rule = parse_rule(series.rrule)
    ends = {"ends": Ends.AFTER.value, "count": rule.count} if rule.count else {}
    if isinstance(rule, WeeklyRule):
        repeats = Repeats.WEEKLY if rule.interval == 1 else Repeats.WEEKS
        rhythm = {"interval": max(rule.interval, 2), "weekdays": sorted(rule.weekdays)}
        return {"repeats": repeats.value, **rhythm, **ends}
    if isinstance(rule, MonthlyWeekdayRule):
        rhythm = {"nth": rule.nth, "weekday": rule.weekday, "months": rule.interval}
        return {"repeats": Repeats.MONTHLY_WEEKDAY.value, **rhythm, **ends}
    assert isinstance(rule, MonthDayRule)  # noqa: S101 (there is no fourth kind)
    return {
        "repeats": Repeats.MONTHLY_DAY.value,
        "month_day": rule.day,
        "short_months": "last" if rule.ends_short_months else "skip",
        "months": rule.interval,
        **ends,
    }
