"""Changing sessions: editing, moving, cancelling, restoring one, or it and those that follow."""

from datetime import datetime, timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.clock import to_utc
from supportgroups.db import transaction
from supportgroups.errors import DomainError
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import (
    ChangeKind,
    GroupSession,
    ScheduleChange,
    SessionStatus,
)
from supportgroups.sessions.recurrence import end_by_rule
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.changes import Act, write_facilitators
from supportgroups.sessions.services.listed import edit_listed
from supportgroups.sessions.services.series import (
    StartsInThePast,
    checked_leaders,
    ensure_not_on_clock_change,
)
from supportgroups.sessions.services.successors import edit_from_here_on


class SessionOver(DomainError):
    """The session has ended; what happened is not rewritten."""


@transaction()
def edit_session(
    group_session: GroupSession,
    details: SessionDetails,
    *,
    scope: Scope = Scope.THIS,
    is_confirmed: bool = True,
    actor: UserAccount,
    now: datetime,
) -> ScheduleChange | None:
    """Change one session alone, or what changes of it in all that the scope reaches.

    Return what is kept of the act; none if everything is as it was.

    :raises PermissionDenied: the actor does not organize the group
    :raises SessionOver: it has ended
    :raises StartsInThePast: a session would have begun already
    :raises StartsOnClockChange: one would start in a skipped or repeated hour
    :raises DayDoesNotFit: no rule gives the other dates and this new day
    :raises NotALeader: somebody named as facilitator does not lead in this group
    :raises NotConfirmed: it is to be confirmed first, and was not
    """
    group_session, reached = _lock_for_change(group_session, actor, scope=scope, now=now)
    act = Act(
        ChangeKind.EDITED,
        group_session.group,
        actor=actor,
        now=now,
        is_confirmed=is_confirmed,
    )
    for one in reached:
        act.touch(one)
    series = group_session.series
    has_others = series.rrule is not None or series.dates
    if scope is Scope.THIS or not has_others:
        _edit_alone(group_session, details, now=now)
    elif series.rrule is None:
        edit_listed(act, group_session, details, reached)
    else:
        edit_from_here_on(act, group_session, details, reached)
    _record("edited", group_session, actor, scope=scope, now=now)
    return act.finish()


@transaction()
def cancel_session(
    group_session: GroupSession,
    *,
    scope: Scope = Scope.THIS,
    is_confirmed: bool = True,
    actor: UserAccount,
    reason: str = "",
    now: datetime,
) -> ScheduleChange | None:
    """Call sessions off; with those that follow, the schedule stops as well.

    Cancelling a cancelled session again changes the reason only.

    :raises PermissionDenied: the actor does not organize the group
    :raises SessionOver: it has ended
    :raises NotConfirmed: it is to be confirmed first, and was not
    """
    group_session, reached = _lock_for_change(group_session, actor, scope=scope, now=now)
    act = Act(
        ChangeKind.CANCELLED,
        group_session.group,
        actor=actor,
        now=now,
        is_confirmed=is_confirmed,
    )
    series = group_session.series
    for one in reached:
        if one.is_cancelled and one is not group_session:
            # It has a reason of its own.
            continue
        act.touch(one)
        one.status, one.cancel_reason, one.pause_id = SessionStatus.CANCELLED, reason, None
    if scope is not Scope.THIS and series.rrule is not None:
        act.touch_series(series)
        first = min(one.recurrence_id for one in reached)
        series.stops_before = (
            first if series.stops_before is None else min(first, series.stops_before)
        )
    change = act.finish()
    if change is not None:
        _record("cancelled", group_session, actor, scope=scope, now=now)
    return change


