"""Questions about series and sessions."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from supportgroups.db import db
from supportgroups.groups.models import Group, Membership
from supportgroups.sessions.models import GroupSession, Series


def _with_what_pages_show(query: Select[tuple[GroupSession]]) -> Select[tuple[GroupSession]]:
    return query.options(joinedload(GroupSession.series), joinedload(GroupSession.group))


def find_group_session(public_id: UUID) -> GroupSession | None:
    """Return one session with its series, group and facilitators."""
    return db.session.execute(
        _with_what_pages_show(select(GroupSession))
        .where(GroupSession.public_id == public_id)
        .options(selectinload(GroupSession.facilitators))
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
    groups: Iterable[Group], *, now: datetime, limit: int = 20
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
