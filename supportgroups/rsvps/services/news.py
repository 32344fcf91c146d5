"""Telling those who answered or lead about acts on schedules: each person once, however many dates."""

from datetime import datetime, timedelta

from supportgroups.db import transaction
from supportgroups.outbox.services.jobs import enqueue, enqueue_many
from supportgroups.rsvps import queries
from supportgroups.sessions.models import ScheduleChange
from supportgroups.sessions.news import News
from supportgroups.sessions.queries import find_next_telling
from supportgroups.sessions.services.changes import list_news, touched_by

#: So long a letter about an act waits: acts that follow are told with it, and a slip that is undone
#: reaches nobody.
WAIT = timedelta(minutes=5)
#: About a session that begins soon it waits only so long.
SHORT_WAIT = timedelta(minutes=1)
SOON = timedelta(hours=48)


@transaction()
def tell_about_change(change: ScheduleChange, *, now: datetime) -> None:
    """Queue one letter to each person who answered or leads a session that the act touched.

    Who is to be told of another act at the same moment gets one letter about both.
    """
    news = list_news([change], now=now)
    if not news:
        return
    change.tells_at = _when_to_tell(change.group_id, news, now=now)
    people = queries.list_people_to_tell([one.session_id for one in news], actor_id=change.actor_id)
    enqueue_many(
        "rsvps.schedule_changed",
        (
            (key_of_news(change, user_id), {"change_id": change.id, "user_id": user_id})
            for user_id in people
        ),
        now=now,
        due_at=change.tells_at,
    )


def _when_to_tell(group_id: int, news: list[News], *, now: datetime) -> datetime:
    """Return when an act is told: with others that wait already, unless it has to be sooner."""
    starts = [moment for one in news for moment in (one.starts_at, one.old_starts_at)]
    is_soon = any(now < moment <= now + SOON for moment in starts)
    latest = now + (SHORT_WAIT if is_soon else WAIT)
    waiting = find_next_telling(group_id, now=now)
    return latest if waiting is None else min(waiting, latest)


@transaction()
def tell_about_undone_change(change: ScheduleChange, *, now: datetime) -> None:
    """Queue one letter to each of the same people; it leaves only if the first one has."""
    for user_id in queries.list_people_to_tell(touched_by([change]), actor_id=change.actor_id):
        first = key_of_news(change, user_id)
        enqueue(
            "rsvps.schedule_change_undone",
            {"change_id": change.id, "user_id": user_id, "first": first},
            key=f"undone-{change.public_id}-{first}",
            now=now,
            # By then it is certain what became of a first letter that was just leaving.
            due_at=now + SHORT_WAIT,
        )


def key_of_news(change: ScheduleChange, user_id: int) -> str:
    """Return the key of the letter that tells somebody about an act, and about others with it."""
    if change.tells_at is None:
        return f"schedule-change:{change.public_id}:{user_id}"
    return f"schedule-change:{change.group_id}:{change.tells_at.isoformat()}:{user_id}"
