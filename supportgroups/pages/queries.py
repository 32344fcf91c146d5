"""Questions whose answers need more than one slice."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, extract, select
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.db import db
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Group, Visibility
from supportgroups.groups.queries import DirectoryFilters
from supportgroups.sessions.models import GroupSession, SessionStatus


@dataclass(frozen=True, kw_only=True)
class DirectorySearch:
    """What a visitor of the directory looks for."""

    filters: DirectoryFilters = field(default_factory=DirectoryFilters)
    #: A weekday on which the group meets, 0 for Monday.
    weekday: int | None = None


def list_groups(
    search: DirectorySearch, *, now: datetime, after: int | None, limit: int
) -> list[Group]:
    """Return the listed groups that fit, by name.

    :param after: the id of the last group of the page before
    """
    last = db.session.get(Group, after) if after is not None else None
    mark = (last.name, last.id) if last is not None and last.is_listed else None
    also = _conditions(search, now)
    return group_queries.list_directory(search.filters, also=also, after=mark, limit=limit)


def count_groups(search: DirectorySearch, *, now: datetime) -> int:
    """Return how many listed groups fit."""
    return group_queries.count_directory(search.filters, also=_conditions(search, now))


def _conditions(search: DirectorySearch, now: datetime) -> list[ColumnElement[bool]]:
    if search.weekday is None:
        return []
    # The databases count from Sunday.
    day_number = (search.weekday + 1) % 7
    return [
        select(GroupSession.id)
        .where(
            GroupSession.group_id == Group.id,
            GroupSession.ends_at > now,
            GroupSession.status == SessionStatus.SCHEDULED,
            extract("dow", GroupSession.wall_starts_at) == day_number,
        )
        .exists()
    ]


def list_next_sessions(*, now: datetime, limit: int) -> list[GroupSession]:
    """Return the next sessions of listed groups that take place, soonest first."""
    return list(
        db.session.execute(
            select(GroupSession)
            .join(GroupSession.group)
            .where(
                Group.visibility == Visibility.LISTED,
                GroupSession.starts_at > now,
                GroupSession.status == SessionStatus.SCHEDULED,
            )
            .options(contains_eager(GroupSession.group), joinedload(GroupSession.series))
            .order_by(GroupSession.starts_at, GroupSession.id)
            .limit(limit)
        ).scalars()
    )
