from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from supportgroups.formatting import (
    ago,
    calendar_day,
    clock,
    day,
    stamp,
    time_range,
    weekday_name,
    when,
    zone_name,
)

pytestmark = pytest.mark.usefixtures("request_context")

WINTER = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
SUMMER = datetime(2027, 6, 1, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(hours=23), "today"),
        (timedelta(hours=-1), "today"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=21), "3 weeks ago"),
        (timedelta(days=200), "7 months ago"),
    ],
)
def test_how_long_ago_something_was(passed, words):
    assert ago(WINTER, WINTER + passed) == words


@dataclass
class Gathering:
    starts_at: datetime
    ends_at: datetime
    time_zone: str


@pytest.mark.parametrize(
    ("moment", "zone", "day_words", "time_words", "short"),
    [
        (WINTER, "Europe/London", "Tuesday 1 December 2026", "19:00", "1 Dec 2026, 19:00"),
        (SUMMER, "Europe/London", "Tuesday 1 June 2027", "19:00", "1 Jun 2027, 19:00"),
        (WINTER, "Asia/Tokyo", "Wednesday 2 December 2026", "04:00", "2 Dec 2026, 04:00"),
        (WINTER, "America/New_York", "Tuesday 1 December 2026", "14:00", "1 Dec 2026, 14:00"),
    ],
)
def test_a_moment_reads_as_the_clocks_of_the_zone_show_it(
    moment, zone, day_words, time_words, short
):
    assert day(moment, zone) == day_words
    assert clock(moment, zone) == time_words
    assert stamp(moment, zone) == short


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/London", "London time"),
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_reads_as_its_city(zone, words):
    assert zone_name(zone) == words


def test_a_date_has_no_weekday():
    assert calendar_day(date(2026, 12, 1)) == "1 December 2026"


def test_weekdays_begin_on_monday():
    assert [weekday_name(number) for number in (0, 6)] == ["Monday", "Sunday"]


def test_a_session_reads_in_its_own_zone():
    gathering = Gathering(WINTER, WINTER + timedelta(minutes=90), "Europe/London")
    assert time_range(gathering) == "19:00–20:30"
    assert when(gathering) == "Tuesday 1 December 2026, 19:00–20:30 (London time)"


def test_templates_know_them_all(plain_app):
    names = {"calendar_day", "day", "clock", "stamp", "zone_name", "time_range", "when"}
    assert names <= set(plain_app.jinja_env.filters)
