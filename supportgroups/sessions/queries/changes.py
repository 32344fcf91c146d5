"""Questions about breaks, and about what was changed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.sessions.models import (
    ChangeKind,
    GroupSession,
    Pause,
    ScheduleChange,
    SessionStatus,
    SiteBreak,
)

A_DAY = timedelta(days=1)


def list_sessions_in_other_moments(
    moments: Callable[[datetime, int, str], tuple[datetime, datetime]], *, now: datetime
) -> dict[int, list[int]]:
    """Return the coming sessions whose start or end is another moment than it was, by group.

    :param moments: gives both, for a start on the wall, a length in minutes and a zone
    """
    rows = db.session.execute(
        select(
            GroupSession.group_id,
            GroupSession.id,
            GroupSession.wall_starts_at,
            GroupSession.length_minutes,
            GroupSession.time_zone,
            GroupSession.starts_at,
            GroupSession.ends_at,
        )
        .where(GroupSession.starts_at > now)
        .order_by(GroupSession.group_id, GroupSession.id)
    )
    found: dict[int, list[int]] = {}
    for group_id, session_id, wall, length, zone, starts_at, ends_at in rows:
        if moments(wall, length, zone) != (starts_at, ends_at):
            found.setdefault(group_id, []).append(session_id)
    return found


def find_pause(group: Group, public_id: UUID) -> Pause | None:
    """Return one break of a group."""
    return db.session.execute(
        select(Pause)
        .where(Pause.group_id == group.id, Pause.public_id == public_id)
        .options(joinedload(Pause.group), joinedload(Pause.series))
    ).scalar_one_or_none()


def list_pauses(group_id: int, *, since: date) -> list[Pause]:
    """Return the breaks of a group that last beyond a day, in the order in which they begin."""
    return list(
        db.session.execute(
            select(Pause)
            .where(Pause.group_id == group_id, Pause.returns_on > since)
            .options(joinedload(Pause.series))
            .order_by(Pause.starts_on, Pause.id)
        ).scalars()
    )


def list_pauses_of_groups(group_ids: Iterable[int], *, now: datetime) -> list[Pause]:
    """Return the breaks of these groups that may still matter, on whatever clock."""
    return list(
        db.session.execute(
            select(Pause)
            .where(
                Pause.group_id.in_(list(group_ids)),
                Pause.returns_on > (now - timedelta(days=2)).date(),
            )
            .order_by(Pause.id)
        ).scalars()
    )


def list_site_breaks(*, since: date) -> list[SiteBreak]:
    """Return the breaks of the whole site that last beyond a day, in the order in which they begin."""
    return list(
        db.session.execute(
            select(SiteBreak)
            .where(SiteBreak.returns_on > since)
            .order_by(SiteBreak.starts_on, SiteBreak.id)
        ).scalars()
    )


def find_site_break(public_id: UUID) -> SiteBreak | None:
    """Return one break of the whole site."""
    return db.session.execute(
        select(SiteBreak).where(SiteBreak.public_id == public_id)
    ).scalar_one_or_none()


def list_pauses_of_site_break(site_break: SiteBreak) -> list[Pause]:
    """Return the breaks of groups that are parts of one of the whole site and have not ended early."""
    return list(
        db.session.execute(
            select(Pause)
            .where(Pause.site_break_id == site_break.id)
            .options(joinedload(Pause.group))
            .order_by(Pause.group_id)
        ).scalars()
    )


class MeetingGroup(NamedTuple):
    """A group with the number of its sessions in some days."""

    group: Group
    sessions: int


def list_groups_that_meet(
    *, starts_on: date, returns_on: date, now: datetime
) -> list[MeetingGroup]:
    """Return the groups that meet from one day until before another, by name."""
    first, end = (datetime.combine(day, time.min) for day in (starts_on, returns_on))
    return [
        MeetingGroup(group, number)
        for group, number in db.session.execute(
            select(Group, func.count(GroupSession.id))
            .join(GroupSession, GroupSession.group_id == Group.id)
            .where(
                GroupSession.starts_at > now,
                GroupSession.status == SessionStatus.SCHEDULED,
                GroupSession.wall_starts_at >= first,
                GroupSession.wall_starts_at < end,
            )
            .group_by(Group.id)
            .order_by(Group.name, Group.id)
        )
    ]


def count_sessions_off_by(site_break: SiteBreak, *, now: datetime) -> dict[int, int]:
    """Return how many coming sessions of each group a break of the whole site keeps off."""
    rows = db.session.execute(
        select(GroupSession.group_id, func.count())
        .join(Pause, Pause.id == GroupSession.pause_id)
        .where(Pause.site_break_id == site_break.id, GroupSession.starts_at > now)
        .group_by(GroupSession.group_id)
    )
    return dict(rows.all())


def find_change(group: Group, public_id: UUID) -> ScheduleChange | None:
    """Return one act on the schedules of a group."""
    return db.session.execute(
        select(ScheduleChange).where(
            ScheduleChange.group_id == group.id, ScheduleChange.public_id == public_id
        )
    ).scalar_one_or_none()


def lock_change(change_id: int) -> ScheduleChange:
    """Return an act on schedules as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(ScheduleChange)
        .where(ScheduleChange.id == change_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def list_standing_changes(group_id: int, *, after: ScheduleChange) -> list[ScheduleChange]:
    """Return the acts after this one that were not undone."""
    return list(
        db.session.execute(
            select(ScheduleChange)
            .where(
                ScheduleChange.group_id == group_id,
                ScheduleChange.id > after.id,
                ScheduleChange.undone_at.is_(None),
            )
            .order_by(ScheduleChange.id)
        ).scalars()
    )


def list_changes_told_by(change: ScheduleChange) -> list[ScheduleChange]:
    """Return all acts on the schedules of a group that are told no later than this one.

    In their order, this one among them; what is a day older was told or is no news any more.
    """
    if change.tells_at is None:
        return [change]
    return list(
        db.session.execute(
            select(ScheduleChange)
            .where(
                ScheduleChange.group_id == change.group_id,
                ScheduleChange.tells_at <= change.tells_at,
                ScheduleChange.tells_at > change.tells_at - A_DAY,
            )
            .order_by(ScheduleChange.id)
        ).scalars()
    )


def list_changes_of_groups(
    group_ids: Iterable[int], *, since: datetime
) -> dict[int, list[ScheduleChange]]:
    """Return the acts of which people were to be told since a moment, by group, in their order."""
    found: dict[int, list[ScheduleChange]] = {}
    rows = db.session.execute(
        select(ScheduleChange)
        .where(
            ScheduleChange.group_id.in_(list(group_ids)),
            ScheduleChange.changed_at > since,
            ScheduleChange.tells_at.is_not(None),
        )
        .order_by(ScheduleChange.id)
    ).scalars()
    for change in rows:
        found.setdefault(change.group_id, []).append(change)
    return found


def find_next_telling(group_id: int, *, now: datetime) -> datetime | None:
    """Return when people of a group are told next of acts on its schedules, if any wait for it."""
    return db.session.execute(
        select(func.min(ScheduleChange.tells_at)).where(
            ScheduleChange.group_id == group_id, ScheduleChange.tells_at > now
        )
    ).scalar_one()


def find_newest_change(group: Group, *, since: datetime) -> ScheduleChange | None:
    """Return the last act of an organizer since a moment that was not undone."""
    return db.session.execute(
        select(ScheduleChange)
        .where(
            ScheduleChange.group_id == group.id,
            ScheduleChange.changed_at > since,
            ScheduleChange.undone_at.is_(None),
            ScheduleChange.kind != ChangeKind.CLOCKS,
        )
        .order_by(ScheduleChange.id.desc())
        .limit(1)
    ).scalar_one_or_none()
