"""Which days a feed covers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from supportgroups.calendars.window import Reach, Window

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("days", range(7))
class TestEveryDayOfAWeek:
    def test_the_window_rests(self, days: int) -> None:
        now = MONDAY + timedelta(days=days, hours=23, minutes=59)
        assert Window.at(now) == Window(date(2026, 11, 23))

    def test_it_holds_60_days_before_and_400_after(self, days: int) -> None:
        now = MONDAY + timedelta(days=days, hours=12)
        window = Window.at(now)
        assert window.starts_at <= now - timedelta(days=60)
        assert window.ends_at >= now + timedelta(days=400)
        assert window.starts_at.weekday() == 0

    def test_what_was_cancelled_stays_30_days(self, days: int) -> None:
        now = MONDAY + timedelta(days=days, hours=12)
        assert Window.at(now).cancelled_since <= now - timedelta(days=30)
        assert Window.at(now).cancelled_since > now - timedelta(days=37)


@pytest.mark.parametrize("days", range(7))
@pytest.mark.parametrize(("reach", "ahead"), [(Reach.QUARTER, 92), (Reach.HALF_YEAR, 184)])
def test_a_shorter_one_is_as_long_as_its_words(days: int, reach: Reach, ahead: int) -> None:
    now = MONDAY + timedelta(days=days, hours=23)
    window = replace(Window.at(now), reach=reach)
    assert window.ends_at >= now + timedelta(days=ahead)
    assert window.ends_at <= now + timedelta(days=ahead + 14)


def test_one_without_what_is_over_begins_this_week() -> None:
    window = replace(Window.at(MONDAY), has_past=False)
    assert window.starts_at == window.opened_at == MONDAY


def test_it_moves_on_monday() -> None:
    assert Window.at(MONDAY - timedelta(seconds=1)).monday == date(2026, 11, 16)
    assert Window.at(MONDAY).monday == date(2026, 11, 23)


def test_the_monday_is_that_of_utc() -> None:
    still_sunday = datetime(2026, 11, 23, 5, 0, tzinfo=timezone(timedelta(hours=8)))
    assert Window.at(still_sunday).monday == date(2026, 11, 16)
