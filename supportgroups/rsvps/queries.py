"""Questions about answers, places and the waiting list."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.rsvps.models import OfferOutcome, Rsvp, RsvpStatus, WaitingListOffer
from supportgroups.rsvps.offers import LAST_DAY, Seats, is_last_day
from supportgroups.sessions.models import GroupSession, Series, SessionStatus


def find_rsvp(group_session: GroupSession, user: UserAccount | None) -> Rsvp | None:
    """Return somebody's answer for a session."""
    if user is None:
        return None
    return db.session.execute(
        select(Rsvp).where(Rsvp.group_session_id == group_session.id, Rsvp.user_id == user.id)
    ).scalar_one_or_none()


def list_waiting(group_session: GroupSession) -> list[Rsvp]:
    """Return the waiting list of a session, whoever is next first."""
    return list(db.session.execute(_waiting(group_session)).scalars())


def list_next_in_line(group_session: GroupSession) -> list[Rsvp]:
    """Return the waiting list without those to whom a place is offered already."""
    return list(db.session.execute(_waiting(group_session).where(~_has_open_offer())).scalars())


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
    """Return the tally of each session by its id, in one query."""
    sessions = {group_session.id: group_session for group_session in group_sessions}
    counts: dict[int, dict[RsvpStatus, _Counted]] = {session_id: {} for session_id in sessions}
    is_offered = _has_open_offer()
    rows = db.session.execute(
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
    for session_id, status, *numbers in rows:
        counts[session_id][status] = _Counted(*numbers)
    return {
        session_id: _tally(sessions[session_id], found, now=now)
        for session_id, found in counts.items()
    }


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


def _has_open_offer() -> ColumnElement[bool]:
    """Return the condition that a place is offered to whose answer it is."""
    return exists().where(WaitingListOffer.rsvp_id == Rsvp.id, WaitingListOffer.outcome.is_(None))


def find_seats(group_session: GroupSession, *, now: datetime) -> Seats:
    """Return how the places of a session stand; only certain under the session's lock.

    An offered place counts as taken. None is kept for newcomers on the last day.
    """
    return tally([group_session], now=now)[group_session.id].seats


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
            _has_open_offer(),
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


def has_come_before(user_id: int, *, group_id: int, now: datetime) -> bool:
    """Tell whether somebody said yes to a session of a group that has begun, as far as we know.

    Answers are erased some weeks after their session, so this forgets as well.
    """
    found = db.session.execute(
        select(Rsvp.id)
        .join(Rsvp.group_session)
        .where(
            Rsvp.user_id == user_id,
            Rsvp.status == RsvpStatus.ACCEPTED,
            GroupSession.group_id == group_id,
            GroupSession.starts_at <= now,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .limit(1)
    ).first()
    return found is not None


def find_open_offer(rsvp: Rsvp) -> WaitingListOffer | None:
    """Return the offer that nobody has answered or ended yet, though its time may be over."""
    return db.session.execute(
        select(WaitingListOffer).where(
            WaitingListOffer.rsvp_id == rsvp.id, WaitingListOffer.outcome.is_(None)
        )
    ).scalar_one_or_none()


class Standing(NamedTuple):
    """Where somebody stands with one session."""

    #: One of the values of `RsvpStatus`, or `none`, `offered` (a place, for a while) or `passed`
    #: (the offered place went to somebody else).
    state: str
    rsvp: Rsvp | None = None
    #: Their number on the waiting list, 1 for whoever is next.
    position: int | None = None
    #: What they were offered last.
    offer: WaitingListOffer | None = None


def find_standing(
    group_session: GroupSession, user: UserAccount | None, *, now: datetime
) -> Standing:
    """Return where somebody stands with a session at this moment."""
    rsvp = find_rsvp(group_session, user)
    if rsvp is None:
        return Standing("none")
    offer = _find_last_offer(rsvp)
    state = rsvp.status.value
    if offer is not None and offer.is_open(now):
        state = "offered"
    elif offer is not None and _has_passed(offer, rsvp):
        state = "passed"
    return Standing(state, rsvp, place_in_line(rsvp), offer)


def _has_passed(offer: WaitingListOffer, rsvp: Rsvp) -> bool:
    # For a moment an offer is over before its place was passed on.
    is_gone = offer.outcome is OfferOutcome.EXPIRED and rsvp.status is RsvpStatus.DECLINED
    return is_gone or offer.outcome is None


def _find_last_offer(rsvp: Rsvp) -> WaitingListOffer | None:
    return db.session.execute(
        select(WaitingListOffer)
        .where(WaitingListOffer.rsvp_id == rsvp.id)
        .order_by(WaitingListOffer.id.desc())
        .limit(1)
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
        ~_has_open_offer(),
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
