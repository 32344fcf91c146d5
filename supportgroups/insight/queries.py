"""Questions of those who lead, over all of their groups."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group, JoinRequest, Membership, Role
from supportgroups.insight.overview import LedSession, OpenMatters
from supportgroups.sessions.models import GroupSession, SessionFacilitator

LEADING = (Role.ORGANIZER, Role.FACILITATOR)


def list_led_memberships(user: UserAccount) -> list[Membership]:
    """Return where somebody organizes or facilitates, by the group's name, in one query."""
    return list(
        db.session.execute(
            select(Membership)
            .join(Membership.group)
            .where(
                Membership.user_id == user.id,
                Membership.removed_at.is_(None),
                Membership.role.in_(LEADING),
            )
            .options(contains_eager(Membership.group).lazyload(Group.topic_tags))
            .order_by(Group.name, Group.id)
        ).scalars()
    )


def find_open_matters(group_ids: Collection[int]) -> dict[int, OpenMatters]:
    """Return what waits in each of these groups, in one query."""
    requests = (
        select(func.count())
        .select_from(JoinRequest)
        .where(JoinRequest.group_id == Group.id)
        .scalar_subquery()
    )
    unread = (
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.group_id == Group.id,
            Membership.removed_at.is_(None),
            Membership.agreement_version != Group.agreement_version,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Group.id, requests, unread).where(Group.id.in_(group_ids)).order_by(Group.id)
    )
    return {group_id: OpenMatters(*counts) for group_id, *counts in rows}


def list_led_sessions(
    group_ids: Collection[int], *, now: datetime, until: datetime
) -> list[LedSession]:
    """Return the sessions of these groups from now to `until`, cancelled ones too, in one query.

    Their groups are not fetched: whoever asks has them at hand.
    """
    leaders = (
        select(func.count())
        .select_from(SessionFacilitator)
        .where(SessionFacilitator.group_session_id == GroupSession.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(GroupSession, leaders)
        .where(
            GroupSession.group_id.in_(group_ids),
            GroupSession.ends_at > now,
            GroupSession.starts_at <= until,
        )
        .options(joinedload(GroupSession.series))
        .order_by(GroupSession.starts_at, GroupSession.id)
    )
    return [LedSession(*row) for row in rows]
