"""Questions about who is to be reminded of what."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import Reminder, UserAccount
from supportgroups.db import db
from supportgroups.notices.reminders import LONGEST_LEAD
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, SessionStatus

#: Who waits or does not come needs no reminder.
REMINDED_OF = (RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE)
#: So many rows are in hand at a time, however many people there are.
PART = 1000


class Reminded(NamedTuple):
    """Somebody's answer, and what decides when they are reminded of it."""

    rsvp_id: int
    responded_at: datetime
    starts_at: datetime
    choice: Reminder
    zone: str


def list_not_reminded(*, now: datetime) -> Iterator[Reminded]:
    """Yield the answers for sessions of the next day and a half whose people heard nothing yet."""
    after = 0
    while True:
        rows = db.session.execute(
            select(
                Rsvp.id,
                Rsvp.responded_at,
                GroupSession.starts_at,
                UserAccount.reminder,
                UserAccount.time_zone,
            )
            .join(Rsvp.group_session)
            .join(Rsvp.user)
            .where(
                Rsvp.id > after,
                Rsvp.reminded_at.is_(None),
                Rsvp.status.in_(REMINDED_OF),
                GroupSession.status == SessionStatus.SCHEDULED,
                GroupSession.starts_at > now,
                GroupSession.starts_at <= now + LONGEST_LEAD,
                or_(UserAccount.email.is_not(None), UserAccount.contact_email.is_not(None)),
                UserAccount.reminder != Reminder.NONE,
            )
            .order_by(Rsvp.id)
            .limit(PART)
        ).all()
        yield from (Reminded(*row) for row in rows)
        if len(rows) < PART:
            return
        after = rows[-1][0]


def find_answer(rsvp_id: int) -> Rsvp | None:
    """Return an answer with its session and its person."""
    return db.session.execute(
        select(Rsvp)
        .where(Rsvp.id == rsvp_id)
        .options(joinedload(Rsvp.group_session), joinedload(Rsvp.user))
    ).scalar_one_or_none()
