"""The only way in which a view gets a session: through the permissions of its group."""

from uuid import UUID

from supportgroups.groups.loaders import check_group
from supportgroups.groups.permissions import Permission
from supportgroups.sessions import queries
from supportgroups.sessions.models import GroupSession


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
