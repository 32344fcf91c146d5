"""What only whoever runs the site may do: look after all groups at once, into none of which they see."""

from supportgroups.accounts.models import UserAccount
from supportgroups.errors import PermissionDenied


def ensure_runs_site(actor: UserAccount) -> None:
    """Let the actor pass, or stop the act.

    :raises PermissionDenied: they do not run the site
    """
    if not actor.is_site_admin:
        raise PermissionDenied
