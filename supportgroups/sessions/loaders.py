"""The only ways in which a view gets a session or a schedule: through its group's permissions."""

from uuid import UUID

from flask import abort

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups import queries as group_queries
from supportgroups.groups.loaders import check_group, load_group
from supportgroups.groups.models import Group, Membership, Role
from supportgroups.groups.permissions import Permission, permits
from supportgroups.sessions import queries
from supportgroups.sessions.models import GroupSession, Pause, ScheduleChange, Series, SeriesKind


def load_group_session(public_id: UUID, permission: Permission) -> GroupSession:
    """Return a session for somebody who may do `permission` in its group.

    :raises NotFound: there is no such session for the viewer
    :raises SignInNeeded: a guest may see it, but only somebody signed in could do this
    :raises PermissionDenied: the viewer may see it, but not do this
    """
    group_session = queries.find_group_session(public_id)
    check_group(group_session.group if group_session is not None else None, permission)
    # check_group does not come back without a group, nor a group without its session.
    assert group_session is not None  # noqa: S101
    return group_session


def load_mailed_session(
    found: tuple[UUID, int] | None, permission: Permission
) -> tuple[GroupSession, UserAccount]:
    """Return the session of a mailed link, and the person to whom it was mailed.

    :param found: the public id of one and the id of the other; None where the link is too old or was not made here
    :raises Gone: one of them is gone, or the person may no longer do `permission` in the group
    """
    if found is None:
        abort(410)
    session_id, user_id = found
    group_session = queries.find_group_session(session_id)
    person = db.session.get(UserAccount, user_id)
    if group_session is None or person is None:
        abort(410)
    if not permits(person, permission, group_session.group):
        abort(410)
    return group_session, person


def load_series(slug: str, public_id: UUID, permission: Permission) -> Series:
    """Return a schedule for somebody who may do `permission` in its group; see `load_group`.

    :raises NotFound: there is no such group for the viewer, or no such schedule in it
    """
    series = queries.find_series(load_group(slug, permission), public_id)
    if series is None:
        abort(404)
    return series


def load_course(slug: str, public_id: UUID, permission: Permission) -> Series:
    """Return a course for somebody who may do `permission` in its group; see `load_group`.

    :raises NotFound: there is no such group for the viewer, or no such course in it
    """
    series = load_series(slug, public_id, permission)
    if series.kind is not SeriesKind.COURSE:
        abort(404)
    return series


def load_pause(slug: str, public_id: UUID, permission: Permission) -> Pause:
    """Return a break for somebody who may do `permission` in its group; see `load_group`.

    :raises NotFound: there is no such group for the viewer, or no such break in it
    """
    pause = queries.find_pause(load_group(slug, permission), public_id)
    if pause is None:
        abort(404)
    return pause


def load_change(slug: str, public_id: UUID, permission: Permission) -> ScheduleChange:
    """Return an act on schedules for somebody who may do `permission` in its group.

    :raises NotFound: there is no such group for the viewer, or no such act on its schedules
    """
    change = queries.find_change(load_group(slug, permission), public_id)
    if change is None:
        abort(404)
    return change


def list_leaders(group: Group) -> list[Membership]:
    """Return those who may lead sessions of a group, for a form that offers them."""
    return group_queries.list_members(group, roles=[Role.ORGANIZER, Role.FACILITATOR])
