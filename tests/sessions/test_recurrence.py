from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, to_utc, to_zone, zone_names
from supportgroups.sessions.recurrence import (
    LAST_DAY,
    MonthDayRule,
    MonthlyWeekdayRule,
    Timetable,
    WeeklyRule,
    end_by_rule,
    fits,
    next_starts,
    parse_rule,
    starts_between,
    to_utc_by_rule,
)
from tests.sessions.random_schedules import (
    FACTOR,
    plans,
    read_by_others,
    schedules,
    walls,
    zones,
)

TUESDAY = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)
WEEK = timedelta(weeks=1)


class TestRule:
    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            (WeeklyRule(weekdays=frozenset({1})), "FREQ=WEEKLY;BYDAY=TU;WKST=MO"),
            (
                WeeklyRule(weekdays=frozenset({6, 2}), interval=2),
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU;WKST=MO",
            ),
            (
                WeeklyRule(weekdays=frozenset({0}), until=date(2027, 3, 1)),
                "FREQ=WEEKLY;UNTIL=20270301T235959;BYDAY=MO;WKST=MO",
            ),
            (
                MonthlyWeekdayRule(nth=2, weekday=1, count=10),
                "FREQ=MONTHLY;COUNT=10;BYDAY=2TU;WKST=MO",
            ),
            (MonthlyWeekdayRule(nth=-1, weekday=4), "FREQ=MONTHLY;BYDAY=-1FR;WKST=MO"),
            (MonthDayRule(day=15), "FREQ=MONTHLY;BYMONTHDAY=15;WKST=MO"),
            (MonthDayRule(day=LAST_DAY), "FREQ=MONTHLY;BYMONTHDAY=-1;WKST=MO"),
            (MonthDayRule(day=31), "FREQ=MONTHLY;BYMONTHDAY=31;WKST=MO"),
            (
                MonthDayRule(day=30, ends_short_months=True),
                "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1;WKST=MO",
            ),
        ],
    )
    def test_it_is_written_as_an_rrule(self, rule, words):
        assert rule.as_rrule() == words

    @given(planned=plans())
    def test_it_is_read_back(self, planned):
        assert parse_rule(planned.rule.as_rrule()) == planned.rule

    @given(planned=plans())
    def test_what_it_begins_with_fits(self, planned):
        assert fits(planned.rule, planned.first)

    @pytest.mark.parametrize(
        "rule",
        [
            WeeklyRule(weekdays=frozenset({0, 2})),
            MonthlyWeekdayRule(nth=2, weekday=1),
            MonthDayRule(day=2),
            MonthDayRule(day=LAST_DAY),
        ],
    )
    def test_another_first_day_does_not(self, rule):
        assert not fits(rule, TUESDAY)


class TestNextStarts:
    @pytest.mark.parametrize(
        ("rule", "days"),
        [
            # Any of the coming weeks can be the first of every other one.
            (WeeklyRule(weekdays=frozenset({1}), interval=2), ["12-01", "12-08", "12-15"]),
            (WeeklyRule(weekdays=frozenset({0, 3})), ["12-03", "12-07", "12-10"]),
            (MonthlyWeekdayRule(nth=1, weekday=0), ["12-07", "01-04", "02-01"]),
            (MonthDayRule(day=31), ["12-31", "01-31", "03-31"]),
            (MonthDayRule(day=31, ends_short_months=True), ["12-31", "01-31", "02-28"]),
            (WeeklyRule(weekdays=frozenset({1}), count=1), ["12-01", "12-08", "12-15"]),
        ],
    )
    def test_they_are_where_it_could_begin(self, rule, days):
        found = next_starts(rule, TUESDAY, count=3)
        assert [f"{start:%m-%d}" for start in found] == days
        assert {start.time() for start in found} == {TUESDAY.time()}


class TestTimetable:
    def test_days_and_public_holidays_are_left_out(self):
        timetable = Timetable(
            first=datetime(2026, 12, 4, 19, 0),  # noqa: DTZ001
            rrule=WeeklyRule(weekdays=frozenset({4}), count=6).as_rrule(),
            skipped=frozenset({date(2026, 12, 11)}),
            country="GB",
            region="SCT",
        )
        found = timetable.starts_between(after=None, until=TUESDAY + 20 * WEEK)
        # 25 December and 1 January are holidays, and the count goes by the rule.
        assert [f"{start:%m-%d}" for start in found] == ["12-04", "12-18", "01-08"]
        assert len(timetable.starts_by_rule(after=None, until=TUESDAY + 20 * WEEK)) == 6

    def test_a_list_of_dates_is_taken_as_it_stands(self):
        dates = (TUESDAY, TUESDAY + WEEK, TUESDAY + 5 * WEEK)
        timetable = Timetable(first=TUESDAY, dates=dates)
        found = timetable.starts_between(after=TUESDAY, until=TUESDAY + 5 * WEEK)
        assert found == list(dates[1:])
        assert timetable.last_listed == dates[-1]

    def test_an_unknown_country_has_no_holidays(self):
        timetable = Timetable(first=datetime(2026, 12, 25, 19, 0), country="XX")  # noqa: DTZ001
        assert not timetable.is_left_out(date(2026, 12, 25))


