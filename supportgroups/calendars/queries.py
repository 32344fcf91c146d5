"""Questions that feeds and their links ask.

A feed first reads counters, then, only if they changed, which sessions it shows, and then, only
for those whose bytes are not kept, the sessions themselves. It never asks the other way round:
what is read later may be newer than the counters, and the next poll finds that out.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.window import Window
from supportgroups.db import db
from supportgroups.groups.models import Group, Membership, Visibility
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, SessionFacilitator, SessionStatus
from supportgroups.tokens import hash_secret

#: The answers with which a session stands in its owner's calendar.
SHOWN_ANSWERS = (RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED)


class SiteCounters(NamedTuple):
    """What tells that the calendars of all listed groups are as they were."""

    groups: int
    #: Differs when one group leaves the list and another one comes.
    ids: int
    revisions: int
    revised_at: datetime | None


class LinkCounters(NamedTuple):
    """A private link, and what tells that its feed is as it was."""

    id: int
    public_id: UUID
    user_id: int
    group_id: int | None
    discretion: Discretion
    neutral_word: str
    revised_at: datetime
    revoked_at: datetime | None
    last_fetched_at: datetime | None
    language: str | None
    #: Rises with the owner's answers and memberships.
    owner_revision: int
    owner_revised_at: datetime
    #: The groups of this feed in which the owner is a member now.
    groups: int
    revisions: int
    groups_revised_at: datetime | None
    #: The name of the one group of this feed, unless it is for all or the owner left.
    group_name: str | None


class PublicRow(NamedTuple):
    """What is needed of a session to find the kept bytes of its public entry."""

    id: int
    uid: str
    revision: int
    group_id: int


class PrivateRow(NamedTuple):
    """What is needed of a session to find the kept bytes of an owner's entry."""

    id: int
    uid: str
    revision: int
    revised_at: datetime
    group_name: str
    answer: RsvpStatus | None
    responded_at: datetime | None


class Found(NamedTuple):
    """The rows of a window: those before its Monday, latest first, and the rest, soonest first."""

    past: list[Any]
    coming: list[Any]


def find_feed_group(slug: str) -> Group | None:
    """Return the group at this address in one query, without its topics."""
    return db.session.execute(
        select(Group).where(Group.slug == slug).options(lazyload(Group.topic_tags))
    ).scalar_one_or_none()


def count_listed() -> SiteCounters:
    """Return the counters of the calendar of all listed groups."""
    row: Any = db.session.execute(
        select(
            func.count(Group.id),
            func.coalesce(func.sum(Group.id), 0),
            func.coalesce(func.sum(Group.calendar_revision), 0),
            func.max(Group.calendar_revised_at),
        ).where(Group.visibility == Visibility.LISTED)
    ).one()
    return SiteCounters(*row)


def find_link_counters(secret: str) -> LinkCounters | None:
    """Return the private link of this secret, a revoked one too, with its counters."""
    belongs = and_(
        Membership.user_id == FeedLink.user_id,
        Membership.removed_at.is_(None),
        or_(FeedLink.group_id.is_(None), Membership.group_id == FeedLink.group_id),
    )
    row: Any = db.session.execute(
        select(
            FeedLink.id,
            FeedLink.public_id,
            FeedLink.user_id,
            FeedLink.group_id,
            FeedLink.discretion,
            FeedLink.neutral_word,
            FeedLink.revised_at,
            FeedLink.revoked_at,
            FeedLink.last_fetched_at,
            UserAccount.language,
            UserAccount.calendar_revision,
            UserAccount.calendar_revised_at,
            func.count(Group.id),
            func.coalesce(func.sum(Group.calendar_revision), 0),
            func.max(Group.calendar_revised_at),
            case((FeedLink.group_id.is_not(None), func.max(Group.name))),
        )
        .join(UserAccount, UserAccount.id == FeedLink.user_id)
        .outerjoin(Membership, belongs)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(FeedLink.secret_hash == hash_secret(secret))
        .group_by(FeedLink.id, UserAccount.id)
    ).one_or_none()
    return LinkCounters(*row) if row is not None else None


