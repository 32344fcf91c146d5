"""Questions about cover."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from supportgroups.db import db
from supportgroups.groups.models import Membership, Role
from supportgroups.sessions.models import GroupSession, SessionFacilitator, SessionStatus
from supportgroups.volunteering.fairness import ALARM_BEFORE
from supportgroups.volunteering.models import CoverRequest, CoverStatus

LEADING = (Role.ORGANIZER, Role.FACILITATOR)


def find_open_request(group_session: GroupSession) -> CoverRequest | None:
    """Return the search for cover that is under way for a session."""
    return db.session.execute(
        select(CoverRequest)
        .where(
            CoverRequest.group_session_id == group_session.id,
            CoverRequest.status == CoverStatus.OPEN,
        )
        .options(selectinload(CoverRequest.asks))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def find_request(public_id: UUID) -> CoverRequest | None:
    """Return a search for cover, settled ones too."""
    return db.session.execute(
        select(CoverRequest)
        .where(CoverRequest.public_id == public_id)
        .options(joinedload(CoverRequest.group_session))
    ).scalar_one_or_none()


def list_leader_ids(group_id: int, *, roles: Iterable[Role] = LEADING) -> list[int]:
    """Return the ids of those who lead in a group."""
    return list(
        db.session.execute(
            select(Membership.user_id)
            .where(
                Membership.group_id == group_id,
                Membership.removed_at.is_(None),
                Membership.role.in_(list(roles)),
            )
            .order_by(Membership.user_id)
        ).scalars()
    )


def list_busy_ids(user_ids: Iterable[int], group_session: GroupSession) -> set[int]:
    """Return who of these leads another session at the same time, in whichever group."""
    return set(
        db.session.execute(
            select(SessionFacilitator.user_id)
            .join(GroupSession, GroupSession.id == SessionFacilitator.group_session_id)
            .where(
                SessionFacilitator.user_id.in_(list(user_ids)),
                GroupSession.id != group_session.id,
                GroupSession.status == SessionStatus.SCHEDULED,
                GroupSession.starts_at < group_session.ends_at,
                GroupSession.ends_at > group_session.starts_at,
            )
        ).scalars()
    )


def last_led(group_id: int, *, before: datetime) -> dict[int, datetime]:
    """Return when each person last led a session of this group that took place."""
    rows = db.session.execute(
        select(SessionFacilitator.user_id, func.max(GroupSession.starts_at))
        .join(GroupSession, GroupSession.id == SessionFacilitator.group_session_id)
        .where(
            GroupSession.group_id == group_id,
            GroupSession.starts_at < before,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .group_by(SessionFacilitator.user_id)
    )
    return dict(rows.all())


def list_sessions_to_look_after(*, now: datetime) -> list[int]:
    """Return the ids of sessions for which somebody is looked for, or that come soon without a leader.

    They are in the order of their numbers, in which they are locked.
    """
    is_looked_for = exists().where(
        CoverRequest.group_session_id == GroupSession.id,
        CoverRequest.status == CoverStatus.OPEN,
    )
    is_led = exists().where(SessionFacilitator.group_session_id == GroupSession.id)
    comes_soon = (
        (GroupSession.starts_at > now)
        & (GroupSession.starts_at <= now + max(ALARM_BEFORE.values()))
        & (GroupSession.status == SessionStatus.SCHEDULED)
    )
    return list(
        db.session.execute(
            select(GroupSession.id)
            .where(or_(is_looked_for, comes_soon & ~is_led))
            .order_by(GroupSession.id)
        ).scalars()
    )
