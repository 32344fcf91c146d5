"""Turns for letters to the same domain."""

from datetime import UTC, datetime, timedelta

from supportgroups.outbox import pace as pacing
from supportgroups.outbox.pace import BURST, Pace

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_some_go_at_once_and_the_others_one_after_the_other():
    pace = Pace(60)
    turns = [pace.turn("example.org", NOW) for _ in range(BURST + 3)]
    assert turns == [NOW] * BURST + [NOW + SECOND, NOW + 2 * SECOND, NOW + 3 * SECOND]


def test_each_domain_has_turns_of_its_own():
    pace = Pace(60)
    for _ in range(BURST + 5):
        pace.turn("example.org", NOW)
    assert pace.turn("example.com", NOW) == NOW


def test_a_domain_that_had_time_to_rest_takes_some_at_once_again():
    pace = Pace(60)
    for _ in range(BURST + 5):
        pace.turn("example.org", NOW)
    rested = NOW + (BURST + 5) * SECOND
    assert [pace.turn("example.org", rested) for _ in range(BURST)] == [rested] * BURST
    assert pace.turn("example.org", rested) == rested + SECOND


def test_no_pace_means_that_nobody_waits():
    pace = Pace(0)
    assert {pace.turn("example.org", NOW) for _ in range(1000)} == {NOW}


def test_domains_that_are_free_again_are_forgotten(monkeypatch):
    monkeypatch.setattr(pacing, "MANY_DOMAINS", 3)
    pace = Pace(60)
    for number in range(3):
        pace.turn(f"{number}.example", NOW + number * SECOND)
    pace.turn("new.example", NOW + 2 * SECOND)
    assert sorted(pace._taken_until) == ["2.example", "new.example"]
