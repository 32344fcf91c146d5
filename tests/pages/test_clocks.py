from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from supportgroups.clock import to_utc
from supportgroups.pages.clocks import find_gaps


@dataclass
class Gathering:
    starts_at: datetime
    time_zone: str

    @property
    def ends_at(self):
        return self.starts_at + timedelta(hours=1)


def wall(*parts):
    return datetime(*parts)  # noqa: DTZ001


def gathering(day, zone, hour=20):
    return Gathering(to_utc(datetime.combine(day, time(hour)), zone), zone)


def every_week(first, zone, count):
    return [gathering(first + timedelta(weeks=index), zone) for index in range(count)]


def test_new_york_changes_its_clocks_two_weeks_before_london():
    (gap,) = find_gaps(every_week(date(2027, 3, 4), "America/New_York", 5), zone="Europe/London")
    assert gap.first_day == date(2027, 3, 14)
    assert gap.last_day == date(2027, 3, 27)
    # Eight in the evening there is midnight here, where it was one o'clock and will be again.
    assert gap.there == wall(2027, 3, 18, 20)
    assert gap.here == wall(2027, 3, 19, 0)
    assert gap.here_before == wall(2027, 3, 19, 1)
    assert (gap.zone, gap.other) == ("Europe/London", "America/New_York")


def test_in_autumn_it_is_a_week():
    (gap,) = find_gaps([gathering(date(2026, 10, 27), "America/New_York")], zone="Europe/London")
    assert (gap.first_day, gap.last_day) == (date(2026, 10, 25), date(2026, 10, 31))
    assert (gap.here, gap.here_before) == (wall(2026, 10, 28, 0), wall(2026, 10, 28, 1))


@pytest.mark.parametrize("first", [date(2026, 12, 3), date(2027, 4, 1), date(2027, 7, 1)])
def test_otherwise_nothing_is_said(first):
    assert find_gaps(every_week(first, "America/New_York", 8), zone="Europe/London") == []


def test_where_the_clocks_never_change_people_are_told_for_a_week():
    def told(day):
        return find_gaps([gathering(day, "Asia/Tokyo")], zone="Europe/London")

    (gap,) = told(date(2026, 10, 28))
    assert (gap.first_day, gap.last_day) == (date(2026, 10, 25), None)
    assert (gap.here, gap.here_before) == (wall(2026, 10, 28, 11), wall(2026, 10, 28, 12))
    assert told(date(2026, 10, 24)) == []
    assert told(date(2026, 11, 2)) == []


def test_on_two_halves_of_the_earth_the_weeks_between_are_the_unusual_ones():
    # Eleven hours in winter, nine in summer, ten for some weeks in between.
    sydney = every_week(date(2027, 3, 3), "Australia/Sydney", 12)
    (gap,) = find_gaps(sydney, zone="Europe/London")
    assert (gap.first_day, gap.last_day) == (date(2027, 3, 28), date(2027, 4, 3))
    assert gap.here_before - gap.here == timedelta(hours=-1)


def test_each_zone_is_told_once_and_ones_own_never():
    held = [
        *every_week(date(2027, 3, 15), "America/New_York", 2),
        *every_week(date(2027, 3, 15), "America/Chicago", 2),
        *every_week(date(2027, 3, 15), "Europe/London", 2),
        *every_week(date(2027, 3, 15), "Europe/Paris", 2),
    ]
    gaps = find_gaps(held, zone="Europe/London")
    assert [gap.other for gap in gaps] == ["America/New_York", "America/Chicago"]


def test_a_session_in_the_last_minute_before_the_change_is_as_usual():
    change = datetime(2027, 3, 14, 7, tzinfo=UTC)
    before = Gathering(change - timedelta(minutes=1), "America/New_York")
    assert find_gaps([before], zone="Europe/London") == []
    after = Gathering(change, "America/New_York")
    assert len(find_gaps([after], zone="Europe/London")) == 1


def test_no_sessions_no_words():
    assert find_gaps([], zone="Europe/London") == []
