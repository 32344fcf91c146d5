"""How views get announcements."""

from uuid import UUID

from flask import abort

from supportgroups.announcements import queries
from supportgroups.announcements.models import Announcement
from supportgroups.groups.loaders import load_group
from supportgroups.groups.permissions import Permission


def load_announcement(slug: str, public_id: UUID, permission: Permission) -> Announcement:
    """Return an announcement of a group for somebody who may do `permission` in it.

    :raises NotFound: there is no such group for the viewer, or no such announcement in it
    """
    announcement = queries.find_announcement(load_group(slug, permission), public_id)
    if announcement is None:
        abort(404)
    return announcement
