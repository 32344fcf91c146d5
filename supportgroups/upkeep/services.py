"""Sending once more what was given up, by those who may."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.permissions import ensure_runs_site
from supportgroups.audit import record
from supportgroups.db import transaction
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.history import retry_dead_jobs


@transaction()
def retry_letters_of(group: Group, *, actor: UserAccount, now: datetime) -> int:
    """Let the letters of a group that were given up begin anew; return how many.

    :raises PermissionDenied: the actor does not organize the group
    """
    ensure(actor, Permission.GROUP_ANNOUNCE, group)
    again = retry_dead_jobs(group_id=group.id, now=now)
    if again:
        record("letters.retried", actor_id=actor.id, group_id=group.id, now=now)
    return again


@transaction()
def retry_all_letters(*, actor: UserAccount, now: datetime) -> int:
    """Let everything that was given up begin anew; return how many jobs.

    :raises PermissionDenied: the actor does not run the site
    """
    ensure_runs_site(actor)
    again = retry_dead_jobs(now=now)
    if again:
        record("letters.retried", actor_id=actor.id, now=now)
    return again
