"""The one rule about when somebody hears of something, by the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from supportgroups.accounts.models import Channel
from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.notices.decisions import Choices, Way, decide, last_digest, next_digest
from supportgroups.outbox.notice import Notice, Topic

LONDON, SYDNEY, NEW_YORK = "Europe/London", "Australia/Sydney", "America/New_York"
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """Return a moment in UTC, such as `2026-12-01 19:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def notice(**facts) -> Notice:
    return Notice(reader_id=1, **facts)


def choices(zone: str = LONDON, **facts) -> Choices:
    return Choices(quiet=QuietHours(22, 8, zone), **facts)


@pytest.mark.parametrize(
    ("now", "starts_at", "zone", "expected"),
    [
        # By day at once.
        ("2026-12-01 12:00", "2026-12-20 19:00", LONDON, "2026-12-01 12:00"),
        # In quiet hours it waits, unless the session begins within twelve hours.
        ("2026-12-01 23:00", "2026-12-20 19:00", LONDON, "2026-12-02 08:00"),
        ("2026-12-01 23:00", "2026-12-02 11:00", LONDON, "2026-12-02 08:00"),
        ("2026-12-01 23:00", "2026-12-02 10:59", LONDON, "2026-12-01 23:00"),
        ("2026-12-01 02:10", "2026-12-01 19:00", LONDON, "2026-12-01 08:00"),
        # The night is the reader's own: noon in London is 23:00 in Sydney and 07:00 in New York.
        ("2026-12-01 12:00", "2026-12-20 19:00", SYDNEY, "2026-12-01 21:00"),
        ("2026-12-01 12:00", "2026-12-20 19:00", NEW_YORK, "2026-12-01 13:00"),
        ("2026-12-01 12:00", "2026-12-01 19:00", SYDNEY, "2026-12-01 12:00"),
        # In the nights in which the clocks change, eight o'clock is eight on the wall.
        ("2026-10-25 00:30", "2026-12-20 19:00", LONDON, "2026-10-25 08:00"),
        ("2026-03-29 00:30", "2026-12-20 19:00", LONDON, "2026-03-29 07:00"),
    ],
)
def test_quiet_hours(now: str, starts_at: str, zone: str, expected: str) -> None:
    decision = decide(notice(hurries_for=at(starts_at)), choices(zone), now=at(now))
    assert decision == (Way.LETTER, at(expected))


def test_what_hurries_for_nothing_waits() -> None:
    assert decide(notice(), choices(), now=at("2026-12-01 23:00")).due_at == at("2026-12-02 08:00")


@pytest.mark.parametrize(
    ("topic", "chosen", "way"),
    [
        (None, {}, Way.LETTER),
        (Topic.DUTIES, {}, Way.LETTER),
        (Topic.DUTIES, {"stopped": frozenset({Topic.DUTIES})}, Way.NOT_AT_ALL),
        (Topic.DUTIES, {"stopped": frozenset({Topic.ANNOUNCEMENTS})}, Way.LETTER),
        (Topic.ANNOUNCEMENTS, {"is_muted": True}, Way.NOT_AT_ALL),
        # What somebody has to know comes whatever they chose.
        (None, {"is_muted": True, "stopped": frozenset(Topic)}, Way.LETTER),
    ],
)
def test_what_somebody_can_do_without(topic, chosen, way) -> None:
    found = decide(notice(topic=topic), choices(**chosen), now=at("2026-12-01 12:00"))
    assert found.way is way


@pytest.mark.parametrize(
    ("facts", "chosen", "way"),
    [
        ({"topic": Topic.REMINDERS}, {"reminders_by": Channel.NOTE}, Way.NOTE),
        ({"topic": Topic.REMINDERS}, {"reminders_by": Channel.LETTER}, Way.LETTER),
        ({"topic": Topic.REMINDERS}, {"changes_by": Channel.NOTE}, Way.BOTH),
        ({"digest_before": at("2026-12-03 12:01")}, {"changes_by": Channel.NOTE}, Way.NOTE),
        # Within two days, or where it asks for something, a note alone would not do.
        ({"digest_before": at("2026-12-03 12:00")}, {"changes_by": Channel.NOTE}, Way.BOTH),
        ({"digest_before": at("2026-12-03 12:00")}, {"changes_by": Channel.LETTER}, Way.LETTER),
        ({}, {"changes_by": Channel.NOTE, "reminders_by": Channel.NOTE}, Way.BOTH),
        ({}, {"other_news_by": Channel.LETTER}, Way.LETTER),
        ({}, {"other_news_by": Channel.NOTE}, Way.BOTH),
    ],
)
def test_letter_or_note(facts, chosen, way) -> None:
    now = at("2026-12-01 12:00")
    assert decide(notice(**facts), choices(has_device=True, **chosen), now=now) == (way, now)
    assert decide(notice(**facts), choices(**chosen), now=now) == (Way.LETTER, now)


@pytest.mark.parametrize(("now", "way"), [("21:49", Way.NOTE), ("21:50", Way.BOTH)])
def test_a_letter_can_always_take_over_before_quiet_hours(now, way) -> None:
    chosen = choices(has_device=True, reminders_by=Channel.NOTE)
    decision = decide(notice(topic=Topic.REMINDERS), chosen, now=at(f"2026-12-01 {now}"))
    assert decision.way is way


@pytest.mark.parametrize(
    ("now", "starts_at", "expected"),
    [
        # Tuesday; the letter of Sunday 6 December comes two days before Tuesday evening.
        ("2026-12-01 12:00", "2026-12-08 19:00", (Way.DIGEST, "2026-12-06 17:00")),
        ("2026-12-01 12:00", "2026-12-08 17:00", (Way.DIGEST, "2026-12-06 17:00")),
        ("2026-12-01 12:00", "2026-12-08 16:59", (Way.LETTER, "2026-12-01 12:00")),
        # Also at night, when a letter of its own would wait.
        ("2026-12-01 23:00", "2026-12-08 19:00", (Way.DIGEST, "2026-12-06 17:00")),
        ("2026-12-06 17:00", "2026-12-08 19:00", (Way.LETTER, "2026-12-06 17:00")),
        ("2026-12-06 17:00", "2026-12-20 19:00", (Way.DIGEST, "2026-12-13 17:00")),
    ],
)
def test_what_can_wait_for_the_weekly_letter(now, starts_at, expected) -> None:
    change = notice(hurries_for=at(starts_at), digest_before=at(starts_at))
    way, due_at = expected
    assert decide(change, choices(wants_digest=True), now=at(now)) == (way, at(due_at))
    assert decide(change, choices(), now=at(now)).way is Way.LETTER


@pytest.mark.parametrize(
    ("now", "quiet", "last", "next_"),
    [
        ("2026-12-01 12:00", (22, 8, LONDON), "2026-11-29 17:00", "2026-12-06 17:00"),
        ("2026-12-06 16:59", (22, 8, LONDON), "2026-11-29 17:00", "2026-12-06 17:00"),
        ("2026-12-06 17:00", (22, 8, LONDON), "2026-12-06 17:00", "2026-12-13 17:00"),
        # 17:00 in Sydney is 06:00 in London.
        ("2026-12-06 06:00", (22, 8, SYDNEY), "2026-12-06 06:00", "2026-12-13 06:00"),
        # Quiet from 16:00: on Monday morning at eight.
        ("2026-12-07 07:59", (16, 8, LONDON), "2026-11-30 08:00", "2026-12-07 08:00"),
        ("2026-12-07 08:00", (16, 8, LONDON), "2026-12-07 08:00", "2026-12-14 08:00"),
        # The week in which the clocks go back is an hour longer.
        ("2026-10-25 17:00", (22, 8, LONDON), "2026-10-25 17:00", "2026-11-01 17:00"),
        ("2026-10-25 16:59", (22, 8, LONDON), "2026-10-18 16:00", "2026-10-25 17:00"),
    ],
)
def test_the_weekly_letter_comes_on_sunday(now, quiet, last, next_) -> None:
    assert last_digest(at(now), QuietHours(*quiet)) == at(last)
    assert next_digest(at(now), QuietHours(*quiet)) == at(next_)
