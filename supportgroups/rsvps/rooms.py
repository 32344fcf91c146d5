"""Who is let through the door of an online room, and when."""

from datetime import datetime, timedelta
from enum import StrEnum

from supportgroups.groups.models import Membership, Role
from supportgroups.sessions.models import GroupSession, LinkPolicy

#: So long before the start the online room opens.
OPENS_BEFORE = timedelta(minutes=15)


class Door(StrEnum):
    """What somebody finds at the door of an online room."""

    OPEN = "open"
    NO_ROOM = "no-room"
    CANCELLED = "cancelled"
    OVER = "over"
    #: Only people who are expected come in.
    NEEDS_ANSWER = "needs-answer"
    #: Only people whom the organizers have let in come in.
    NEEDS_APPROVAL = "needs-approval"
    EARLY = "early"
    #: The link has to change first.
    LINK_OLD = "link-old"


def opens_at(group_session: GroupSession) -> datetime:
    """Return when the door opens."""
    return group_session.starts_at - OPENS_BEFORE


def policy_of(group_session: GroupSession) -> LinkPolicy:
    """Return who comes in at the moment: during an attack, only people who are approved."""
    is_guarded = group_session.group.is_guarded
    return LinkPolicy.APPROVAL if is_guarded else group_session.series.link_policy


def door_of(
    group_session: GroupSession,
    *,
    membership: Membership | None,
    holds_a_place: bool,
    now: datetime,
) -> Door:
    """Return what a person finds at the door.

    :param membership: of somebody who belongs to the group now
    :param holds_a_place: whether they are expected
    """
    if not group_session.online_link_shown:
        door = Door.NO_ROOM
    elif group_session.is_cancelled:
        door = Door.CANCELLED
    elif group_session.is_over(now):
        door = Door.OVER
    elif not _is_expected(group_session, membership, holds_a_place=holds_a_place):
        door = Door.NEEDS_ANSWER
    elif not _is_let_in(group_session, membership):
        door = Door.NEEDS_APPROVAL
    elif now < opens_at(group_session):
        door = Door.EARLY
    else:
        door = Door.LINK_OLD if group_session.series.is_link_old else Door.OPEN
    return door


def _is_expected(
    group_session: GroupSession, membership: Membership | None, *, holds_a_place: bool
) -> bool:
    if policy_of(group_session) is LinkPolicy.PUBLIC:
        return True
    if membership is None:
        return False
    # Where nobody books, whoever belongs to the group is expected, and so is whoever leads it.
    is_leader = membership.role is not Role.MEMBER
    return is_leader or holds_a_place or group_session.is_drop_in


def _is_let_in(group_session: GroupSession, membership: Membership | None) -> bool:
    is_asked = policy_of(group_session) is LinkPolicy.APPROVAL
    return not is_asked or (membership is not None and membership.is_approved)
