"""Questions about who is to be reminded of what."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, func, or_, select, union
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.accounts.models import Reminder, UserAccount
from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.notices.decisions import A_WEEK
from supportgroups.notices.reminders import LONGEST_LEAD
from supportgroups.outbox.notice import Topic
from supportgroups.rsvps.models import Enrolment, Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, SessionFacilitator, SessionStatus

#: Who waits or does not come needs no reminder.
REMINDED_OF = (RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE)
#: So many rows are in hand at a time, however many people there are.
PART = 1000


class Wanted(NamedTuple):
    """What decides when somebody is reminded of an answer; many share it."""

    starts_at: datetime
    choice: Reminder
    quiet: QuietHours


#: What somebody wants for a group, or else wants anywhere.
CHOICE: ColumnElement[Reminder] = func.coalesce(Membership.reminder, UserAccount.reminder)
OF_READER_IN_GROUP = and_(
    Membership.user_id == Rsvp.user_id, Membership.group_id == GroupSession.group_id
)


#: Written once, because a hundred thousand people make a hundred parts.
NOT_REMINDED = (
    # A moment is the same for many and slow to read, so what starts when comes by itself.
    select(
        Rsvp.id,
        GroupSession.id,
        func.coalesce(Membership.reminder, UserAccount.reminder, type_=String()),
        UserAccount.quiet_from,
        UserAccount.quiet_until,
        UserAccount.time_zone,
    )
    .join(Rsvp.group_session)
    .join(Rsvp.user)
    .outerjoin(Membership, OF_READER_IN_GROUP)
    .where(
        Rsvp.id > bindparam("after"),
        Rsvp.reminded_at.is_(None),
        Rsvp.status.in_(REMINDED_OF),
        GroupSession.status == SessionStatus.SCHEDULED,
        GroupSession.starts_at > bindparam("now"),
        GroupSession.starts_at <= bindparam("until"),
        or_(UserAccount.email.is_not(None), UserAccount.contact_email.is_not(None)),
        CHOICE != Reminder.NONE,
        Membership.is_muted.is_not(True),
    )
    .order_by(Rsvp.id)
    .limit(bindparam("part"))
)


def list_not_reminded(after: int, *, now: datetime) -> dict[Wanted, list[int]]:
    """Return the next answers for sessions of the next day and a half whose people heard nothing yet.

    They are the next ones after the answer `after`: what decides about them → their ids.
    """
    facts = {"after": after, "now": now, "until": now + LONGEST_LEAD, "part": PART}
    alike: dict[Any, list[int]] = defaultdict(list)
    for row in db.session.execute(NOT_REMINDED, facts):
        alike[row[1:]].append(row[0])
    return _with_starts(alike)


def _with_starts(alike: dict[Any, list[int]]) -> dict[Wanted, list[int]]:
    starts = dict(
        db.session.execute(
            select(GroupSession.id, GroupSession.starts_at).where(
                GroupSession.id.in_({session_id for session_id, *_rest in alike})
            )
        ).all()
    )
    # Sessions that start at the same time come together here.
    found: dict[Wanted, list[int]] = defaultdict(list)
    for (session_id, choice, *quiet), rsvp_ids in alike.items():
        found[Wanted(starts[session_id], Reminder(choice), QuietHours(*quiet))] += rsvp_ids
    return found


class OnDuty(NamedTuple):
    """Somebody who leads a session soon."""

    user_id: int
    session_id: int
    public_id: UUID
    starts_at: datetime
    quiet: QuietHours


def list_on_duty(*, now: datetime) -> list[OnDuty]:
    """Return who leads the sessions of the next day and a half and wants to be reminded of it."""
    rows = db.session.execute(
        select(
            UserAccount.id,
            GroupSession.id,
            GroupSession.public_id,
            GroupSession.starts_at,
            UserAccount.quiet_from,
            UserAccount.quiet_until,
            UserAccount.time_zone,
        )
        .select_from(SessionFacilitator)
        .join(GroupSession, GroupSession.id == SessionFacilitator.group_session_id)
        .join(UserAccount, UserAccount.id == SessionFacilitator.user_id)
        .where(
            GroupSession.status == SessionStatus.SCHEDULED,
            GroupSession.starts_at > now,
            GroupSession.starts_at <= now + LONGEST_LEAD,
            UserAccount.email.is_not(None),
            UserAccount.wants_duty_news,
        )
        .order_by(GroupSession.starts_at, GroupSession.id, UserAccount.id)
    ).all()
    return [OnDuty(*row[:4], QuietHours(*row[4:])) for row in rows]


def list_readers_of_digests() -> Iterator[tuple[int, QuietHours]]:
    """Yield who wants a weekly letter, with their quiet hours."""
    after = 0
    while True:
        rows = db.session.execute(
            select(
                UserAccount.id,
                UserAccount.quiet_from,
                UserAccount.quiet_until,
                UserAccount.time_zone,
            )
            .where(
                UserAccount.id > after,
                UserAccount.wants_digest,
                or_(UserAccount.email.is_not(None), UserAccount.contact_email.is_not(None)),
            )
            .order_by(UserAccount.id)
            .limit(PART)
        ).all()
        yield from ((row[0], QuietHours(*row[1:])) for row in rows)
        if len(rows) < PART:
            return
        after = rows[-1][0]


def list_dates_of_week(user_id: int, *, now: datetime) -> list[tuple[GroupSession, str]]:
    """Return the sessions of the next seven days that somebody leads or has answered.

    Each with its standing: `leads`, or the status of the answer, unless they do not come.
    """
    leads = exists().where(
        SessionFacilitator.group_session_id == GroupSession.id,
        SessionFacilitator.user_id == user_id,
    )
    rows = db.session.execute(
        select(GroupSession, Rsvp.status, leads)
        .outerjoin(Rsvp, and_(Rsvp.group_session_id == GroupSession.id, Rsvp.user_id == user_id))
        .where(
            or_(leads, Rsvp.status != RsvpStatus.DECLINED),
            GroupSession.status == SessionStatus.SCHEDULED,
            GroupSession.starts_at > now,
            GroupSession.starts_at <= now + A_WEEK,
        )
        .options(joinedload(GroupSession.group))
        .order_by(GroupSession.starts_at, GroupSession.id)
    ).all()
    return [
        (group_session, "leads" if led else status.value) for group_session, status, led in rows
    ]


def list_missed_dates(user_id: int, *, after: datetime, until: datetime) -> list[GroupSession]:
    """Return the dates that somebody missed of courses in which they are enrolled, in their order."""
    return list(
        db.session.execute(
            select(GroupSession)
            .join(Rsvp, and_(Rsvp.group_session_id == GroupSession.id, Rsvp.user_id == user_id))
            .join(
                Enrolment,
                and_(Enrolment.series_id == GroupSession.series_id, Enrolment.user_id == user_id),
            )
            .where(
                Rsvp.status == RsvpStatus.DECLINED,
                Enrolment.enrolled_at.is_not(None),
                GroupSession.status == SessionStatus.SCHEDULED,
                GroupSession.ends_at > after,
                GroupSession.ends_at <= until,
            )
            .options(joinedload(GroupSession.group), joinedload(GroupSession.series))
            .order_by(GroupSession.starts_at, GroupSession.id)
        ).scalars()
    )


def list_groups_concerning(user_id: int, *, now: datetime) -> list[int]:
    """Return the ids of the groups of sessions to come that somebody has answered or leads."""
    coming = select(GroupSession.group_id).where(GroupSession.starts_at > now)
    answered = coming.join(Rsvp, Rsvp.group_session_id == GroupSession.id).where(
        Rsvp.user_id == user_id, Rsvp.status != RsvpStatus.DECLINED
    )
    led = coming.join(
        SessionFacilitator, SessionFacilitator.group_session_id == GroupSession.id
    ).where(SessionFacilitator.user_id == user_id)
    return sorted(db.session.execute(union(answered, led)).scalars())


def find_answer(rsvp_id: int) -> Rsvp | None:
    """Return an answer with its session and its person."""
    return db.session.execute(
        select(Rsvp)
        .where(Rsvp.id == rsvp_id)
        .options(joinedload(Rsvp.group_session), joinedload(Rsvp.user))
    ).scalar_one_or_none()


#: Like the next one written once, because the worker asks them for every letter.
REMINDED = (
    select(Rsvp, CHOICE)
    .join(Rsvp.group_session)
    .join(Rsvp.user)
    .outerjoin(Membership, OF_READER_IN_GROUP)
    .where(Rsvp.id == bindparam("rsvp_id"))
    .options(contains_eager(Rsvp.group_session), contains_eager(Rsvp.user))
)
READER = (
    select(UserAccount, Membership.is_muted)
    .outerjoin(
        Membership,
        and_(Membership.user_id == UserAccount.id, Membership.group_id == bindparam("group_id")),
    )
    .where(UserAccount.id == bindparam("user_id"))
)


def find_reminded(rsvp_id: int) -> tuple[Rsvp, Reminder] | None:
    """Return an answer with its session and its person, and when they want to be reminded of it."""
    row = db.session.execute(REMINDED, {"rsvp_id": rsvp_id}).first()
    return (row[0], Reminder(row[1])) if row is not None else None


def find_reader(user_id: int, group_id: int | None) -> tuple[UserAccount, bool] | None:
    """Return somebody, and whether they want to hear little of a group."""
    row = db.session.execute(READER, {"user_id": user_id, "group_id": group_id}).first()
    return (row[0], bool(row[1])) if row is not None else None


def stopped_topics(reader: UserAccount) -> frozenset[Topic]:
    """Return of what somebody does not want to hear at all.

    Whether they are reminded depends on the group too: see `find_reminded`.
    """
    wanted = {
        Topic.REMINDERS: reader.reminder is not Reminder.NONE,
        Topic.DUTIES: reader.wants_duty_news,
        Topic.ANNOUNCEMENTS: reader.wants_announcements,
        Topic.DIGEST: reader.wants_digest,
    }
    return frozenset(topic for topic, is_wanted in wanted.items() if not is_wanted)
