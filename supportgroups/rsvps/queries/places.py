"""Questions about places, the waiting list and offers."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from operator import add
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.rsvps.models import Rsvp, RsvpStatus, SessionTally, WaitingListOffer
from supportgroups.rsvps.offers import LAST_DAY, Seats, is_last_day
from supportgroups.sessions.models import GroupSession, Series, SessionStatus


def list_waiting(group_session: GroupSession) -> list[Rsvp]:
    """Return the waiting list of a session, whoever is next first."""
    return list(db.session.execute(_waiting(group_session)).scalars())


def list_next_in_line(group_session: GroupSession) -> list[Rsvp]:
    """Return the waiting list without those to whom a place is offered already."""
    return list(db.session.execute(_waiting(group_session).where(~has_open_offer())).scalars())


def _waiting(group_session: GroupSession) -> Select[Rsvp]:
    return (
        select(Rsvp)
        .where(Rsvp.group_session_id == group_session.id, Rsvp.status == RsvpStatus.WAITLISTED)
        .options(joinedload(Rsvp.user))
        .order_by(Rsvp.turn)
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
    """How many people gave each answer for one session, and how its places stand."""

    seats: Seats = Seats(None)
    #: With those whom they bring.
    accepted: int = 0
    tentative: int = 0
    waitlisted: int = 0
    #: How many of those who come are here for the first time.
    newcomers: int = 0

    @property
    def places_left(self) -> int | None:
        """How many places are free for everybody; none where there is no limit."""
        return self.seats.free_for(is_newcomer=False)

    @property
    def newcomer_places_left(self) -> int | None:
        """How many places are free for somebody who comes for the first time."""
        return self.seats.free_for(is_newcomer=True)


def tally(group_sessions: Iterable[GroupSession], *, now: datetime) -> dict[int, Tally]:
    """Return the tally of each session by its id, in one query.

    What was kept of answers that have been erased is added.
    """
    sessions = {group_session.id: group_session for group_session in group_sessions}
    counts: dict[int, dict[RsvpStatus, _Counted]] = {session_id: {} for session_id in sessions}
    rows: Any = db.session.execute(_counts(), {"sessions": list(sessions)})
    for session_id, status, *numbers in rows:
        before = counts[session_id].get(status, _Counted())
        counts[session_id][status] = _Counted(*map(add, before, numbers))
    return {
        session_id: _tally(sessions[session_id], found, now=now)
        for session_id, found in counts.items()
    }


@cache
def _counts() -> CompoundSelect[Any]:
    """Return the question of a tally. Nearly every page asks it, and putting it together is half its cost."""
    sessions: BindParameter[Any] = bindparam("sessions", expanding=True)
    is_offered = has_open_offer()
    named = (
        select(
            Rsvp.group_session_id,
            Rsvp.status,
            func.sum(1 + Rsvp.plus_count),
            func.sum(case((Rsvp.is_first_time, 1), else_=0)),
            func.sum(case((is_offered, 1), else_=0)),
            func.sum(case((and_(is_offered, Rsvp.is_first_time), 1), else_=0)),
        )
        .where(Rsvp.group_session_id.in_(sessions), Rsvp.status != RsvpStatus.DECLINED)
        .group_by(Rsvp.group_session_id, Rsvp.status)
    )
    nobody = [literal(0)] * 3
    erased = select(
        SessionTally.group_session_id, SessionTally.status, SessionTally.number, *nobody
    ).where(SessionTally.group_session_id.in_(sessions), SessionTally.status != RsvpStatus.DECLINED)
    return union_all(named, erased)


class _Counted(NamedTuple):
    people: int = 0
    newcomers: int = 0
    offered: int = 0
    offered_to_newcomers: int = 0


def _tally(
    group_session: GroupSession, found: dict[RsvpStatus, _Counted], *, now: datetime
) -> Tally:
    coming, maybe, waiting = (
        found.get(status, _Counted())
        for status in (RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED)
    )
    is_kept = not is_last_day(group_session.starts_at, now=now)
    seats = Seats(
        group_session.capacity_shown,
        taken=coming.people + waiting.offered,
        newcomers=coming.newcomers + waiting.offered_to_newcomers,
        kept=group_session.series.newcomer_seats if is_kept else 0,
    )
    return Tally(seats, coming.people, maybe.people, waiting.people, coming.newcomers)


def has_open_offer() -> ColumnElement[bool]:
    """Return the condition that a place is offered to whose answer it is."""
    return exists().where(WaitingListOffer.rsvp_id == Rsvp.id, WaitingListOffer.outcome.is_(None))


def find_seats(group_session: GroupSession, *, now: datetime) -> Seats:
    """Return how the places of a session stand; only certain under the session's lock.

    An offered place counts as taken. None is kept for newcomers on the last day.
    """
    return tally([group_session], now=now)[group_session.id].seats


def find_open_offer(rsvp: Rsvp) -> WaitingListOffer | None:
    """Return the offer that nobody has answered or ended yet, though its time may be over."""
    return db.session.execute(
        select(WaitingListOffer).where(
            WaitingListOffer.rsvp_id == rsvp.id, WaitingListOffer.outcome.is_(None)
        )
    ).scalar_one_or_none()


def find_offer(public_id: UUID) -> WaitingListOffer | None:
    """Return one offer with the answer, the person and the session that it is about."""
    return db.session.execute(
        select(WaitingListOffer)
        .where(WaitingListOffer.public_id == public_id)
        .options(
            joinedload(WaitingListOffer.rsvp).joinedload(Rsvp.user),
            joinedload(WaitingListOffer.rsvp).joinedload(Rsvp.group_session),
        )
    ).scalar_one_or_none()


def list_open_offers(group_session: GroupSession) -> list[WaitingListOffer]:
    """Return the offers of a session that stand, oldest first."""
    return list(
        db.session.execute(
            select(WaitingListOffer)
            .join(WaitingListOffer.rsvp)
            .where(Rsvp.group_session_id == group_session.id, WaitingListOffer.outcome.is_(None))
            .options(contains_eager(WaitingListOffer.rsvp).joinedload(Rsvp.user))
            .order_by(WaitingListOffer.id)
        ).scalars()
    )


def list_offers_of(user: UserAccount, *, now: datetime) -> list[WaitingListOffer]:
    """Return what is offered to somebody at the moment, with its session; what ends first first."""
    return list(
        db.session.execute(
            select(WaitingListOffer)
            .join(WaitingListOffer.rsvp)
            .where(
                Rsvp.user_id == user.id,
                WaitingListOffer.outcome.is_(None),
                WaitingListOffer.expires_at > now,
            )
            .options(contains_eager(WaitingListOffer.rsvp).joinedload(Rsvp.group_session))
            .order_by(WaitingListOffer.expires_at, WaitingListOffer.id)
        ).scalars()
    )


def list_sessions_to_pass_on(*, now: datetime) -> list[int]:
    """Return the ids of sessions in which a place may be free for somebody who waits.

    Those where an offer's time is over, and those whose last day has begun, so that the places
    kept for newcomers are kept no longer.
    """
    is_over = exists().where(
        WaitingListOffer.rsvp_id == Rsvp.id,
        WaitingListOffer.outcome.is_(None),
        WaitingListOffer.expires_at <= now,
    )
    keeps_no_longer = and_(
        GroupSession.starts_at > now,
        GroupSession.starts_at <= now + LAST_DAY,
        GroupSession.status == SessionStatus.SCHEDULED,
        Series.newcomer_seats > 0,
        ~has_open_offer(),
    )
    return list(
        db.session.execute(
            select(GroupSession.id)
            .join(GroupSession.series)
            .join(Rsvp, Rsvp.group_session_id == GroupSession.id)
            .where(Rsvp.status == RsvpStatus.WAITLISTED, or_(is_over, keeps_no_longer))
            .distinct()
            .order_by(GroupSession.id)
        ).scalars()
    )
