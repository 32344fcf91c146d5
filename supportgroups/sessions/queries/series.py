"""Questions about series."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.sessions.models import (
    GroupSession,
    Series,
    SeriesKind,
    SessionStatus,
)
from supportgroups.sessions.recurrence import HORIZON

#: With dates for less than this a schedule is about to run out.
SHORT_OF_DATES = timedelta(weeks=8)


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
            .options(selectinload(Series.dates), selectinload(Series.skips))
            .order_by(Series.id)
        ).scalars()
    )


def list_courses(group: Group) -> list[Series]:
    """Return the courses of a group, the newest first."""
    return list(
        db.session.execute(
            select(Series)
            .where(Series.group_id == group.id, Series.kind == SeriesKind.COURSE)
            .options(joinedload(Series.group), selectinload(Series.dates))
            .order_by(Series.wall_starts_at.desc(), Series.id.desc())
        ).scalars()
    )


def list_live_series(group: Group) -> list[Series]:
    """Return the schedules of a group that go on: neither called off nor gone over into others."""
    return [series for series in list_series(group) if series.rrule and not series.stops_before]


def find_series(group: Group, public_id: UUID) -> Series | None:
    """Return one schedule of a group."""
    return db.session.execute(
        select(Series).where(Series.public_id == public_id, Series.group_id == group.id)
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


def list_recurrence_ids(
    series_ids: Iterable[int], *, after: datetime | None
) -> set[tuple[int, datetime]]:
    """Return the starts, by their rules, of the sessions of these series that exist."""
    query = select(GroupSession.series_id, GroupSession.recurrence_id).where(
        GroupSession.series_id.in_(list(series_ids))
    )
    if after is not None:
        query = query.where(GroupSession.recurrence_id > after)
    return {(series_id, start) for series_id, start in db.session.execute(query)}


def find_last_session_id(series_ids: Iterable[int]) -> int:
    """Return the highest id of a session of these series; 0 if there is none."""
    return db.session.execute(
        select(func.coalesce(func.max(GroupSession.id), 0)).where(
            GroupSession.series_id.in_(list(series_ids))
        )
    ).scalar_one()


def list_new_session_ids(series_ids: Iterable[int], *, after_id: int) -> dict[int, list[int]]:
    """Return the ids of the sessions of these series above one: those of each that has any.

    Of a series that is locked, all those are new that were written since `after_id` was asked for.
    """
    found: dict[int, list[int]] = {}
    query = select(GroupSession.series_id, GroupSession.id).where(
        GroupSession.series_id.in_(list(series_ids)), GroupSession.id > after_id
    )
    for series_id, session_id in db.session.execute(query.order_by(GroupSession.id)):
        found.setdefault(series_id, []).append(session_id)
    return found


def lock_series_to_extend(ids: Iterable[int], *, now: datetime) -> list[Series]:
    """Return those of these series that still need dates and that nobody else has in hand, locked."""
    return list(
        db.session.execute(
            select(Series)
            .where(Series.id.in_(list(ids)), Series.made_until < _mark(now))
            .options(
                selectinload(Series.group),
                selectinload(Series.dates),
                selectinload(Series.skips),
            )
            .order_by(Series.id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).scalars()
    )


def _mark(now: datetime) -> datetime:
    """Return up to when a series has to be made, so that nobody looks at it for now.

    A week is given away, so that each series is looked at about once a week.
    """
    return (now + HORIZON - timedelta(weeks=1)).replace(tzinfo=None)


def list_series_to_extend(*, now: datetime) -> list[int]:
    """Return the ids of repeating series whose sessions are not all made up to the horizon."""
    return list(
        db.session.execute(
            select(Series.id)
            .where(Series.rrule.is_not(None), Series.made_until < _mark(now))
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
