import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportgroups.clock import (
    RepeatedLocalTime,
    SkippedLocalTime,
    is_zone,
    to_utc,
    to_zone,
    utc_now,
    zone_names,
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("shown", "zone", "moment"),
    [
        ("2026-12-01 19:00", "Europe/London", "2026-12-01 19:00"),
        ("2027-06-01 19:00", "Europe/London", "2027-06-01 18:00"),
        ("2026-12-01 19:00", "Asia/Kolkata", "2026-12-01 13:30"),
        ("2026-12-01 19:00", "UTC", "2026-12-01 19:00"),
        # The last minute before a gap, and the first after it.
        ("2027-03-28 00:59", "Europe/London", "2027-03-28 00:59"),
        ("2027-03-28 02:00", "Europe/London", "2027-03-28 01:00"),
        # The last minute before an hour that comes twice, and the first after it.
        ("2026-10-25 00:59", "Europe/London", "2026-10-24 23:59"),
        ("2026-10-25 02:00", "Europe/London", "2026-10-25 02:00"),
    ],
)
def test_a_wall_time_is_one_moment(shown, zone, moment):
    assert to_utc(wall(shown), zone) == wall(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "zone"),
    [
        ("2027-03-28 01:00", "Europe/London"),
        ("2027-03-28 01:59", "Europe/London"),
        # Ireland's winter time is the one that is "daylight saving", with a negative offset.
        ("2027-03-28 01:30", "Europe/Dublin"),
        ("2027-03-14 02:30", "America/New_York"),
        # Half an hour only.
        ("2026-10-04 02:15", "Australia/Lord_Howe"),
        # Samoa left out a whole day when it moved over the date line.
        ("2011-12-30 12:00", "Pacific/Apia"),
    ],
)
def test_a_skipped_time_is_told_apart(shown, zone):
    with pytest.raises(SkippedLocalTime):
        to_utc(wall(shown), zone)


@pytest.mark.parametrize(
    ("shown", "zone"),
    [
        ("2026-10-25 01:00", "Europe/London"),
        ("2026-10-25 01:59", "Europe/London"),
        ("2026-10-25 01:30", "Europe/Dublin"),
        ("2026-11-01 01:30", "America/New_York"),
        ("2027-04-04 01:45", "Australia/Lord_Howe"),
    ],
)
def test_a_repeated_time_is_told_apart(shown, zone):
    with pytest.raises(RepeatedLocalTime):
        to_utc(wall(shown), zone)


@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(sorted(zone_names())),
)
def test_what_a_clock_shows_leads_back_to_the_moment(moment, zone):
    moment = moment.replace(tzinfo=UTC)
    shown = to_zone(moment, zone).replace(tzinfo=None, fold=0)
    try:
        assert to_utc(shown, zone) == moment
    except RepeatedLocalTime:
        # It was shown twice: the other time is no further away than clocks are ever turned.
        others = [
            to_zone(moment + timedelta(minutes=minutes), zone).replace(tzinfo=None, fold=0)
            for minutes in range(-180, 181, 30)
            if minutes
        ]
        assert shown in others


@pytest.mark.parametrize("name", ["Europe/London", "America/Argentina/Buenos_Aires", "UTC"])
def test_people_can_choose_zones_of_places(name):
    assert is_zone(name)


@pytest.mark.parametrize(
    "name",
    ["", "London", "EST", "Etc/GMT+5", "US/Eastern", "Europe/Atlantis", "../Europe/London", "utc"],
)
def test_nothing_else_is_a_zone(name):
    assert not is_zone(name)


def test_the_machine_s_own_zone_files_are_never_read():
    assert zoneinfo.TZPATH == ()


def test_now_is_aware():
    assert utc_now().tzinfo is UTC
