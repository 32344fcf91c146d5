"""The hours in which nobody is disturbed, on clocks all over the world."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportgroups.accounts.quiet_hours import QuietHours

LONDON, SYDNEY, NEW_YORK = "Europe/London", "Australia/Sydney", "America/New_York"
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """Return a moment of December 2026, when London shows UTC: `12 08:00` or `12 07:59:59`."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-12-{day}T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "starts", "ends", "zone", "over"),
    [
        ("12 21:59:59", 22, 8, LONDON, "12 21:59:59"),
        ("12 22:00", 22, 8, LONDON, "13 08:00"),
        ("12 07:59:59", 22, 8, LONDON, "12 08:00"),
        ("12 08:00", 22, 8, LONDON, "12 08:00"),
        # 23:30 there, and 08:00.
        ("12 12:30", 22, 8, SYDNEY, "12 21:00"),
        ("12 21:00", 22, 8, SYDNEY, "12 21:00"),
        # 22:30 of the day before.
        ("12 03:30", 22, 8, NEW_YORK, "12 13:00"),
        # Somebody who works at night.
        ("12 12:00", 9, 17, LONDON, "12 17:00"),
        ("12 08:59", 9, 17, LONDON, "12 08:59"),
        ("12 17:00", 9, 17, LONDON, "12 17:00"),
        # From midnight, and until midnight.
        ("12 00:00", 0, 7, LONDON, "12 07:00"),
        ("12 23:59", 18, 0, LONDON, "13 00:00"),
        ("13 00:00", 18, 0, LONDON, "13 00:00"),
        # The same hour twice: none.
        ("12 03:00", 3, 3, LONDON, "12 03:00"),
    ],
)
def test_when_they_are_over(moment: str, starts: int, ends: int, zone: str, over: str) -> None:
    quiet = QuietHours(starts, ends, zone)
    assert quiet.over(at(moment)) == at(over)
    assert quiet.hold(at(moment)) is (moment != over)


@pytest.mark.parametrize(
    ("begins", "hours"),
    [("2026-10-24T21:00", 11), ("2026-03-28T22:00", 9), ("2026-12-12T22:00", 10)],
)
def test_a_night_in_which_the_clocks_change_ends_on_the_wall(begins: str, hours: int) -> None:
    moment = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert QuietHours(22, 8, LONDON).over(moment) - moment == hours * HOUR


@pytest.mark.parametrize(
    ("moment", "starts", "expected"),
    [("12 07:00", 22, "11 20:00"), ("12 23:00", 22, "12 20:00"), ("12 07:00", 0, "11 22:00")],
)
def test_what_cannot_wait_comes_before_they_begin(moment: str, starts: int, expected: str) -> None:
    assert QuietHours(starts, 8, LONDON).ahead(at(moment)) == at(expected)


@settings(max_examples=200, deadline=None)
@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    starts=st.integers(0, 23),
    length=st.integers(0, 16),
    zone=st.sampled_from(
        [LONDON, SYDNEY, NEW_YORK, "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"]
    ),
)
def test_after_them_it_is_quiet_no_more(
    moment: datetime, starts: int, length: int, zone: str
) -> None:
    quiet = QuietHours(starts, (starts + length) % 24, zone)
    now = moment.replace(tzinfo=UTC)
    over = quiet.over(now)
    assert now <= over <= now + (length + 1) * HOUR
    assert not quiet.hold(over)
    assert not quiet.hold(quiet.ahead(now))
