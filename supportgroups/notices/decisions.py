"""When somebody hears of something, and by which way: one rule, without a database or a clock."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from supportgroups.accounts.models import Channel
from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.clock import to_zone
from supportgroups.outbox.notice import Notice, Topic

#: Only for a start this near are quiet hours broken.
WORTH_WAKING_FOR = timedelta(hours=12)
#: Whoever reads of a change in the weekly letter has so much time left at least.
IN_GOOD_TIME = timedelta(hours=48)
#: So long devices have to take a note that comes alone; then the letter takes over.
NOTE_LIMIT = timedelta(minutes=10)
#: The weekly letter comes on Sunday at five in the afternoon, or when quiet hours are over.
DIGEST_DAY, DIGEST_TIME = 6, time(17)
A_WEEK = timedelta(days=7)


class Way(StrEnum):
    """How somebody hears of something."""

    LETTER = "letter"
    #: A letter, and a note on each device that gets notes.
    BOTH = "both"
    #: Only a note, unless no device takes it.
    NOTE = "note"
    #: Only in the letter of the week.
    DIGEST = "digest"
    NOT_AT_ALL = "not at all"


class Choices(NamedTuple):
    """What somebody has chosen, as far as it decides about one piece of news."""

    quiet: QuietHours
    stopped: frozenset[Topic] = frozenset()
    #: They want to hear little of the group that it is about.
    is_muted: bool = False
    wants_digest: bool = False
    #: A device of theirs gets notes, so what follows counts.
    has_device: bool = False
    reminders_by: Channel = Channel.BOTH
    changes_by: Channel = Channel.BOTH
    other_news_by: Channel = Channel.BOTH


class Decision(NamedTuple):
    """By which way it comes, and not before when."""

    way: Way
    due_at: datetime


def decide(notice: Notice, choices: Choices, *, now: datetime) -> Decision:
    """Return how and when somebody with these choices hears of something.

    What one has to know always comes. In quiet hours it waits until they are over, unless a
    session is concerned that starts within twelve hours. What the weekly letter tells two days
    before it matters comes by that alone, if they want one.
    """
    if notice.topic is not None and (choices.is_muted or notice.topic in choices.stopped):
        return Decision(Way.NOT_AT_ALL, now)
    if choices.wants_digest and notice.digest_before is not None:
        digest_at = next_digest(now, choices.quiet)
        if digest_at + IN_GOOD_TIME <= notice.digest_before:
            return Decision(Way.DIGEST, digest_at)
    is_pressing = notice.hurries_for is not None and notice.hurries_for - now < WORTH_WAKING_FOR
    due_at = now if is_pressing else choices.quiet.over(now)
    return Decision(_letter_or_note(notice, choices, due_at), due_at)


def _letter_or_note(notice: Notice, choices: Choices, due_at: datetime) -> Way:
    """Return whether a letter comes, a note, or both.

    A note alone tells only what the site shows as well, and only while a missed one does no harm:
    not within two days of a changed session, nor so near to quiet hours that a letter could not
    take over.
    """
    if not choices.has_device:
        return Way.LETTER
    is_harmless = not choices.quiet.hold(due_at + NOTE_LIMIT)
    if notice.topic is Topic.REMINDERS:
        channel = choices.reminders_by
    elif notice.digest_before is not None:
        channel = choices.changes_by
        is_harmless &= due_at + IN_GOOD_TIME < notice.digest_before
    else:
        channel, is_harmless = choices.other_news_by, False
    return Way.BOTH if channel is Channel.NOTE and not is_harmless else Way(channel)


def last_digest(now: datetime, quiet: QuietHours) -> datetime:
    """Return the newest moment for a weekly letter that is not after `now`."""
    return max(moment for moment in _digests_around(now, quiet) if moment <= now)


def next_digest(now: datetime, quiet: QuietHours) -> datetime:
    """Return the first moment for a weekly letter after `now`."""
    return min(moment for moment in _digests_around(now, quiet) if moment > now)


def _digests_around(now: datetime, quiet: QuietHours) -> list[datetime]:
    """Return the moments of four weeks, of which at least one lies before `now` and one after."""
    today = to_zone(now, quiet.zone).date()
    sunday = today - timedelta(days=(today.weekday() - DIGEST_DAY) % 7)
    return [
        quiet.over(
            datetime.combine(sunday + weeks * A_WEEK, DIGEST_TIME, ZoneInfo(quiet.zone)).astimezone(
                UTC
            )
        )
        for weeks in (-2, -1, 0, 1)
    ]