class TestStartsBetween:
    @pytest.mark.parametrize(
        ("after", "until", "weeks"),
        [
            (None, TUESDAY + 3 * WEEK, [0, 1, 2, 3]),
            # The start is open, the end is not.
            (TUESDAY, TUESDAY + 2 * WEEK, [1, 2]),
            (TUESDAY + WEEK, TUESDAY + WEEK, []),
            (None, TUESDAY + 2 * WEEK - timedelta(minutes=1), [0, 1]),
            (None, TUESDAY - timedelta(minutes=1), []),
        ],
    )
    def test_only_what_is_asked_for(self, after, until, weeks):
        rule = WeeklyRule(weekdays=frozenset({1})).as_rrule()
        found = starts_between(rule, TUESDAY, after=after, until=until)
        assert found == [TUESDAY + week * WEEK for week in weeks]

    @pytest.mark.parametrize(
        ("after", "until", "found"),
        [
            (None, TUESDAY, [TUESDAY]),
            (TUESDAY, TUESDAY + WEEK, []),
            (None, TUESDAY - WEEK, []),
        ],
    )
    def test_a_single_date(self, after, until, found):
        assert starts_between(None, TUESDAY, after=after, until=until) == found

    @pytest.mark.parametrize(("days", "weeks"), [(0, [0]), (6, [0]), (7, [0, 1]), (13, [0, 1])])
    def test_the_last_day_counts_whole(self, days, weeks):
        rule = WeeklyRule(
            weekdays=frozenset({1}), until=TUESDAY.date() + timedelta(days=days)
        ).as_rrule()
        found = starts_between(rule, TUESDAY, after=None, until=TUESDAY + 9 * WEEK)
        assert found == [TUESDAY + week * WEEK for week in weeks]

    @given(planned=plans())
    def test_the_wall_clock_never_moves(self, planned):
        rule, first = planned
        found = starts_between(rule.as_rrule(), first, after=None, until=first + 60 * WEEK)
        assert found[0] == first
        assert {start.time() for start in found} == {first.time()}
        assert all(rule.until is None or start.date() <= rule.until for start in found)
        assert len(found) <= (rule.count or len(found))

    @given(planned=plans(), weeks=st.integers(0, 60))
    def test_it_can_be_taken_up_anywhere(self, planned, weeks):
        """Two halves, made at different times, are the whole."""
        first, rrule = planned.first, planned.rule.as_rrule()
        middle, end = first + weeks * WEEK, first + 60 * WEEK
        whole = starts_between(rrule, first, after=None, until=end)
        halves = starts_between(rrule, first, after=None, until=middle)
        assert halves + starts_between(rrule, first, after=middle, until=end) == whole


class TestMoments:
    @settings(max_examples=1000 * FACTOR)
    @given(schedule=schedules(), zone=zones)
    def test_another_calendar_finds_the_same_moments(self, schedule, zone):
        until = schedule.first + 60 * WEEK
        starts = schedule.timetable.starts_between(after=None, until=until)
        ours = sorted(to_utc_by_rule(start, zone) for start in starts)
        assert read_by_others(schedule, zone, until=until) == ours

    @pytest.mark.parametrize(
        ("wall", "moment"),
        [
            ("2027-03-28 01:30", "2027-03-28 01:30"),
            ("2026-10-25 01:30", "2026-10-25 00:30"),
            ("2026-12-01 19:00", "2026-12-01 19:00"),
        ],
        ids=["skipped", "repeated", "plain"],
    )
    def test_a_rule_decides_where_nobody_can_be_asked(self, wall, moment):
        found = to_utc_by_rule(datetime.fromisoformat(wall), "Europe/London")
        assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)

    @given(wall=walls, zone=st.sampled_from(sorted(zone_names())))
    def test_it_agrees_with_the_clock_where_there_is_one_answer(self, wall, zone):
        try:
            assert to_utc_by_rule(wall, zone) == to_utc(wall, zone)
        except (SkippedLocalTime, RepeatedLocalTime):
            assert abs(to_utc_by_rule(wall, zone) - wall.replace(tzinfo=UTC)) < timedelta(hours=27)


class TestEnd:
    @pytest.mark.parametrize(
        ("first", "minutes", "shown"),
        [
            # In 2027 the clocks of London go forward on 28 March and back on 31 October, at 1:00.
            ("2027-03-20 23:00", 210, "2027-03-21 02:30"),
            ("2027-03-27 23:00", 210, "2027-03-28 02:30"),
            ("2027-10-30 23:00", 210, "2027-10-31 02:30"),
            # Half past one is skipped: the clocks then show half past two.
            ("2027-03-28 00:30", 60, "2027-03-28 02:30"),
            # Half past one comes twice: it ends at the first.
            ("2027-10-31 00:30", 60, "2027-10-31 01:30"),
        ],
    )
    def test_it_is_the_one_that_was_typed(self, first, minutes, shown):
        length = timedelta(minutes=minutes)
        ends_at = end_by_rule(datetime.fromisoformat(first), length, "Europe/London")
        assert to_zone(ends_at, "Europe/London").strftime("%Y-%m-%d %H:%M") == shown

    @given(first=walls, minutes=st.integers(1, 24 * 60), zone=st.sampled_from(sorted(zone_names())))
    def test_it_comes_after_the_start(self, first, minutes, zone):
        ends_at = end_by_rule(first, timedelta(minutes=minutes), zone)
        assert ends_at > to_utc_by_rule(first, zone)
