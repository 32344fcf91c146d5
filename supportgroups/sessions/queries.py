"""Questions about series and sessions."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.sessions.models import (
    ChangeKind,
    GroupSession,
    Pause,
    ScheduleChange,
    Series,
    SessionStatus,
)
from supportgroups.sessions.recurrence import HORIZON

#: With dates for less than this a schedule is about to run out.
SHORT_OF_DATES = timedelta(weeks=8)


def _with_what_pages_show(query: Select[GroupSession]) -> Select[GroupSession]:
    return query.options(
        joinedload(GroupSession.series),
        joinedload(GroupSession.group),
        joinedload(GroupSession.pause),
    )


def find_group_session(public_id: UUID) -> GroupSession | None:
    """Return one session with its series, group, line in the list of dates and facilitators."""
    return db.session.execute(
        _with_what_pages_show(select(GroupSession))
        .where(GroupSession.public_id == public_id)
        .options(joinedload(GroupSession.listed), selectinload(GroupSession.facilitators))
    ).scalar_one_or_none()


def lock_group_session(group_session_id: int) -> GroupSession:
    """Return one session as it is now, locked until the transaction ends.

    On SQLite the write transaction itself is the lock, and FOR UPDATE says nothing.
    """
    return db.session.execute(
        select(GroupSession)
        .where(GroupSession.id == group_session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def list_coming_sessions(
    groups: Iterable[Group], *, now: datetime, limit: int | None = 20
) -> list[GroupSession]:
    """Return the sessions of these groups that are not over, cancelled ones too, soonest first."""
    return list(
        db.session.execute(
            _with_what_pages_show(select(GroupSession))
            .where(
                GroupSession.group_id.in_([group.id for group in groups]),
                GroupSession.ends_at > now,
            )
            .order_by(GroupSession.starts_at, GroupSession.id)
            .limit(limit)
        ).scalars()
    )


def find_next_of_each(groups: Iterable[Group], *, now: datetime) -> dict[int, GroupSession]:
    """Return the next session that takes place of each group that has one, by the group's id."""
    ranked = (
        select(
            GroupSession.id,
            func.row_number()
            .over(
                partition_by=GroupSession.group_id,
                order_by=(GroupSession.starts_at, GroupSession.id),
            )
            .label("rank"),
        )
        .where(
            GroupSession.group_id.in_([group.id for group in groups]),
            GroupSession.starts_at > now,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .subquery()
    )
    rows = db.session.execute(
        select(GroupSession)
        .join(ranked, ranked.c.id == GroupSession.id)
        .where(ranked.c.rank == 1)
        .options(joinedload(GroupSession.series))
    ).scalars()
    return {group_session.group_id: group_session for group_session in rows}


def lock_series(series_id: int) -> Series:
    """Return one series as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(Series)
        .where(Series.id == series_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def list_series(group: Group) -> list[Series]:
    """Return the schedules of a group, in the order in which they were made."""
    return list(
        db.session.execute(
            select(Series)
            .where(Series.group_id == group.id)
            .options(
                joinedload(Series.group), selectinload(Series.dates), selectinload(Series.skips)
            )
            .order_by(Series.id)
        ).scalars()
    )


def list_live_series(group: Group) -> list[Series]:
    """Return the schedules of a group that go on: neither called off nor gone over into others."""
    return [series for series in list_series(group) if series.rrule and not series.stops_before]


def list_sessions_of_series(series: Series) -> list[GroupSession]:
    """Return all sessions of a series, past and coming, in the order that its rule gave them."""
    return list(
        db.session.execute(
            select(GroupSession)
            .where(GroupSession.series_id == series.id)
            .options(joinedload(GroupSession.series), joinedload(GroupSession.group))
            .order_by(GroupSession.recurrence_id)
        ).scalars()
    )


def list_coming_of_series(series: Series, *, now: datetime) -> list[GroupSession]:
    """Return the sessions of a series that have not begun, soonest first."""
    return list(
        db.session.execute(
            select(GroupSession)
            .where(GroupSession.series_id == series.id, GroupSession.starts_at > now)
            .order_by(GroupSession.starts_at, GroupSession.id)
        ).scalars()
    )


def list_series_with_rooms(group_id: int) -> list[Series]:
    """Return the schedules of a group of which a session meets online, in a room of its own too."""
    own = GroupSession.online_link.is_not(None) & (GroupSession.online_link != "")
    has_own = select(GroupSession.id).where(GroupSession.series_id == Series.id, own).exists()
    return list(
        db.session.execute(
            select(Series)
            .where(Series.group_id == group_id, (Series.online_link != "") | has_own)
            .order_by(Series.id)
        ).scalars()
    )


def find_series(group: Group, public_id: UUID) -> Series | None:
    """Return one schedule of a group."""
    return db.session.execute(
        select(Series).where(Series.public_id == public_id, Series.group_id == group.id)
    ).scalar_one_or_none()


def list_sessions_by_id(ids: Iterable[int]) -> list[GroupSession]:
    """Return these sessions with what pages show of them, in the order of their ids."""
    return list(
        db.session.execute(
            _with_what_pages_show(select(GroupSession))
            .where(GroupSession.id.in_(list(ids)))
            .options(selectinload(GroupSession.facilitators))
            .order_by(GroupSession.id)
        ).scalars()
    )


def lock_coming_sessions(
    series_ids: Iterable[int], *, now: datetime, ids: Iterable[int] | None = None
) -> list[GroupSession]:
    """Return the sessions of these series that are not over, locked, in the order of their rule.

    :param ids: of these sessions alone
    """
    query = select(GroupSession).where(
        GroupSession.series_id.in_(list(series_ids)), GroupSession.ends_at > now
    )
    if ids is not None:
        query = query.where(GroupSession.id.in_(list(ids)))
    rows = db.session.execute(
        query.options(
            selectinload(GroupSession.series),
            selectinload(GroupSession.group),
            selectinload(GroupSession.facilitators),
        )
        # Everybody locks in the same order, so that nobody waits for each other.
        .order_by(GroupSession.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars()
    return sorted(rows, key=lambda found: (found.recurrence_id, found.id))


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


def list_standing_changes(group: Group, *, after: ScheduleChange) -> list[ScheduleChange]:
    """Return the acts after this one that were not undone."""
    return list(
        db.session.execute(
            select(ScheduleChange)
            .where(
                ScheduleChange.group_id == group.id,
                ScheduleChange.id > after.id,
                ScheduleChange.undone_at.is_(None),
            )
            .order_by(ScheduleChange.id)
        ).scalars()
    )


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


class RunningOut(NamedTuple):
    """A schedule that goes on, but has dates for a short while only."""

    series: Series
    #: When its last date begins that takes place; none if there is none at all.
    last_starts_at: datetime | None


def list_running_out(*, now: datetime, group: Group | None = None) -> list[RunningOut]:
    """Return the repeating schedules without dates for the next weeks: of one group, or of all.

    Either their rule comes to its end, or no worker makes their dates. Those that organizers have
    stopped, and those whose last date is long over, are left out.
    """
    last = func.max(GroupSession.starts_at)
    query = (
        select(Series, last)
        .outerjoin(
            GroupSession,
            and_(
                GroupSession.series_id == Series.id,
                GroupSession.status == SessionStatus.SCHEDULED,
            ),
        )
        .where(Series.rrule.is_not(None), Series.stops_before.is_(None))
        .group_by(Series.id)
        .having(last.between(now - SHORT_OF_DATES, now + SHORT_OF_DATES))
        .order_by(Series.id)
    )
    if group is not None:
        query = query.where(Series.group_id == group.id)
    return [RunningOut(*row) for row in db.session.execute(query)]


def list_recurrence_ids(series: Series, *, after: datetime | None) -> set[datetime]:
    """Return the starts, by its rule, of the sessions of a series that exist."""
    query = select(GroupSession.recurrence_id).where(GroupSession.series_id == series.id)
    if after is not None:
        query = query.where(GroupSession.recurrence_id > after)
    return set(db.session.execute(query).scalars())


def list_series_to_extend(*, now: datetime) -> list[int]:
    """Return the ids of repeating series whose sessions are not all made up to the horizon.

    A week is given away, so that each series is looked at about once a week.
    """
    mark = (now + HORIZON - timedelta(weeks=1)).replace(tzinfo=None)
    return list(
        db.session.execute(
            select(Series.id)
            .where(Series.rrule.is_not(None), Series.made_until < mark)
            .order_by(Series.id)
        ).scalars()
    )


def list_series_led_by(user_id: int, *, group_id: int) -> list[Series]:
    """Return the schedules of a group that somebody leads."""
    return list(
        db.session.execute(
            select(Series)
            .where(Series.group_id == group_id, Series.facilitators.any(UserAccount.id == user_id))
            .order_by(Series.id)
        ).scalars()
    )


def list_sessions_led_by(user_id: int, *, group_id: int, now: datetime) -> list[GroupSession]:
    """Return the sessions of a group to come that somebody leads."""
    return list(
        db.session.execute(
            select(GroupSession)
            .where(
                GroupSession.group_id == group_id,
                GroupSession.ends_at > now,
                GroupSession.facilitators.any(UserAccount.id == user_id),
            )
            .order_by(GroupSession.starts_at, GroupSession.id)
        ).scalars()
    )
