"""Queueing reminders, and what people choose to hear of."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from supportgroups.accounts.models import Channel, Reminder, UserAccount
from supportgroups.clock import to_zone
from supportgroups.db import db, transaction, unfold_numbers
from supportgroups.groups.models import Membership
from supportgroups.groups.queries import list_memberships
from supportgroups.notices import queries
from supportgroups.notices.decisions import A_WEEK, last_digest
from supportgroups.notices.reminders import remind_at
from supportgroups.outbox.notice import Topic
from supportgroups.outbox.services.jobs import enqueue_each, enqueue_many
from supportgroups.rsvps.models import Rsvp
from supportgroups.sessions.models import GroupSession

#: A weekly letter that could not leave for so long waits for the next one.
DIGEST_WITHIN = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody wants to hear of, and when."""

    reminder: Reminder
    quiet_from: int
    quiet_until: int
    allows_night_notices: bool
    wants_digest: bool
    wants_duty_news: bool
    wants_announcements: bool
    shows_group_names: bool
    reminders_by: Channel
    changes_by: Channel
    other_news_by: Channel


@dataclass(frozen=True)
class GroupWishes:
    """What somebody wants to hear of one group."""

    #: None for when they are reminded elsewhere.
    reminder: Reminder | None
    is_muted: bool


@transaction()
def choose_news(actor: UserAccount, wishes: Wishes, *, of_groups: dict[int, GroupWishes]) -> None:
    """Keep what the actor wants to hear of.

    :param of_groups: the id of a group → what is wanted of it; others stay as they are
    """
    for name, value in vars(wishes).items():
        setattr(actor, name, value)
    for membership in list_memberships(actor):
        wanted = of_groups.get(membership.group_id)
        if wanted is not None:
            membership.reminder, membership.is_muted = wanted.reminder, wanted.is_muted


def queue_reminders(*, now: datetime) -> int:
    """Queue the reminders that are due; return how many people are written to.

    Who answered after the moment of the reminder needs none. In parts, each a transaction of its
    own: many people may have a session in the same hour, and nobody who answers meanwhile shall
    wait for all of them.
    """
    queued, after = 0, 0
    while (part := _queue_part(after, now=now)) is not None:
        queued, after = queued + part.queued, part.ends
    return queued


class _Part(NamedTuple):
    queued: int
    #: The last answer in it.
    ends: int


def _queue_part(after: int, *, now: datetime) -> _Part | None:
    """Queue the reminders that are due for the next answers after one; none when no more wait."""
    waiting = queries.list_not_reminded(after, now=now)
    due: dict[datetime, list[int]] = defaultdict(list)
    for wanted, rsvp_ids in waiting.items():
        moment = remind_at(*wanted)
        if moment is not None and moment <= now:
            due[moment] += rsvp_ids
    queued = _queue(due, now=now) if due else 0
    return _Part(queued, max(map(max, waiting.values()))) if waiting else None


@transaction()
def _queue(due: dict[datetime, list[int]], *, now: datetime) -> int:
    """Queue reminders for those whom no other worker was quicker to remind; return for how many.

    :param due: the moment of a reminder → ids of answers
    """
    connection = db.session.connection()
    among = Rsvp.id.in_(select(unfold_numbers("rsvp_ids")))
    take = (
        update(Rsvp)
        .where(among, Rsvp.reminded_at.is_(None), Rsvp.responded_at < bindparam("moment"))
        .values(reminded_at=now)
    )
    rows = select(Rsvp.id).where(among, Rsvp.reminded_at == now)
    # No answer is reminded of twice in a second.
    stamp = f"{now.timestamp():.0f}"
    queued = 0
    for moment, rsvp_ids in due.items():
        facts = {"rsvp_ids": rsvp_ids}
        taken = connection.execute(take, {**facts, "moment": moment}).rowcount
        if taken:
            enqueue_each("notices.reminder", "rsvp_id", rows, facts, stamp=stamp, now=now)
            queued += taken
    return queued


@transaction()
def queue_duty_reminders(*, now: datetime) -> None:
    """Write, once for each start, to those who lead a session the day before it."""
    due = [
        duty
        for duty in queries.list_on_duty(now=now)
        if (moment := remind_at(duty.starts_at, Reminder.DAY_BEFORE, duty.quiet)) is not None
        and moment <= now
    ]
    enqueue_many(
        "notices.duty",
        (
            (
                f"notices.duty:{duty.public_id}:{duty.starts_at.isoformat()}:{duty.user_id}",
                {"group_session_id": duty.session_id, "user_id": duty.user_id},
            )
            for duty in due
        ),
        now=now,
    )


@transaction()
def queue_digests(*, now: datetime) -> None:
    """Write the letter of the week to those whose moment for it came in the last half day."""
    enqueue_many("notices.digest", _due_digests(now), now=now)


def _due_digests(now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    for user_id, quiet in queries.list_readers_of_digests():
        moment = last_digest(now, quiet)
        if now - moment < DIGEST_WITHIN:
            # Whether it came on Sunday or early on Monday: the same week once.
            year, week, _day = (to_zone(moment, quiet.zone) - timedelta(days=1)).isocalendar()
            yield (
                f"notices.digest:{year}-{week}:{user_id}",
                {
                    "user_id": user_id,
                    "since": (moment - A_WEEK).isoformat(),
                },
            )


@transaction()
def remind_again(group_session: GroupSession) -> None:
    """Let those who answered be reminded of the new time of a session."""
    db.session.execute(
        update(Rsvp).where(Rsvp.group_session_id == group_session.id).values(reminded_at=None)
    )


@transaction()
def stop(reader: UserAccount, topic: Topic) -> None:
    """Send this person no letter of this sort from now on, whatever the group."""
    match topic:
        case Topic.REMINDERS:
            reader.reminder = Reminder.NONE
            db.session.execute(
                update(Membership).where(Membership.user_id == reader.id).values(reminder=None)
            )
        case Topic.DUTIES:
            reader.wants_duty_news = False
        case Topic.ANNOUNCEMENTS:
            reader.wants_announcements = False
        case Topic.DIGEST:
            reader.wants_digest = False


@transaction()
def start_again(reader: UserAccount, topic: Topic) -> None:
    """Send this person letters of this sort after all; who gets them goes on as before."""
    match topic:
        case Topic.REMINDERS if reader.reminder is Reminder.NONE:
            reader.reminder = Reminder.DAY_BEFORE
        case Topic.DUTIES:
            reader.wants_duty_news = True
        case Topic.ANNOUNCEMENTS:
            reader.wants_announcements = True
        case Topic.DIGEST:
            reader.wants_digest = True
