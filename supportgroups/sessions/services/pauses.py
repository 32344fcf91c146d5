"""Breaks: for a while a group, or one of its schedules, does not meet."""

from datetime import date, datetime, timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.clock import to_zone
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import (
    ChangeKind,
    Pause,
    ScheduleChange,
    Series,
    SessionStatus,
    SiteBreak,
)
from supportgroups.sessions.services.changes import Act


class BreakIsOver(DomainError):
    """A break can only be taken if its last day still lies ahead."""


class BreakEndsTooEarly(DomainError):
    """A break ends after it begins."""


@transaction()
def take_break(
    group: Group,
    *,
    series: Series | None = None,
    starts_on: date,
    returns_on: date,
    reason: str = "",
    actor: UserAccount,
    now: datetime,
    is_confirmed: bool = True,
) -> ScheduleChange | None:
    """Let a group not meet from one day until the day before another.

    Sessions that exist in between are called off, and their people told once. No further ones are
    made there.

    :param series: the one schedule that has the break; all of the group without it
    :param returns_on: the first day on which it meets again
    :raises PermissionDenied: the actor does not organize the group
    :raises BreakEndsTooEarly: it would not last a day
    :raises BreakIsOver: it would be over already
    :raises NotConfirmed: it is to be confirmed first, and was not
    """
    ensure(actor, Permission.SESSION_MANAGE, group)
    act = Act(ChangeKind.PAUSED, group, actor=actor, now=now, is_confirmed=is_confirmed)
    return begin(act, series, starts_on=starts_on, returns_on=returns_on, reason=reason)


@transaction()
def end_break(pause: Pause, *, actor: UserAccount, now: datetime) -> ScheduleChange | None:
    """Let the group meet in the days of a break after all; what it called off takes place.

    Sessions that were not made because of it are made by the worker.

    :raises PermissionDenied: the actor does not organize the group
    """
    ensure(actor, Permission.SESSION_MANAGE, pause.group)
    return end(Act(ChangeKind.RESUMED, pause.group, actor=actor, now=now), pause)


@transaction()
def begin(
    act: Act,
    only: Series | None,
    *,
    starts_on: date,
    returns_on: date,
    reason: str,
    site_break: SiteBreak | None = None,
) -> ScheduleChange | None:
    """Let a group, or one of its schedules, have a break, as part of an act.

    :raises BreakEndsTooEarly: it would not last a day
    :raises BreakIsOver: it would be over already
    """
    group, now = act.group, act.now
    if returns_on <= starts_on:
        raise BreakEndsTooEarly
    if returns_on <= to_zone(now, group.time_zone).date():
        raise BreakIsOver
    series = _lock_series(group, only)
    pause = Pause(
        group_id=group.id,
        series_id=only.id if only is not None else None,
        starts_on=starts_on,
        returns_on=returns_on,
        reason=reason,
        site_break_id=site_break.id if site_break is not None else None,
        created_at=now,
    )
    db.session.add(pause)
    db.session.flush()
    act.begin_pause(pause)
    for one in queries.lock_coming_sessions([found.id for found in series], now=now):
        is_free = one.is_cancelled or one.has_started(now)
        if not is_free and pause.covers(one.series_id, one.wall_starts_at.date()):
            act.touch(one)
            one.status, one.cancel_reason = SessionStatus.CANCELLED, ""
            one.pause = pause
    _record("pause.begun", pause, act.actor, now=now)
    return act.finish()


@transaction()
def end(act: Act, pause: Pause) -> ScheduleChange | None:
    """Let a break be over, as part of an act; what it called off takes place.

    What lies in another break as well stays off until that one is over.
    """
    series = _lock_series(pause.group, pause.series)
    others = [
        other
        for other in queries.list_pauses(pause.group_id, since=pause.starts_on)
        if other.id != pause.id
    ]
    for one in queries.lock_coming_sessions([found.id for found in series], now=act.now):
        if one.pause_id == pause.id and not one.has_started(act.now):
            act.touch(one)
            day = one.wall_starts_at.date()
            one.pause = next((other for other in others if other.covers(one.series_id, day)), None)
            if one.pause is None:
                one.status = SessionStatus.SCHEDULED
    before = datetime.combine(pause.starts_on, datetime.min.time()) - timedelta(minutes=1)
    for found in series:
        found.made_until = min(found.made_until, before)
    act.end_pause(pause, last_session_id=queries.find_last_session_id(one.id for one in series))
    _record("pause.ended", pause, act.actor, now=act.now)
    db.session.delete(pause)
    return act.finish()


def _lock_series(group: Group, only: Series | None) -> list[Series]:
    """Return the schedules that a break is about, locked against whoever makes their sessions."""
    ids = [only.id] if only is not None else [one.id for one in queries.list_series(group)]
    return [queries.lock_series(series_id) for series_id in ids]


def _record(act: str, pause: Pause, actor: UserAccount | None, *, now: datetime) -> None:
    record(
        act,
        actor_id=actor.id if actor is not None else None,
        group_id=pause.group_id,
        subject=str(pause.public_id),
        now=now,
    )