@transaction()
def restore_session(
    group_session: GroupSession,
    *,
    scope: Scope = Scope.THIS,
    is_confirmed: bool = True,
    actor: UserAccount,
    now: datetime,
) -> ScheduleChange | None:
    """Let cancelled sessions take place after all; nothing happens if none was cancelled.

    With others, those are meant that were cancelled for the same reason; a schedule that was
    stopped with them goes on.

    :raises PermissionDenied: the actor does not organize the group
    :raises SessionOver: it has ended
    :raises NotConfirmed: it is to be confirmed first, and was not
    """
    group_session, reached = _lock_for_change(group_session, actor, scope=scope, now=now)
    if not group_session.is_cancelled:
        return None
    act = Act(
        ChangeKind.RESTORED,
        group_session.group,
        actor=actor,
        now=now,
        is_confirmed=is_confirmed,
    )
    why = (group_session.cancel_reason, group_session.pause_id)
    for one in reached:
        if one.is_cancelled and (one.cancel_reason, one.pause_id) == why:
            act.touch(one)
            one.status, one.cancel_reason, one.pause_id = SessionStatus.SCHEDULED, "", None
    series = group_session.series
    was_stopped = (
        series.stops_before is not None and group_session.recurrence_id >= series.stops_before
    )
    if scope is not Scope.THIS and was_stopped:
        act.touch_series(series)
        series.stops_before = None
    _record("restored", group_session, actor, scope=scope, now=now)
    return act.finish()


@transaction()
def name_facilitators(
    group_session: GroupSession, user_ids: frozenset[int], *, now: datetime
) -> None:
    """Let exactly these people lead one session. Whoever calls has seen to it that this may be.

    :raises NotALeader: one of them does not lead in this group
    """
    group_session = queries.lock_group_session(group_session.id)
    leaders = checked_leaders(group_session.group, user_ids)
    write_facilitators(group_session, tuple(leaders), now=now)


@transaction()
def release_facilitator(*, group_id: int, user_id: int, now: datetime) -> None:
    """Take somebody out of the lead of a group's schedules and of its coming sessions."""
    for series in queries.list_series_led_by(user_id, group_id=group_id):
        series.facilitators = [person for person in series.facilitators if person.id != user_id]
    for group_session in queries.list_sessions_led_by(user_id, group_id=group_id, now=now):
        others = [person for person in group_session.facilitators if person.id != user_id]
        group_session.facilitators = others


def _lock_for_change(
    group_session: GroupSession, actor: UserAccount, *, scope: Scope, now: datetime
) -> tuple[GroupSession, list[GroupSession]]:
    """Return the session, and all that the scope reaches with it, in the order of their rule."""
    ensure(actor, Permission.SESSION_MANAGE, group_session.group)
    session_id = group_session.id
    # The series first, as whoever makes its sessions does.
    queries.lock_series(group_session.series_id)
    only = [session_id] if scope is Scope.THIS else None
    reached = queries.lock_coming_sessions([group_session.series_id], now=now, ids=only)
    found = next((one for one in reached if one.id == session_id), None)
    if found is None:
        raise SessionOver
    if scope is Scope.LATER:
        reached = [one for one in reached if one.recurrence_id >= found.recurrence_id]
    if scope is not Scope.THIS:
        reached = [one for one in reached if one is found or not one.has_started(now)]
    return found, reached


def _edit_alone(group_session: GroupSession, details: SessionDetails, *, now: datetime) -> None:
    """Change one session; what differs from its series is kept in its own row."""
    if details.wall_starts_at != group_session.wall_starts_at:
        ensure_not_on_clock_change(details.wall_starts_at, group_session.time_zone)
        starts_at = to_utc(details.wall_starts_at, group_session.time_zone)
        if starts_at <= now:
            raise StartsInThePast
        group_session.wall_starts_at = details.wall_starts_at
        group_session.starts_at = starts_at
    group_session.length_minutes = details.length_minutes
    group_session.ends_at = end_by_rule(
        group_session.wall_starts_at,
        timedelta(minutes=details.length_minutes),
        group_session.time_zone,
    )
    series = group_session.series
    for name in ("title", "description", "place", "online_link"):
        value = getattr(details, name)
        setattr(group_session, name, None if value == getattr(series, name) else value)
    same = details.capacity == series.capacity
    group_session.capacity = None if same else details.capacity or 0
    if details.facilitator_ids != frozenset(person.id for person in group_session.facilitators):
        leaders = checked_leaders(group_session.group, details.facilitator_ids)
        write_facilitators(group_session, tuple(leaders), now=now)


def _record(
    act: str, group_session: GroupSession, actor: UserAccount, *, scope: Scope, now: datetime
) -> None:
    is_one = scope is Scope.THIS
    record(
        f"session.{act}" if is_one else f"series.{act}",
        actor_id=actor.id,
        group_id=group_session.group_id,
        subject=str(group_session.public_id if is_one else group_session.series.public_id),
        now=now,
    )
