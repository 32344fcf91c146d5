"""Changing one session: editing, moving, cancelling, restoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.clock import to_utc
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.revisions import rising
from supportgroups.sessions import queries
from supportgroups.sessions.models import GroupSession, Series, SessionStatus
from supportgroups.sessions.recurrence import end_by_rule
from supportgroups.sessions.services.series import (
    StartsInThePast,
    checked_leaders,
    ensure_not_on_clock_change,
)


class SessionOver(DomainError):
    """The session has ended; what happened is not rewritten."""


@dataclass(frozen=True, kw_only=True)
class SessionDetails:
    """What people read about one session."""

    title: str
    description: str
    wall_starts_at: datetime
    length_minutes: int
    #: None for no limit.
    capacity: int | None
    place: str
    online_link: str
    facilitator_ids: frozenset[int] = frozenset()


@transaction()
def edit_session(
    group_session: GroupSession, details: SessionDetails, *, actor: UserAccount, now: datetime
) -> None:
    """Change one session alone; the others of its series stay as they are.

    :raises PermissionDenied: the actor does not organize the group
    :raises SessionOver: it has ended
    :raises StartsInThePast: it would have begun already
    :raises StartsOnClockChange: it would start in a skipped or repeated hour
    :raises NotALeader: somebody named as facilitator does not lead in this group
    """
    group_session = _lock_for_change(group_session, actor, now=now)
    series = group_session.series
    old_starts_at, old_capacity = group_session.starts_at, group_session.capacity_shown
    before = _what_makes_it_new(group_session)
    text_before = group_session.description_shown
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
    _write_overrides(group_session, series, details)
    _write_facilitators(group_session, details.facilitator_ids, now=now)

    is_new = _what_makes_it_new(group_session) != before
    if is_new or group_session.description_shown != text_before:
        revise(group_session, is_new=is_new, now=now)
    _record("session.edited", group_session, actor, now=now)
    if group_session.starts_at != old_starts_at:
        events.session_moved.send(group_session=group_session, old_starts_at=old_starts_at, now=now)
    if group_session.capacity_shown != old_capacity:
        events.session_capacity_changed.send(group_session=group_session, now=now)


@transaction()
def cancel_session(
    group_session: GroupSession, *, actor: UserAccount, reason: str = "", now: datetime
) -> None:
    """Call one session off; cancelling it again changes the reason only.

    :raises PermissionDenied: the actor does not organize the group
    :raises SessionOver: it has ended
    """
    group_session = _lock_for_change(group_session, actor, now=now)
    was_cancelled = group_session.is_cancelled
    if was_cancelled and group_session.cancel_reason == reason:
        return
    group_session.status = SessionStatus.CANCELLED
    group_session.cancel_reason = reason
    revise(group_session, is_new=not was_cancelled, now=now)
    _record("session.cancelled", group_session, actor, now=now)
    if not was_cancelled:
        events.session_cancelled.send(group_session=group_session, now=now)


@transaction()
def restore_session(group_session: GroupSession, *, actor: UserAccount, now: datetime) -> None:
    """Let a cancelled session take place after all; nothing happens if it was never cancelled.

    :raises PermissionDenied: the actor does not organize the group
    :raises SessionOver: it has ended
    """
    group_session = _lock_for_change(group_session, actor, now=now)
    if not group_session.is_cancelled:
        return
    group_session.status = SessionStatus.SCHEDULED
    group_session.cancel_reason = ""
    revise(group_session, is_new=True, now=now)
    _record("session.restored", group_session, actor, now=now)
    events.session_restored.send(group_session=group_session, now=now)


def revise(group_session: GroupSession, *, is_new: bool, now: datetime) -> None:
    """Say that a session reads differently now.

    :param is_new: its time, place, title or status changed, so that calendars count it as another
        version (SEQUENCE, RFC 5545 §3.8.7.4); otherwise only its text did
    """
    group_session.revision += 1
    group_session.revised_at = rising(group_session.revised_at, now)
    if is_new:
        group_session.sequence += 1
    group_session.group.touch_calendar(now)


@transaction()
def release_facilitator(*, group_id: int, user_id: int, now: datetime) -> None:
    """Take somebody out of the lead of a group's schedules and of its coming sessions."""
    for series in queries.list_series_led_by(user_id, group_id=group_id):
        series.facilitators = [person for person in series.facilitators if person.id != user_id]
    for group_session in queries.list_sessions_led_by(user_id, group_id=group_id, now=now):
        others = [person for person in group_session.facilitators if person.id != user_id]
        group_session.facilitators = others


def _lock_for_change(
    group_session: GroupSession, actor: UserAccount, *, now: datetime
) -> GroupSession:
    ensure(actor, Permission.SESSION_MANAGE, group_session.group)
    group_session = queries.lock_group_session(group_session.id)
    if group_session.is_over(now):
        raise SessionOver
    return group_session


def _what_makes_it_new(group_session: GroupSession) -> tuple[object, ...]:
    return (
        group_session.starts_at,
        group_session.ends_at,
        group_session.title_shown,
        group_session.place_shown,
    )


def _write_overrides(group_session: GroupSession, series: Series, details: SessionDetails) -> None:
    """Keep what differs from the series; what equals it goes on following it."""
    for name in ("title", "description", "place", "online_link"):
        value = getattr(details, name)
        setattr(group_session, name, None if value == getattr(series, name) else value)
    same = details.capacity == series.capacity
    group_session.capacity = None if same else details.capacity or 0


def _write_facilitators(
    group_session: GroupSession, user_ids: frozenset[int], *, now: datetime
) -> None:
    known = {person.id: person for person in group_session.facilitators}
    if frozenset(known) == user_ids:
        return
    wanted = checked_leaders(group_session.group, user_ids)
    group_session.facilitators = [
        known.get(user_id) or db.session.get_one(UserAccount, user_id) for user_id in wanted
    ]
    # A facilitator's own calendar shows what they lead.
    for person in {*known.values(), *group_session.facilitators}:
        person.touch_calendar(now)


def _record(act: str, group_session: GroupSession, actor: UserAccount, *, now: datetime) -> None:
    record(
        act,
        actor_id=actor.id,
        group_id=group_session.group_id,
        subject=str(group_session.public_id),
        now=now,
    )
