"""Closing the door during an attack, and opening it again."""

from datetime import datetime, timedelta

from sqlalchemy import update

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.groups import queries
from supportgroups.groups.models import Group, Membership
from supportgroups.groups.permissions import Permission, ensure

#: Who has belonged to the group for so long did not come for the attack.
TRUSTED_AFTER = timedelta(days=7)


@transaction()
def guard_group(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Let only people in whom the organizers approve, to the group and to its online rooms.

    Who has been a member for a week counts as approved. Nothing happens if it is guarded already.

    :raises PermissionDenied: the actor does not organize the group
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_MEMBERS, group)
    if group.is_guarded:
        return
    group.is_guarded = True
    db.session.execute(
        update(Membership)
        .where(
            Membership.group_id == group.id,
            Membership.approved_at.is_(None),
            Membership.joined_at <= now - TRUSTED_AFTER,
        )
        .values(approved_at=now)
    )
    record("group.guarded", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)
    events.group_guarded.send(group_id=group.id, now=now)


@transaction()
def unguard_group(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Let people join as they did before; nothing happens if the group is not guarded.

    :raises PermissionDenied: the actor does not organize the group
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_MEMBERS, group)
    if group.is_guarded:
        group.is_guarded = False
        record("group.unguarded", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)


@transaction()
def welcome_people(
    group: Group, *, actor: UserAccount, welcome_note: str, expected_wait: str, now: datetime
) -> None:
    """Change what people read who ask to join, and how long they are told to wait.

    :raises PermissionDenied: the actor does not organize the group
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_MEMBERS, group)
    group.welcome_note = welcome_note
    group.expected_wait = expected_wait
    record("group.edited", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)
