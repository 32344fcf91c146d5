"""Questions about answers, places and the waiting list."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession


def find_rsvp(group_session: GroupSession, user: UserAccount | None) -> Rsvp | None:
    """Return somebody's answer for a session."""
    if user is None:
        return None
    return db.session.execute(
        select(Rsvp).where(Rsvp.group_session_id == group_session.id, Rsvp.user_id == user.id)
    ).scalar_one_or_none()


def count_accepted(group_session: GroupSession) -> int:
    """Return how many places of a session are taken."""
    return db.session.execute(
        select(func.count(Rsvp.id)).where(
            Rsvp.group_session_id == group_session.id, Rsvp.status == RsvpStatus.ACCEPTED
        )
    ).scalar_one()


def list_waiting(group_session: GroupSession, *, limit: int | None = None) -> list[Rsvp]:
    """Return the waiting list of a session, whoever is next first."""
    return list(
        db.session.execute(
            select(Rsvp)
            .where(Rsvp.group_session_id == group_session.id, Rsvp.status == RsvpStatus.WAITLISTED)
            .options(joinedload(Rsvp.user))
            .order_by(Rsvp.turn)
            .limit(limit)
        ).scalars()
    )


def place_in_line(rsvp: Rsvp) -> int | None:
    """Return the position of a waiting person, 1 for the next; none for who does not wait."""
    if rsvp.turn is None:
        return None
    return db.session.execute(
        select(func.count(Rsvp.id)).where(
            Rsvp.group_session_id == rsvp.group_session_id,
            Rsvp.status == RsvpStatus.WAITLISTED,
            Rsvp.turn <= rsvp.turn,
        )
    ).scalar_one()


class Tally(NamedTuple):
    """How many people gave each answer for one session."""

    accepted: int = 0
    tentative: int = 0
    waitlisted: int = 0

    def places_left(self, capacity: int | None) -> int | None:
        """Return how many places are free; none where there is no limit."""
        return None if capacity is None else max(0, capacity - self.accepted)


def tally(group_sessions: Iterable[GroupSession]) -> dict[int, Tally]:
    """Return the tally of each session by its id, in one query."""
    ids = [group_session.id for group_session in group_sessions]
    counts: dict[int, dict[str, int]] = {session_id: {} for session_id in ids}
    rows = db.session.execute(
        select(Rsvp.group_session_id, Rsvp.status, func.count(Rsvp.id))
        .where(Rsvp.group_session_id.in_(ids), Rsvp.status != RsvpStatus.DECLINED)
        .group_by(Rsvp.group_session_id, Rsvp.status)
    )
    for session_id, status, number in rows:
        counts[session_id][status.value] = number
    return {session_id: Tally(**found) for session_id, found in counts.items()}


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


def list_answers(group_session: GroupSession) -> list[Answer]:
    """Return who answered what, for those who lead: coming, maybe, waiting in order, not coming."""
    order = list(RsvpStatus)
    rows = db.session.execute(
        select(Membership.display_name, Rsvp.status, Rsvp.turn)
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


def list_people_to_tell(group_session: GroupSession) -> list[Rsvp]:
    """Return the answers of those whom a change concerns: coming, maybe, waiting."""
    return list(
        db.session.execute(
            select(Rsvp)
            .where(Rsvp.group_session_id == group_session.id, Rsvp.status != RsvpStatus.DECLINED)
            .options(joinedload(Rsvp.user))
            .order_by(Rsvp.id)
        ).scalars()
    )
