"""Questions about the private addresses of a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import FeedLink
from supportgroups.db import db
from supportgroups.groups.models import Group, Membership


def list_links(user: UserAccount) -> list[FeedLink]:
    """Return a person's links that still work, the oldest first.

    A link for a group that the person no longer belongs to comes without its group: who left a
    private group does not go on learning what it is called.
    """
    belongs = exists().where(
        Membership.group_id == Group.id,
        Membership.user_id == user.id,
        Membership.removed_at.is_(None),
    )
    return list(
        db.session.execute(
            select(FeedLink)
            .where(FeedLink.user_id == user.id, FeedLink.revoked_at.is_(None))
            .options(joinedload(FeedLink.group.and_(belongs)))
            .order_by(FeedLink.created_at, FeedLink.id)
        ).scalars()
    )


def find_link(user: UserAccount, public_id: UUID) -> FeedLink | None:
    """Return one of a person's own links, if it still works."""
    return db.session.execute(
        select(FeedLink)
        .where(
            FeedLink.public_id == public_id,
            FeedLink.user_id == user.id,
            FeedLink.revoked_at.is_(None),
        )
        .options(joinedload(FeedLink.group))
    ).scalar_one_or_none()


def count_links(user: UserAccount) -> int:
    """Return how many links of a person still work."""
    return db.session.execute(
        select(func.count())
        .select_from(FeedLink)
        .where(FeedLink.user_id == user.id, FeedLink.revoked_at.is_(None))
    ).scalar_one()


def lock_owner(user: UserAccount) -> None:
    """Let one change at a time be made to what a person owns, until the transaction ends."""
    lock_owner_id(user.id)


def lock_owner_id(user_id: int) -> None:
    """Do the same for somebody who is known by their number, and perhaps no longer here."""
    db.session.execute(select(UserAccount.id).where(UserAccount.id == user_id).with_for_update())


def list_expired_links(user: UserAccount, *, now: datetime) -> list[FeedLink]:
    """Return a person's links that carry nothing because no app came for long, the oldest first."""
    return [link for link in list_links(user) if link.has_expired(now)]


def find_link_by_id(link_id: int) -> FeedLink | None:
    """Return a link with its owner."""
    return db.session.get(FeedLink, link_id, options=[joinedload(FeedLink.user)])


def lock_expired_links(*, now: datetime, limit: int) -> list[FeedLink]:
    """Return expired links of which nobody was told yet and that no other worker has in hand, locked."""
    return list(
        db.session.execute(
            select(FeedLink)
            .where(
                FeedLink.expires_at <= now,
                FeedLink.expiry_told_at.is_(None),
                FeedLink.revoked_at.is_(None),
            )
            .order_by(FeedLink.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