def find_public_rows(window: Window, *, group: Group | None, limit: int) -> Found:
    """Return the sessions of one group, or of all listed groups, in the window."""
    query = select(GroupSession.id, GroupSession.uid, GroupSession.revision, GroupSession.group_id)
    if group is not None:
        query = query.where(GroupSession.group_id == group.id)
    else:
        query = query.join(Group, Group.id == GroupSession.group_id).where(
            Group.visibility == Visibility.LISTED
        )
    past, coming = _in_window(query, window, limit)
    return Found([PublicRow(*row) for row in past], [PublicRow(*row) for row in coming])


def find_private_rows(window: Window, *, link: LinkCounters, limit: int) -> Found:
    """Return the sessions in the window that the owner of the link comes to or leads.

    That is: answered with yes, maybe or the waiting list, or not answered but led by the owner;
    always in groups to which the owner belongs now.
    """
    query = (
        select(
            GroupSession.id,
            GroupSession.uid,
            GroupSession.revision,
            GroupSession.revised_at,
            Group.name,
            Rsvp.status,
            Rsvp.responded_at,
        )
        .join(Group, Group.id == GroupSession.group_id)
        .join(
            Membership,
            and_(
                Membership.group_id == GroupSession.group_id,
                Membership.user_id == link.user_id,
                Membership.removed_at.is_(None),
            ),
        )
        .outerjoin(
            Rsvp, and_(Rsvp.group_session_id == GroupSession.id, Rsvp.user_id == link.user_id)
        )
        .where(
            or_(
                Rsvp.status.in_(SHOWN_ANSWERS),
                and_(Rsvp.id.is_(None), _is_led_by(link.user_id)),
            )
        )
    )
    if link.group_id is not None:
        query = query.where(GroupSession.group_id == link.group_id)
    past, coming = _in_window(query, window, limit)
    return Found([PrivateRow(*row) for row in past], [PrivateRow(*row) for row in coming])


def list_feed_sessions(ids: Iterable[int]) -> list[GroupSession]:
    """Return these sessions with their series and group, in no order, in one query."""
    return list(
        db.session.execute(
            select(GroupSession)
            .where(GroupSession.id.in_(list(ids)))
            .options(
                joinedload(GroupSession.series),
                joinedload(GroupSession.group).lazyload(Group.topic_tags),
            )
        ).scalars()
    )


def list_feed_groups(ids: Iterable[int]) -> list[Group]:
    """Return these groups, in no order, in one query."""
    return list(
        db.session.execute(
            select(Group).where(Group.id.in_(list(ids))).options(lazyload(Group.topic_tags))
        ).scalars()
    )


def list_links(user: UserAccount) -> list[FeedLink]:
    """Return a person's links that still work, the oldest first."""
    return list(
        db.session.execute(
            select(FeedLink)
            .where(FeedLink.user_id == user.id, FeedLink.revoked_at.is_(None))
            .options(joinedload(FeedLink.group).lazyload(Group.topic_tags))
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
        .options(joinedload(FeedLink.group).lazyload(Group.topic_tags))
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
    db.session.execute(
        select(UserAccount.id).where(UserAccount.id == user.id).with_for_update()
    ).scalar_one()


def _is_led_by(user_id: int) -> ColumnElement[bool]:
    return exists().where(
        SessionFacilitator.group_session_id == GroupSession.id,
        SessionFacilitator.user_id == user_id,
    )


def _in_window(
    query: Select[*tuple[Any, ...]], window: Window, limit: int
) -> tuple[list[Any], list[Any]]:
    past = query.where(
        GroupSession.starts_at >= window.starts_at,
        GroupSession.starts_at < window.opened_at,
        or_(
            GroupSession.status != SessionStatus.CANCELLED,
            GroupSession.starts_at >= window.cancelled_since,
        ),
    ).order_by(GroupSession.starts_at.desc(), GroupSession.id.desc())
    coming = query.where(
        GroupSession.starts_at >= window.opened_at, GroupSession.starts_at < window.ends_at
    ).order_by(GroupSession.starts_at, GroupSession.id)
    return (
        list(db.session.execute(past.limit(limit)).all()),
        list(db.session.execute(coming.limit(limit)).all()),
    )
