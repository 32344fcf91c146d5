"""Telling those who answered about acts on schedules: once for each act, however many dates."""

from datetime import datetime, timedelta

from supportgroups.db import transaction
from supportgroups.outbox.services.jobs import enqueue, enqueue_many
from supportgroups.rsvps import queries
from supportgroups.sessions.models import ScheduleChange
from supportgroups.sessions.services.changes import list_news

#: A slip that is undone at once reaches nobody: so long a letter about an act waits.
WAIT = timedelta(minutes=1)


@transaction()
def tell_about_change(change: ScheduleChange, *, now: datetime) -> None:
    """Queue one letter to each person who answered a session that the act touched."""
    news = list_news(change, now=now)
    people = queries.list_people_to_tell([one.session_id for one in news])
    enqueue_many(
        "rsvps.schedule_changed",
        (
            (key_of_news(change, user_id), {"change_id": change.id, "user_id": user_id})
            for user_id in people
        ),
        now=now,
        due_at=now + WAIT,
    )


@transaction()
def tell_about_undone_change(change: ScheduleChange, *, now: datetime) -> None:
    """Queue one letter to each of the same people; it leaves only if the first one has."""
    touched = [int(session_id) for session_id in change.before["sessions"]]
    for user_id in queries.list_people_to_tell(touched):
        first = key_of_news(change, user_id)
        enqueue(
            "rsvps.schedule_change_undone",
            {"change_id": change.id, "user_id": user_id, "first": first},
            key=f"undone-{first}",
            now=now,
            # By then it is certain what became of a first letter that was just leaving.
            due_at=now + WAIT,
        )


def key_of_news(change: ScheduleChange, user_id: int) -> str:
    """Return the key of the letter that tells somebody about an act."""
    return f"schedule-change:{change.public_id}:{user_id}"
