"""Queueing reminders, and stopping them."""

from datetime import datetime

from sqlalchemy import update

from supportgroups.accounts.models import Reminder, UserAccount
from supportgroups.db import db, transaction
from supportgroups.notices import queries
from supportgroups.notices.reminders import remind_at
from supportgroups.outbox.services.jobs import enqueue_many
from supportgroups.rsvps.models import Rsvp
from supportgroups.sessions.models import GroupSession


def queue_reminders(*, now: datetime) -> int:
    """Queue the reminders that are due; return how many people are written to.

    Who answered after the moment of the reminder needs none. In parts, each a transaction of its
    own: many people may have a session in the same hour, and nobody who answers meanwhile shall
    wait for all of them.
    """
    due = [
        reminded.rsvp_id
        for reminded in queries.list_not_reminded(now=now)
        if (moment := remind_at(reminded.starts_at, reminded.choice, reminded.zone)) is not None
        and reminded.responded_at < moment <= now
    ]
    parts = range(0, len(due), queries.PART)
    return sum(_queue(due[first : first + queries.PART], now=now) for first in parts)


@transaction()
def _queue(rsvp_ids: list[int], *, now: datetime) -> int:
    """Queue reminders for those whom no other worker was quicker to remind."""
    taken = db.session.execute(
        update(Rsvp)
        .where(Rsvp.id.in_(rsvp_ids), Rsvp.reminded_at.is_(None))
        .values(reminded_at=now)
        .returning(Rsvp.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    jobs = [(f"reminder:{rsvp_id}:{now.isoformat()}", {"rsvp_id": rsvp_id}) for rsvp_id in taken]
    enqueue_many("notices.reminder", jobs, now=now)
    return len(jobs)


@transaction()
def remind_again(group_session: GroupSession) -> None:
    """Let those who answered be reminded of the new time of a session."""
    db.session.execute(
        update(Rsvp).where(Rsvp.group_session_id == group_session.id).values(reminded_at=None)
    )


@transaction()
def stop_reminders(user: UserAccount) -> None:
    """Send this person no reminder from now on; nothing happens if none was sent anyway."""
    user.reminder = Reminder.NONE
