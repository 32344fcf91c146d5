"""Invitation links: organizers make them and send them on themselves."""

from datetime import datetime, timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, InvitationLink
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.tokens import hash_secret, new_secret

VALID_FOR = timedelta(days=30)


@transaction()
def create_invitation(
    group: Group, *, actor: UserAccount, name: str, now: datetime
) -> tuple[InvitationLink, str]:
    """Make an invitation link; return it with its secret, which cannot be seen again.

    :raises PermissionDenied: the actor does not organize the group
    """
    ensure(actor, Permission.GROUP_MEMBERS, group)
    secret = new_secret()
    link = InvitationLink(
        group_id=group.id,
        name=name,
        secret_hash=hash_secret(secret),
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    db.session.add(link)
    db.session.flush()
    record(
        "invitation.created",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(link.public_id),
        now=now,
    )
    return link, secret


@transaction()
def revoke_invitation(link: InvitationLink, *, actor: UserAccount, now: datetime) -> None:
    """Make an invitation link useless from now on.

    :raises PermissionDenied: the actor does not organize the group
    """
    ensure(actor, Permission.GROUP_MEMBERS, link.group)
    if link.revoked_at is not None:
        return
    link.revoked_at = now
    record(
        "invitation.revoked",
        actor_id=actor.id,
        group_id=link.group_id,
        subject=str(link.public_id),
        now=now,
    )
