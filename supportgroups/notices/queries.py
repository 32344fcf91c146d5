"""Questions about who is to be reminded of what."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import Reminder, UserAccount
from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.notices.reminders import LONGEST_LEAD
from supportgroups.outbox.notice import Topic
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
    quiet: QuietHours


#: What somebody wants for a group, or else wants anywhere.
CHOICE: ColumnElement[Reminder] = func.coalesce(Membership.reminder, UserAccount.reminder)
OF_READER_IN_GROUP = and_(
    Membership.user_id == Rsvp.user_id, Membership.group_id == GroupSession.group_id
)


def list_not_reminded(*, now: datetime) -> Iterator[Reminded]:
    """Yield the answers for sessions of the next day and a half whose people heard nothing yet."""
    after = 0
    while True:
        rows = db.session.execute(
            select(
                Rsvp.id,
                Rsvp.responded_at,
                GroupSession.starts_at,
                CHOICE,
                UserAccount.quiet_from,
                UserAccount.quiet_until,
                UserAccount.time_zone,
            )
            .join(Rsvp.group_session)
            .join(Rsvp.user)
            .outerjoin(Membership, OF_READER_IN_GROUP)
            .where(
                Rsvp.id > after,
                Rsvp.reminded_at.is_(None),
                Rsvp.status.in_(REMINDED_OF),
                GroupSession.status == SessionStatus.SCHEDULED,
                GroupSession.starts_at > now,
                GroupSession.starts_at <= now + LONGEST_LEAD,
                or_(UserAccount.email.is_not(None), UserAccount.contact_email.is_not(None)),
                CHOICE != Reminder.NONE,
                Membership.is_muted.is_not(True),
            )
            .order_by(Rsvp.id)
            .limit(PART)
        ).all()
        for rsvp_id, responded_at, starts_at, choice, quiet_from, quiet_until, zone in rows:
            quiet = QuietHours(quiet_from, quiet_until, zone)
            yield Reminded(rsvp_id, responded_at, starts_at, Reminder(choice), quiet)
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


def find_choice(rsvp: Rsvp) -> Reminder:
    """Return when the person of an answer wants to be reminded of its session."""
    membership = db.session.get(Membership, (rsvp.group_session.group_id, rsvp.user_id))
    own = membership.reminder if membership is not None else None
    return own or rsvp.user.reminder


def stopped_topics(reader: UserAccount) -> frozenset[Topic]:
    """Return of what somebody does not want to hear at all.

    Whether they are reminded depends on the group too: see `find_choice`.
    """
    wanted = {
        Topic.REMINDERS: reader.reminder is not Reminder.NONE,
        Topic.DUTIES: reader.wants_duty_news,
        Topic.ANNOUNCEMENTS: reader.wants_announcements,
        Topic.DIGEST: reader.wants_digest,
    }
    return frozenset(topic for topic, is_wanted in wanted.items() if not is_wanted)
