"""Asking for cover, answering, and deciding when nobody can. The session's lock settles who was first."""

from datetime import datetime
from enum import StrEnum

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.models import Role
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import lock_group_session, lock_series
from supportgroups.sessions.services.sessions import (
    cancel_session,
    edit_session,
    name_facilitators,
)
from supportgroups.volunteering import queries
from supportgroups.volunteering.fairness import Alarm, fair_order, patience
from supportgroups.volunteering.models import CoverAsk, CoverRequest, CoverStatus


class Decision(StrEnum):
    """What organizers can do when nobody can lead a session."""

    ALONE = "alone"
    ONLINE = "online"
    CANCEL = "cancel"


class NotLeading(DomainError):
    """The person does not lead this session."""


class NothingToSettle(DomainError):
    """Nobody is looked for: it is settled, or the session has begun or was cancelled."""


class NotPossible(DomainError):
    """The schedule or the session does not allow this decision."""


@transaction()
def ask_for_cover(group_session: GroupSession, *, actor: UserAccount, now: datetime) -> None:
    """Take the actor out of the lead of one session, and look for somebody else. No reason is asked.

    :raises PermissionDenied: the actor does not lead in the group
    :raises NotLeading: the actor does not lead this session
    :raises NothingToSettle: it has begun, or was cancelled
    """
    ensure(actor, Permission.SESSION_LEAD, group_session.group)
    group_session = _lock_coming(group_session.id, now=now)
    leaders = _leader_ids(group_session)
    if actor.id not in leaders:
        raise NotLeading
    name_facilitators(group_session, leaders - {actor.id}, now=now)
    request = queries.find_open_request(group_session)
    if request is None:
        request = CoverRequest(
            group_session_id=group_session.id, asked_by_id=actor.id, asked_at=now
        )
        request.asks = _asks_in_fair_order(group_session, leaders, now=now)
        db.session.add(request)
        db.session.flush()
    _record("session.cover_asked", group_session, actor, now=now)
    go_on_asking(request, group_session, now=now)


@transaction()
def say_yes(group_session: GroupSession, *, actor: UserAccount, now: datetime) -> None:
    """Let the actor lead the session for which somebody is looked for. The first yes counts.

    Who could not lead it, and now can, says so by the same act.

    :raises PermissionDenied: the actor does not lead in the group
    :raises NothingToSettle: somebody else was first, or it was settled in another way
    """
    ensure(actor, Permission.SESSION_LEAD, group_session.group)
    group_session, request = _lock_open(group_session.id, now=now)
    name_facilitators(group_session, _leader_ids(group_session) | {actor.id}, now=now)
    _settle(request, CoverStatus.COVERED, actor, now=now)
    _record("session.cover_found", group_session, actor, now=now)


@transaction()
def say_no(group_session: GroupSession, *, actor: UserAccount, now: datetime) -> None:
    """Note that the actor cannot lead it either, and ask the next person. No reason is asked.

    :raises PermissionDenied: the actor does not lead in the group
    :raises NothingToSettle: it was settled meanwhile
    """
    ensure(actor, Permission.SESSION_LEAD, group_session.group)
    group_session, request = _lock_open(group_session.id, now=now)
    for ask in request.asks:
        if ask.user_id == actor.id:
            ask.asked_at = ask.asked_at or now
            ask.declined_at = now
    go_on_asking(request, group_session, now=now)


@transaction()
def decide(
    group_session: GroupSession, decision: Decision, *, actor: UserAccount, now: datetime
) -> None:
    """Settle it as an organizer: the others lead alone, it goes online, or it is cancelled.

    An online session that nobody leads is led by whoever decided.

    :raises PermissionDenied: the actor does not organize the group
    :raises NothingToSettle: it was settled meanwhile
    :raises NotPossible: the schedule or the session does not allow this
    """
    ensure(actor, Permission.SESSION_MANAGE, group_session.group)
    # The series first, as whoever changes schedules does.
    lock_series(group_session.series_id)
    group_session, request = _lock_open(group_session.id, now=now)
    if decision not in possible_decisions(group_session):
        raise NotPossible
    leaders = _leader_ids(group_session)
    match decision:
        case Decision.ALONE:
            _record("session.led_alone", group_session, actor, now=now)
            status = CoverStatus.ALONE
        case Decision.ONLINE:
            details = SessionDetails.of(
                group_session, place="", facilitator_ids=frozenset(leaders or {actor.id})
            )
            edit_session(group_session, details, actor=actor, now=now)
            status = CoverStatus.ONLINE
        case Decision.CANCEL:
            cancel_session(group_session, actor=actor, now=now)
            status = CoverStatus.CANCELLED
    _settle(request, status, actor, now=now)


