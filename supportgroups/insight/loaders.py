"""How somebody who led reaches the count without signing in: by the link that we mailed."""

from supportgroups.accounts.models import UserAccount
from supportgroups.groups.permissions import Permission
from supportgroups.insight import links
from supportgroups.sessions.loaders import load_mailed_session
from supportgroups.sessions.models import GroupSession


def load_by_link(token: str) -> tuple[GroupSession, UserAccount]:
    """Return the session of a mailed link, and the person to whom it was mailed.

    :raises Gone: it is too old, was not made here, or the person no longer leads in the group
    """
    return load_mailed_session(links.read(token), Permission.SESSION_COUNT)
