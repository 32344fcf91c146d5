"""Questions about announcements: who gets one, and who reads which."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.announcements.models import Announcement
from supportgroups.db import db
from supportgroups.groups.models import Group, Membership
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession

#: So many stand on the page of those who wrote them.
SHOWN = 30


class Reader(NamedTuple):
    """Somebody whom an announcement is for."""

    user_id: int
    #: Whether there is an address, and they want such letters of this group.
    gets_a_letter: bool


def list_readers(group: Group, group_session: GroupSession | None) -> list[Reader]:
    """Return whom an announcement is for: all members, or who comes, perhaps comes, or waits."""
    query = (
        select(
            UserAccount.id,
            and_(
                or_(UserAccount.email.is_not(None), UserAccount.contact_email.is_not(None)),
                UserAccount.wants_announcements,
                not_(Membership.is_muted),
            ),
        )
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(Membership.group_id == group.id, Membership.removed_at.is_(None))
        .order_by(UserAccount.id)
    )
    if group_session is not None:
        query = query.where(UserAccount.id.in_(_people_of(group_session.id)))
    return [Reader(*row) for row in db.session.execute(query)]


def _people_of(session_id: int) -> Select[int]:
    return select(Rsvp.user_id).where(
        Rsvp.group_session_id == session_id, Rsvp.status != RsvpStatus.DECLINED
    )


def is_for(announcement: Announcement, membership: Membership) -> bool:
    """Tell whether an announcement is still for this member."""
    if not membership.is_active or announcement.group_id != membership.group_id:
        return False
    if announcement.group_session_id is None:
        return True
    people = _people_of(announcement.group_session_id).where(Rsvp.user_id == membership.user_id)
    return db.session.execute(people).first() is not None


def list_for_reader(user: UserAccount, *, now: datetime) -> list[Announcement]:
    """Return what somebody may read now from the groups that they belong to, newest first."""
    return _list(
        or_(Announcement.group_session_id.is_(None), _is_concerned(user)),
        user=user,
        now=now,
    )


def list_on_group_page(group: Group, user: UserAccount, *, now: datetime) -> list[Announcement]:
    """Return what a member reads on the page of a group: what is for all of its members."""
    of_group = [Announcement.group_id == group.id, Announcement.group_session_id.is_(None)]
    return _list(*of_group, user=user, now=now)


def list_on_session_page(
    group_session: GroupSession, user: UserAccount, *, now: datetime
) -> list[Announcement]:
    """Return what somebody who answered for a session reads on its page."""
    of_session = Announcement.group_session_id == group_session.id
    return _list(of_session, _is_concerned(user), user=user, now=now)


def _is_concerned(user: UserAccount) -> ColumnElement[bool]:
    return Announcement.group_session_id.in_(
        select(Rsvp.group_session_id).where(
            Rsvp.user_id == user.id, Rsvp.status != RsvpStatus.DECLINED
        )
    )


def _list(*conditions: ColumnElement[bool], user: UserAccount, now: datetime) -> list[Announcement]:
    belongs_to = select(Membership.group_id).where(
        Membership.user_id == user.id, Membership.removed_at.is_(None)
    )
    return list(
        db.session.execute(
            select(Announcement)
            .where(
                *conditions,
                Announcement.group_id.in_(belongs_to),
                Announcement.shown_until > now,
                Announcement.leaves_at <= now,
                Announcement.taken_back_at.is_(None),
                Announcement.words.is_not(None),
            )
            .options(joinedload(Announcement.group), joinedload(Announcement.group_session))
            .order_by(Announcement.id.desc())
        ).scalars()
    )


def list_written(group: Group) -> list[Announcement]:
    """Return the last announcements of a group, newest first, for those who write them."""
    return list(
        db.session.execute(
            select(Announcement)
            .where(Announcement.group_id == group.id)
            .options(joinedload(Announcement.group_session))
            .order_by(Announcement.id.desc())
            .limit(SHOWN)
        ).scalars()
    )


def find_announcement(group: Group, public_id: UUID) -> Announcement | None:
    """Return one announcement of a group."""
    return db.session.execute(
        select(Announcement).where(
            Announcement.group_id == group.id, Announcement.public_id == public_id
        )
    ).scalar_one_or_none()


def lock_announcement(announcement_id: int) -> Announcement:
    """Return one announcement as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(Announcement)
        .where(Announcement.id == announcement_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
