"""How somebody who led reaches the count without signing in: by the link that we mailed."""

from flask import abort

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.permissions import Permission, permits
from supportgroups.insight import links
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import find_group_session


def load_by_link(token: str) -> tuple[GroupSession, UserAccount]:
    """Return the session of a mailed link, and the person to whom it was mailed.

    :raises Gone: it is too old, was not made here, or the person no longer leads in the group
    """
    found = links.read(token)
    if found is None:
        abort(410)
    session_id, user_id = found
    group_session = find_group_session(session_id)
    person = db.session.get(UserAccount, user_id)
    if group_session is None or person is None:
        abort(410)
    if not permits(person, Permission.SESSION_COUNT, group_session.group):
        abort(410)
    return group_session, person
