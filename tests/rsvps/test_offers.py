"""How long an offer stands, when nobody is disturbed, and who is next."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.rsvps.offers import (
    Seats,
    is_last_day,
    share_out,
    terms,
)

QUIET = QuietHours(22, 8, "Europe/London")


def at(text: str) -> datetime:
    """Return a moment of December 2026, when London shows UTC: `12 08:00` or `12 08:00:30`."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-12-{day}T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "expected"), [("11 18:59:59", False), ("11 19:00", True), ("12 18:59", True)]
)
def test_the_last_day_begins_24_hours_before_the_start(now: str, expected: bool) -> None:
    assert is_last_day(at("12 19:00"), now=at(now)) is expected


@pytest.mark.parametrize(
    ("now", "starts", "allows", "told", "expires"),
    [
        # By day: four hours, or half of what is left.
        ("12 10:00", "12 19:00", False, "12 10:00", "12 14:00"),
        ("12 13:00", "12 19:00", False, "12 13:00", "12 16:00"),
        ("12 18:58", "12 19:00", False, "12 18:58", "12 18:59"),
        # Journey J7: freed at 02:10 for 19:00 of the same day.
        ("12 02:10", "12 19:00", False, "12 08:00", "12 12:00"),
        ("12 02:10", "12 19:00", True, "12 08:00", "12 12:00"),
        # Within twelve hours, who allows it hears at night.
        ("12 02:10", "12 12:00", True, "12 02:10", "12 06:10"),
        ("12 02:10", "12 12:00", False, "12 08:00", "12 10:00"),
        ("12 02:10", "12 14:10", True, "12 08:00", "12 11:05"),
        # The morning would be too late: nobody is woken, but the page shows the offer.
        ("12 02:10", "12 08:29", False, None, "12 05:19:30"),
        ("12 02:10", "12 08:30", False, "12 08:00", "12 08:15"),
        ("12 02:00", "12 07:00", False, None, "12 04:30"),
    ],
)
def test_how_long_an_offer_stands(
    now: str, starts: str, allows: bool, told: str | None, expires: str
) -> None:
    found = terms(at(starts), now=at(now), quiet=QUIET, allows_night_notices=allows)
    assert found == (at(told) if told else None, at(expires))


@dataclass(frozen=True)
class Somebody:
    name: str
    is_first_time: bool = False


A, B, C = Somebody("a"), Somebody("b"), Somebody("c")
NEW = Somebody("new", is_first_time=True)


@pytest.mark.parametrize(
    ("seats", "waiting", "expected"),
    [
        (Seats(2), [A, B, C], [A, B]),
        (Seats(2, taken=2), [A], []),
        (Seats(2, taken=3), [A], []),
        (Seats(None, taken=50), [A, B], [A, B]),
        # One place of three is kept for newcomers.
        (Seats(3, taken=2, kept=1), [A, B], []),
        (Seats(3, taken=2, kept=1), [A, NEW, B], [NEW]),
        (Seats(3, taken=1, kept=1), [A, NEW, B], [A, NEW]),
        # A newcomer who is in fills it.
        (Seats(3, taken=2, newcomers=1, kept=1), [A, NEW], [A]),
        (Seats(3, taken=1, newcomers=0, kept=3), [A, NEW], [NEW]),
    ],
)
def test_who_gets_a_place(seats: Seats, waiting: list[Somebody], expected: list[Somebody]) -> None:
    assert share_out(seats, waiting) == expected


def test_a_companion_needs_a_place_as_well() -> None:
    assert Seats(2, taken=1).has_room_for(1, is_newcomer=False)
    assert not Seats(2, taken=1).has_room_for(2, is_newcomer=False)
