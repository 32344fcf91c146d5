"""How somebody who leads answers without signing in: by the link that we mailed."""

from flask import abort

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.permissions import Permission, permits
from supportgroups.sessions.loaders import load_mailed_session
from supportgroups.sessions.models import GroupSession
from supportgroups.volunteering import links
from supportgroups.volunteering.models import CoverRequest
from supportgroups.volunteering.queries import find_request


def load_by_link(token: str) -> tuple[CoverRequest, UserAccount]:
    """Return the search of a mailed link, and the person to whom it was mailed.

    :raises Gone: it is too old, was not made here, or the person no longer leads in the group
    """
    found = links.read(token)
    if found is None:
        abort(410)
    request_id, user_id = found
    request = find_request(request_id)
    person = db.session.get(UserAccount, user_id)
    if request is None or person is None:
        abort(410)
    if not permits(person, Permission.SESSION_LEAD, request.group_session.group):
        abort(410)
    return request, person


def load_duty(token: str) -> tuple[GroupSession, UserAccount]:
    """Return the session of a mailed link, and the person who was to lead it.

    :raises Gone: it is too old, was not made here, or the person no longer leads in the group
    """
    return load_mailed_session(links.read_duty(token), Permission.SESSION_LEAD)
