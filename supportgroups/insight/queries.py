"""Questions of those who lead, over all of their groups."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group, JoinRequest, Membership, Role
from supportgroups.insight.models import HeadCount
from supportgroups.insight.overview import LedGroup, LedSession
from supportgroups.sessions.models import GroupSession, SessionFacilitator, SessionStatus
from supportgroups.volunteering.models import CoverRequest, CoverStatus

LEADING = (Role.ORGANIZER, Role.FACILITATOR)
#: After so long nobody remembers how many came, so we no longer ask.
COUNTED_WITHIN = timedelta(days=14)


def list_led_groups(user: UserAccount) -> list[LedGroup]:
    """Return where somebody organizes or facilitates, by the group's name, in one query."""
    requests = (
        select(func.count())
        .select_from(JoinRequest)
        .where(JoinRequest.group_id == Group.id)
        .scalar_subquery()
    )
    other = aliased(Membership)
    unread = (
        select(func.count())
        .select_from(other)
        .where(
            other.group_id == Group.id,
            other.removed_at.is_(None),
            other.agreement_version != Group.agreement_version,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Membership, requests, unread)
        .join(Membership.group)
        .where(
            Membership.user_id == user.id,
            Membership.removed_at.is_(None),
            Membership.role.in_(LEADING),
        )
        .options(contains_eager(Membership.group))
        .order_by(Group.name, Group.id)
    )
    return [LedGroup(*row) for row in rows]


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
    is_looked_for = exists().where(
        CoverRequest.group_session_id == GroupSession.id,
        CoverRequest.status == CoverStatus.OPEN,
    )
    rows = db.session.execute(
        select(GroupSession, leaders, is_looked_for)
        .where(
            GroupSession.group_id.in_(group_ids),
            GroupSession.ends_at > now,
            GroupSession.starts_at <= until,
        )
        .options(joinedload(GroupSession.series))
        .order_by(GroupSession.starts_at, GroupSession.id)
    )
    return [LedSession(*row) for row in rows]


def find_head_count(group_session: GroupSession) -> HeadCount | None:
    """Return what was counted at a session."""
    return db.session.get(HeadCount, group_session.id)


def list_past_sessions(
    group: Group, *, now: datetime, limit: int
) -> list[tuple[GroupSession, HeadCount | None]]:
    """Return the last sessions of a group with what was counted at them, last first, in one query."""
    rows = db.session.execute(
        select(GroupSession, HeadCount)
        .outerjoin(HeadCount, HeadCount.group_session_id == GroupSession.id)
        .where(GroupSession.group_id == group.id, GroupSession.ends_at <= now)
        .options(joinedload(GroupSession.series), joinedload(GroupSession.pause))
        .order_by(GroupSession.starts_at.desc(), GroupSession.id.desc())
        .limit(limit)
    )
    return [(group_session, count) for group_session, count in rows]


def list_uncounted(group_ids: Collection[int], *, now: datetime) -> list[GroupSession]:
    """Return the last sessions of these groups of which nobody has said how many came, last first.

    Their groups are not fetched: whoever asks has them at hand.
    """
    return list(
        db.session.execute(
            _uncounted(ended_since=now - COUNTED_WITHIN, now=now)
            .where(GroupSession.group_id.in_(group_ids))
            .order_by(GroupSession.starts_at.desc(), GroupSession.id)
        ).scalars()
    )


def list_leaders_to_ask(
    *, ended_since: datetime, now: datetime
) -> list[tuple[GroupSession, list[int]]]:
    """Return the uncounted sessions that ended lately, each with the ids of whom to ask.

    These are the facilitators of the session; where it has none, the organizers of the group.
    """
    found = list(
        db.session.execute(
            _uncounted(ended_since=ended_since, now=now)
            .options(selectinload(GroupSession.facilitators))
            .order_by(GroupSession.id)
        ).scalars()
    )
    organizers: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(Membership.group_id, Membership.user_id)
        .where(
            Membership.group_id.in_({group_session.group_id for group_session in found}),
            Membership.removed_at.is_(None),
            Membership.role == Role.ORGANIZER,
        )
        .order_by(Membership.group_id, Membership.user_id)
    )
    for group_id, user_id in rows:
        organizers.setdefault(group_id, []).append(user_id)
    return [
        (
            group_session,
            [person.id for person in group_session.facilitators]
            or organizers.get(group_session.group_id, []),
        )
        for group_session in found
    ]


def _uncounted(*, ended_since: datetime, now: datetime) -> Select[GroupSession]:
    is_counted = select(HeadCount.group_session_id).where(
        HeadCount.group_session_id == GroupSession.id
    )
    return select(GroupSession).where(
        GroupSession.ends_at > ended_since,
        GroupSession.ends_at <= now,
        GroupSession.status == SessionStatus.SCHEDULED,
        ~is_counted.exists(),
    )
