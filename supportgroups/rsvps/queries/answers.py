"""Questions about answers."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, and_, bindparam, select, union
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.queries.places import has_open_offer
from supportgroups.sessions.models import GroupSession, SessionFacilitator, SessionStatus


def find_rsvp(group_session: GroupSession, user: UserAccount | None) -> Rsvp | None:
    """Return somebody's answer for a session."""
    if user is None:
        return None
    return db.session.execute(
        select(Rsvp).where(Rsvp.group_session_id == group_session.id, Rsvp.user_id == user.id)
    ).scalar_one_or_none()


def answers_of(
    user: UserAccount | None, group_sessions: Iterable[GroupSession]
) -> dict[int, RsvpStatus]:
    """Return somebody's answers for these sessions, by the session's id, in one query."""
    if user is None:
        return {}
    rows = db.session.execute(
        select(Rsvp.group_session_id, Rsvp.status).where(
            Rsvp.user_id == user.id,
            Rsvp.group_session_id.in_([group_session.id for group_session in group_sessions]),
        )
    )
    return dict(rows.all())


class Answer(NamedTuple):
    """One person's answer under the name that the group knows them by."""

    display_name: str
    status: RsvpStatus
    turn: int | None
    plus_count: int
    note: str
    #: Whether a place is offered to them at the moment.
    has_offer: bool
    #: Whether it is for the time at which the session now starts.
    is_sure: bool


def list_answers(group_session: GroupSession) -> list[Answer]:
    """Return who answered what, for those who lead: coming, maybe, waiting in order, not coming."""
    order = list(RsvpStatus)
    rows = db.session.execute(
        select(
            Membership.display_name,
            Rsvp.status,
            Rsvp.turn,
            Rsvp.plus_count,
            Rsvp.note,
            has_open_offer(),
            Rsvp.answered_for == group_session.wall_starts_at,
        )
        .join(
            Membership,
            and_(
                Membership.user_id == Rsvp.user_id,
                Membership.group_id == group_session.group_id,
            ),
        )
        .where(Rsvp.group_session_id == group_session.id)
        .order_by(Rsvp.turn, Membership.display_name, Rsvp.id)
    )
    return sorted((Answer(*row) for row in rows), key=lambda answer: order.index(answer.status))


class AgendaEntry(NamedTuple):
    """A session of somebody's own group, with their answer."""

    group_session: GroupSession
    status: RsvpStatus | None


def list_agenda(user: UserAccount, *, now: datetime, limit: int = 50) -> list[AgendaEntry]:
    """Return the coming sessions of all of somebody's groups, soonest first, in one query."""
    rows = db.session.execute(
        select(GroupSession, Rsvp.status)
        .join(Membership, Membership.group_id == GroupSession.group_id)
        .outerjoin(Rsvp, and_(Rsvp.group_session_id == GroupSession.id, Rsvp.user_id == user.id))
        .where(
            Membership.user_id == user.id,
            Membership.removed_at.is_(None),
            GroupSession.ends_at > now,
        )
        .options(joinedload(GroupSession.group), joinedload(GroupSession.series))
        .order_by(GroupSession.starts_at, GroupSession.id)
        .limit(limit)
    )
    return [AgendaEntry(*row) for row in rows]


def list_coming_rsvps(user_id: int, *, group_id: int, now: datetime) -> list[Rsvp]:
    """Return somebody's answers for the sessions of a group that have not begun."""
    return list(
        db.session.execute(
            select(Rsvp)
            .join(Rsvp.group_session)
            .where(
                Rsvp.user_id == user_id,
                GroupSession.group_id == group_id,
                GroupSession.starts_at > now,
            )
            .order_by(Rsvp.group_session_id)
        ).scalars()
    )


def list_people_to_tell(session_ids: Iterable[int], *, actor_id: int | None) -> list[int]:
    """Return the ids of those whom changes of these sessions concern, in their order.

    They are coming, maybe coming, or waiting, or they lead.

    :param actor_id: who makes the changes, and need not be told of them as somebody who leads
    """
    ids = list(session_ids)
    answered = select(Rsvp.user_id).where(
        Rsvp.group_session_id.in_(ids), Rsvp.status != RsvpStatus.DECLINED
    )
    leading = select(SessionFacilitator.user_id).where(
        SessionFacilitator.group_session_id.in_(ids),
        SessionFacilitator.user_id.is_distinct_from(actor_id),
    )
    return sorted(db.session.execute(union(answered, leading)).scalars())


class Concerned(NamedTuple):
    """What somebody has to do with a session that changes."""

    #: Their answer, and the start on the wall for which they gave it, unless they gave none.
    rsvp_id: int | None
    answered_for: datetime | None
    is_led: bool


def list_concerned_sessions(user_id: int, session_ids: Iterable[int]) -> dict[int, Concerned]:
    """Return which of these sessions concern somebody, by their ids.

    They come, perhaps come, wait or lead there.
    """
    ids = list(session_ids)
    led = set(
        db.session.execute(
            select(SessionFacilitator.group_session_id).where(
                SessionFacilitator.user_id == user_id, SessionFacilitator.group_session_id.in_(ids)
            )
        ).scalars()
    )
    answers = db.session.execute(
        select(Rsvp.group_session_id, Rsvp.id, Rsvp.answered_for).where(
            Rsvp.user_id == user_id,
            Rsvp.group_session_id.in_(ids),
            Rsvp.status != RsvpStatus.DECLINED,
        )
    )
    only_led = {session_id: Concerned(None, None, is_led=True) for session_id in led}
    return only_led | {
        session_id: Concerned(rsvp_id, answered_for, is_led=session_id in led)
        for session_id, rsvp_id, answered_for in answers
    }


def has_come_before(user_id: int, *, group_id: int, now: datetime) -> bool:
    """Tell whether somebody said yes to a session of a group that has begun, as far as we know.

    Answers are erased some weeks after their session, so this forgets as well.
    """
    asked = {"user_id": user_id, "group_id": group_id, "now": now}
    return db.session.execute(_first_of_the_past(), asked).first() is not None


@cache
def _first_of_the_past() -> Select[int]:
    return (
        select(Rsvp.id)
        .join(Rsvp.group_session)
        .where(
            Rsvp.user_id == bindparam("user_id"),
            Rsvp.status == RsvpStatus.ACCEPTED,
            GroupSession.group_id == bindparam("group_id"),
            GroupSession.starts_at <= bindparam("now"),
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .limit(1)
    )
