"""Questions about sessions."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.sessions.courses import CourseDates
from supportgroups.sessions.models import (
    GroupSession,
    Series,
    SessionStatus,
)


def _with_what_pages_show(query: Select[GroupSession]) -> Select[GroupSession]:
    return query.options(
        joinedload(GroupSession.series),
        joinedload(GroupSession.group),
        joinedload(GroupSession.pause),
    )


def find_group_session(public_id: UUID) -> GroupSession | None:
    """Return one session with its series, its group and its line in the list of dates."""
    return db.session.execute(_one_session(), {"public_id": public_id}).scalar_one_or_none()


@cache
def _one_session() -> Select[GroupSession]:
    return (
        _with_what_pages_show(select(GroupSession))
        .where(GroupSession.public_id == bindparam("public_id"))
        .options(joinedload(GroupSession.listed))
    )


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
            select(GroupSession)
            .where(
                GroupSession.group_id.in_([group.id for group in groups]),
                GroupSession.ends_at > now,
            )
            # The groups are at hand: whoever asks holds them.
            .options(joinedload(GroupSession.series), joinedload(GroupSession.pause))
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


def find_course_dates(many: Iterable[Series]) -> dict[int, CourseDates]:
    """Return the dates of some courses, each with its topic, by the id of the course."""
    courses = {series.id: series for series in many}
    found: dict[int, list[GroupSession]] = {series_id: [] for series_id in courses}
    rows = db.session.execute(
        _with_what_pages_show(select(GroupSession))
        .where(GroupSession.series_id.in_(courses))
        .options(joinedload(GroupSession.listed))
        .order_by(GroupSession.starts_at, GroupSession.id)
    )
    for group_session in rows.scalars():
        found[group_session.series_id].append(group_session)
    return {
        series_id: CourseDates(courses[series_id], sessions)
        for series_id, sessions in found.items()
    }


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


def lock_sessions(ids: Iterable[int], *, now: datetime) -> list[GroupSession]:
    """Return those of these sessions that have not begun, locked, in the order of their ids."""
    return list(
        db.session.execute(
            select(GroupSession)
            .where(GroupSession.id.in_(list(ids)), GroupSession.starts_at > now)
            .order_by(GroupSession.id)
            .with_for_update()
            .execution_options(populate_existing=True)
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
