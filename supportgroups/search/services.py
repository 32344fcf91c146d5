"""Keeps what search knows of groups up to date."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import selectinload

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group
from supportgroups.search import index, queries
from supportgroups.search.models import SearchEntry
from supportgroups.search.topics import EVERYDAY
from supportgroups.search.words import Marker, fold, near_all
from supportgroups.sessions.models import GroupSession, Series

#: So many groups are written at a time.
BATCH = 200


@transaction()
def write_entries(group_ids: Collection[int]) -> None:
    """Write anew what search knows of these groups. A group that is gone leaves nothing behind.

    All of a group is written at once: it is little, and so nothing can be forgotten.
    """
    index.forget(group_ids)
    db.session.execute(delete(SearchEntry).where(SearchEntry.group_id.in_(group_ids)))
    groups = db.session.scalars(
        select(Group).where(Group.id.in_(group_ids)).options(selectinload(Group.topic_tags))
    ).all()
    names = {group.id: _about(group) for group in groups}
    rows = [
        _row(group.id, None, None, group.name, names[group.id], group.purpose, group.audience)
        for group in groups
    ]
    series = db.session.scalars(
        select(Series).where(Series.group_id.in_(names)).options(selectinload(Series.dates))
    )
    rows += [
        _row(
            one.group_id,
            one.id,
            None,
            one.title,
            names[one.group_id],
            one.description,
            *(listed.topic for listed in one.dates),
        )
        for one in series
    ]
    titled = db.session.execute(
        select(
            GroupSession.group_id, GroupSession.id, GroupSession.title, GroupSession.description
        ).where(GroupSession.group_id.in_(names), GroupSession.title.is_not(None))
    )
    rows += [
        _row(one.group_id, None, one.id, one.title, names[one.group_id], one.description or "")
        for one in titled
    ]
    if rows:
        db.session.execute(insert(SearchEntry), rows)
        index.remember(group_ids)
    if len(groups) < len(group_ids):
        index.forget_orphans()


@transaction()
def rebuild() -> int:
    """Write anew what search knows of every group; return of how many."""
    ids = queries.list_group_ids()
    for start in range(0, len(ids), BATCH):
        write_entries(ids[start : start + BATCH])
    return len(ids)


@transaction()
def write_missing(*, now: datetime) -> int:  # noqa: ARG001 (every task of the worker is told)
    """Write what search knows of groups that it knows nothing of yet; return of how many.

    Those are the groups that were there before search came.
    """
    ids = queries.list_groups_without_entries(limit=BATCH)
    if ids:
        write_entries(ids)
    return len(ids)


def _about(group: Group) -> str:
    """Return by which words a group's sessions are found as well: its name and its topics."""
    return " ".join((group.name, *(EVERYDAY[topic] for topic in group.topics)))


def _row(
    group_id: int, series_id: int | None, group_session_id: int | None, title: str, *rest: str
) -> dict[str, Any]:
    is_group = series_id is None and group_session_id is None
    marker = Marker.GROUP if is_group else Marker.SESSION
    return {
        "group_id": group_id,
        "series_id": series_id,
        "group_session_id": group_session_id,
        "title": f"{marker} {fold(title)}".rstrip(),
        "words": f"{marker} {fold(' '.join((title, *rest)))}".rstrip(),
        "near": f"{marker} {near_all(fold(f'{title} {rest[0]}').split())}".rstrip(),
    }
