"""What is left out of a feed that is too long."""

from supportgroups.calendars import feeds
from supportgroups.calendars.feeds import MOST_BYTES, MOST_EVENTS, fit


def events(prefix: str, number: int, size: int = 10) -> list[bytes]:
    return [f"{prefix}{index}".encode().ljust(size) for index in range(number)]


def names(fitting: list[bytes]) -> list[str]:
    return [event.decode().strip() for event in fitting]


def test_all_of_a_short_feed_stays_in_the_order_of_time() -> None:
    assert names(fit(events("p", 2), events("c", 2))) == ["p1", "p0", "c0", "c1"]


def test_a_full_feed_stays_whole() -> None:
    assert len(fit(events("p", 400), events("c", 400))) == MOST_EVENTS


def test_the_far_future_goes_first() -> None:
    kept = names(fit(events("p", 100), events("c", 800)))
    assert len(kept) == MOST_EVENTS
    assert kept[:100] == [f"p{index}" for index in reversed(range(100))]
    assert kept[-1] == "c699"


def test_a_long_past_takes_a_quarter_from_what_is_to_come() -> None:
    kept = names(fit(events("p", 800), events("c", 800)))
    assert kept[0] == "p199"
    assert kept[199] == "p0"
    assert kept[200] == "c0"
    assert kept[-1] == "c599"


def test_a_long_past_may_use_what_nobody_else_needs() -> None:
    kept = names(fit(events("p", 800), events("c", 100)))
    assert (kept[0], kept[-1], len(kept)) == ("p699", "c99", MOST_EVENTS)


def test_large_events_are_counted_by_their_bytes() -> None:
    kept = fit(events("p", 30, size=10_000), events("c", 60, size=10_000))
    assert sum(map(len, kept)) <= MOST_BYTES
    assert names(kept)[0] == "p16"
    assert names(kept)[-1] == "c52"


def test_the_caps_are_those_of_the_design() -> None:
    assert (feeds.MOST_EVENTS, feeds.MOST_BYTES) == (800, 700_000)
