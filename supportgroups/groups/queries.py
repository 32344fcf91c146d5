"""Questions about groups and who belongs to them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import (
    Group,
    InvitationLink,
    JoinRequest,
    Membership,
    Role,
    Visibility,
)
from supportgroups.tokens import hash_secret


def find_group(slug: str) -> Group | None:
    """Return the group at this address."""
    return db.session.execute(select(Group).where(Group.slug == slug)).scalar_one_or_none()


def find_past_or_present_membership(group: Group, user: UserAccount) -> Membership | None:
    """Return the person's membership, also one that the organizers ended."""
    return db.session.get(Membership, (group.id, user.id))


def find_membership(group: Group, user: UserAccount | None) -> Membership | None:
    """Return the membership of somebody who belongs to the group now."""
    if user is None:
        return None
    membership = find_past_or_present_membership(group, user)
    return membership if membership is not None and membership.is_active else None


def find_membership_by_id(group: Group, public_id: UUID) -> Membership | None:
    """Return the present membership of this public id in this group."""
    return db.session.execute(
        select(Membership)
        .where(
            Membership.public_id == public_id,
            Membership.group_id == group.id,
            Membership.removed_at.is_(None),
        )
        .options(joinedload(Membership.user))
    ).scalar_one_or_none()
