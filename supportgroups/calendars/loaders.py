"""The only ways in which a view gets a feed's group, a person's own link, or who was invited."""

from uuid import UUID

from flask import abort

from supportgroups.accounts.current import signed_in_viewer
from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import queries
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.stop_links import read_stop_token
from supportgroups.db import db
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


def load_invited(token: str) -> UserAccount:
    """Return whose invitations a link stops.

    :raises NotFound: the link was not made here, or the account is erased
    """
    user_id = read_stop_token(token)
    user = db.session.get(UserAccount, user_id) if user_id is not None else None
    if user is None:
        abort(404)
    return user
