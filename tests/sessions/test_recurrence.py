from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, to_utc, to_zone, zone_names
from supportgroups.sessions.recurrence import (
    MAX_INTERVAL,
    WeeklyRule,
    end_by_rule,
    in_words,
    starts_between,
    to_utc_by_rule,
)

TUESDAY = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)
WEEK = timedelta(weeks=1)

#: First starts on whole minutes, within what anybody plans.
walls = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001
    datetime(2031, 1, 1),  # noqa: DTZ001
).map(lambda wall: wall.replace(second=0, microsecond=0))
rules = st.builds(
    dict,
    interval=st.integers(1, MAX_INTERVAL),
    days_on=st.none() | st.integers(0, 400),
)


def rule_of(first, interval, days_on):
    until = None if days_on is None else first.date() + timedelta(days=days_on)
    return WeeklyRule(weekday=first.weekday(), interval=interval, until=until)


class TestRule:
    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            (WeeklyRule(weekday=1), "FREQ=WEEKLY;BYDAY=TU;WKST=MO"),
            (WeeklyRule(weekday=6, interval=2), "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=MO"),
            (
                WeeklyRule(weekday=0, until=date(2027, 3, 1)),
                "FREQ=WEEKLY;UNTIL=20270301T235959;BYDAY=MO;WKST=MO",
            ),
        ],
    )
    def test_it_is_written_as_an_rrule(self, rule, words):
        assert rule.as_rrule() == words

    @given(first=walls, rule=rules)
    def test_it_is_read_back(self, first, rule):
        rule = rule_of(first, **rule)
        assert WeeklyRule.parse(rule.as_rrule()) == rule

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            (None, "Once, on 1 December 2026"),
            (WeeklyRule(weekday=1), "Every week on Tuesday"),
            (WeeklyRule(weekday=6, interval=2), "Every 2 weeks on Sunday"),
            (
                WeeklyRule(weekday=1, interval=12, until=date(2027, 3, 1)),
                "Every 12 weeks on Tuesday, until 1 March 2027",
            ),
        ],
    )
    def test_it_reads_as_a_sentence(self, app, rule, words):
        assert in_words(rule and rule.as_rrule(), TUESDAY) == words


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
        rule = WeeklyRule(weekday=1).as_rrule()
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
        rule = WeeklyRule(weekday=1, until=TUESDAY.date() + timedelta(days=days)).as_rrule()
        found = starts_between(rule, TUESDAY, after=None, until=TUESDAY + 9 * WEEK)
        assert found == [TUESDAY + week * WEEK for week in weeks]

    @given(first=walls, rule=rules)
    def test_the_wall_clock_never_moves(self, first, rule):
        rule = rule_of(first, **rule)
        found = starts_between(rule.as_rrule(), first, after=None, until=first + 60 * WEEK)
        wanted = [
            first + number * rule.interval * WEEK for number in range(60 // rule.interval + 1)
        ]
        if rule.until is not None:
            wanted = [start for start in wanted if start.date() <= rule.until]
        assert found == wanted

    @given(first=walls, rule=rules, weeks=st.integers(0, 60))
    def test_it_can_be_taken_up_anywhere(self, first, rule, weeks):
        """Two halves, made at different times, are the whole."""
        rrule = rule_of(first, **rule).as_rrule()
        middle, end = first + weeks * WEEK, first + 60 * WEEK
        whole = starts_between(rrule, first, after=None, until=end)
        halves = starts_between(rrule, first, after=None, until=middle)
        assert halves + starts_between(rrule, first, after=middle, until=end) == whole


class TestMoments:
    @settings(max_examples=60)
    @given(first=walls, rule=rules, zone=st.sampled_from(sorted(zone_names())))
    def test_another_calendar_finds_the_same_moments(self, first, rule, zone):
        rule = rule_of(first, **rule)
        starts = starts_between(rule.as_rrule(), first, after=None, until=first + 60 * WEEK)
        ours = [to_utc_by_rule(start, zone) for start in starts]
        info = ZoneInfo(zone)
        event = Calendar.from_ical(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\nBEGIN:VEVENT\r\nUID:1\r\n"
            f"DTSTAMP:20260101T000000Z\r\nDTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}\r\n"
            f"RRULE:{in_utc(rule, info)}"
            "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        end = (first + 60 * WEEK + timedelta(minutes=1)).replace(tzinfo=info)
        found = recurring_ical_events.of(event).between(first.replace(tzinfo=info), end)
        theirs = sorted(event["DTSTART"].dt.astimezone(UTC) for event in found)
        assert theirs == ours

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


def in_utc(rule, info):
    """Return the rule as a calendar with a zone wants it: UNTIL is a moment (RFC 5545 §3.3.10)."""
    if rule.until is None:
        return rule.as_rrule()
    last = datetime.combine(rule.until, time(23, 59, 59), tzinfo=info).astimezone(UTC)
    return rule.as_rrule().replace(f"{rule.until:%Y%m%d}T235959", f"{last:%Y%m%dT%H%M%SZ}")


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
