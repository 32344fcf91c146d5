"""The only ways in which a view gets a group: may not see it → 404, may not do it → 403."""

from uuid import UUID

from flask import abort

from supportgroups.access import note_check
from supportgroups.accounts.current import viewer
from supportgroups.errors import PermissionDenied, SignInNeeded
from supportgroups.groups import queries
from supportgroups.groups.models import Group, Membership
from supportgroups.groups.permissions import Permission, permits


def load_group(slug: str, permission: Permission) -> Group:
    """Return the group at `slug` for somebody who may do `permission` there.

    A group that the viewer may not see looks exactly like one that does not exist.

    :raises NotFound: there is no such group for the viewer
    :raises SignInNeeded: a guest may see it, but only somebody signed in could do this
    :raises PermissionDenied: the viewer may see it, but not do this
    """
    return check_group(queries.find_group(slug), permission)


def check_group(group: Group | None, permission: Permission) -> Group:
    """Return `group` if the viewer may do `permission` there; see `load_group`."""
    person = viewer()
    if group is None or not permits(person, Permission.GROUP_READ, group):
        abort(404)
    note_check(permission)
    if not permits(person, permission, group):
        raise SignInNeeded if person is None else PermissionDenied(permission)
    return group


def load_membership(slug: str, public_id: UUID) -> Membership:
    """Return a member of a group for somebody who looks after its members.

    :raises NotFound: there is no such group for the viewer, or no such member in it
    """
    group = load_group(slug, Permission.GROUP_MEMBERS)
    membership = queries.find_membership_by_id(group, public_id)
    if membership is None:
        abort(404)
    return membership