def possible_decisions(group_session: GroupSession) -> list[Decision]:
    """Return what can be decided about a session, the mildest first."""
    leaders = len(group_session.facilitators)
    decisions = [Decision.CANCEL]
    if group_session.online_link_shown and group_session.place_shown:
        decisions.insert(0, Decision.ONLINE)
    if leaders > 1 or (leaders == 1 and group_session.series.may_lead_alone):
        decisions.insert(0, Decision.ALONE)
    return decisions


@transaction()
def allow_leading_alone(
    series: Series, *, is_allowed: bool, actor: UserAccount, now: datetime
) -> None:
    """Say whether one person may lead the sessions of a schedule alone when the other cannot.

    :raises PermissionDenied: the actor does not organize the group
    """
    series = lock_series(series.id)
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    series.may_lead_alone = is_allowed
    record(
        "series.lead_alone_decided",
        actor_id=actor.id,
        group_id=series.group_id,
        subject=str(series.public_id),
        now=now,
    )


@transaction()
def go_on_asking(request: CoverRequest, group_session: GroupSession, *, now: datetime) -> None:
    """Ask the next in line when nobody is waited for any more; call the organizers after the last."""
    unasked = [ask for ask in request.asks if ask.asked_at is None]
    waited_for = [ask.asked_at for ask in request.asks if ask.is_waited_for and ask.asked_at]
    wait = patience(starts_at=group_session.starts_at, now=now, unasked=len(unasked))
    if waited_for and max(waited_for) + wait > now:
        return
    if unasked:
        unasked[0].asked_at = now
        enqueue(
            "volunteering.cover_wanted",
            {"request_id": request.id, "user_id": unasked[0].user_id},
            key=f"volunteering.cover_wanted:{request.public_id}:{unasked[0].user_id}",
            now=now,
        )
    elif not waited_for:
        call_organizers(group_session, Alarm.NOBODY_LEFT, now=now)


@transaction()
def call_organizers(group_session: GroupSession, alarm: Alarm, *, now: datetime) -> None:
    """Write to the organizers, once for each alarm, that nobody leads a session yet."""
    for user_id in queries.list_leader_ids(group_session.group_id, roles=[Role.ORGANIZER]):
        enqueue(
            "volunteering.lead_missing",
            {"group_session_id": group_session.id, "user_id": user_id},
            key=f"volunteering.lead_missing:{group_session.public_id}"
            f":{group_session.starts_at.isoformat()}:{alarm}:{user_id}",
            now=now,
        )


def _asks_in_fair_order(
    group_session: GroupSession, leaders: frozenset[int], *, now: datetime
) -> list[CoverAsk]:
    """Return everybody who could lead instead, in the order in which they are asked."""
    pool = set(queries.list_leader_ids(group_session.group_id)) - leaders
    pool -= queries.list_busy_ids(pool, group_session)
    order = fair_order(pool, queries.last_led(group_session.group_id, before=now))
    return [
        CoverAsk(user_id=user_id, position=position)
        for position, user_id in enumerate(order, start=1)
    ]


def _settle(
    request: CoverRequest, status: CoverStatus, actor: UserAccount, *, now: datetime
) -> None:
    """Close a search, and tell everybody who may still be thinking about it.

    Where organizers decided, those who lead it as before learn how.
    """
    request.status, request.settled_at = status, now
    told = {ask.user_id for ask in request.asks if ask.is_waited_for}
    if status is not CoverStatus.COVERED:
        told |= _leader_ids(request.group_session)
    told |= set(queries.list_leader_ids(request.group_session.group_id, roles=[Role.ORGANIZER]))
    told |= {request.asked_by_id} if request.asked_by_id is not None else set()
    for user_id in sorted(told - {actor.id}):
        enqueue(
            "volunteering.cover_settled",
            {"request_id": request.id, "user_id": user_id},
            key=f"volunteering.cover_settled:{request.public_id}:{user_id}",
            now=now,
        )


def _lock_coming(group_session_id: int, *, now: datetime) -> GroupSession:
    group_session = lock_group_session(group_session_id)
    if group_session.has_started(now) or group_session.is_cancelled:
        raise NothingToSettle
    return group_session


def _lock_open(group_session_id: int, *, now: datetime) -> tuple[GroupSession, CoverRequest]:
    group_session = _lock_coming(group_session_id, now=now)
    request = queries.find_open_request(group_session)
    if request is None:
        raise NothingToSettle
    return group_session, request


def _leader_ids(group_session: GroupSession) -> frozenset[int]:
    # Read under the lock: what was loaded before it may be of another moment.
    db.session.refresh(group_session, ["facilitators"])
    return frozenset(person.id for person in group_session.facilitators)


def _record(act: str, group_session: GroupSession, actor: UserAccount, *, now: datetime) -> None:
    record(
        act,
        actor_id=actor.id,
        group_id=group_session.group_id,
        subject=str(group_session.public_id),
        now=now,
    )
