"""The only ways in which a view gets a feed's group or a person's own link."""

from uuid import UUID

from flask import abort

from supportgroups.accounts.current import signed_in_viewer
from supportgroups.calendars import queries
from supportgroups.calendars.models import FeedLink
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, permits


def load_feed_group(slug: str) -> Group:
    """Return a group whose calendar everybody may read who has its address.

    Who is signed in does not matter: calendar apps come without anybody.

    :raises NotFound: there is no such group, or it is private, which looks the same
    """
    group = queries.find_feed_group(slug)
    if group is None or not permits(None, Permission.GROUP_READ, group):
        abort(404)
    return group


def load_own_link(public_id: UUID) -> FeedLink:
    """Return a link of the person who is signed in.

    :raises NotFound: there is no such link, or it was revoked, or it is somebody else's
    """
    link = queries.find_link(signed_in_viewer(), public_id)
    if link is None:
        abort(404)
    return link
