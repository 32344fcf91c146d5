"""Creating and editing groups."""

import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries
from supportgroups.groups.models import (
    AccessFact,
    Admission,
    Group,
    GroupTopic,
    Membership,
    Role,
    Visibility,
)
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.groups.services.listings import note_confirmed
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic

#: Words that an address under /groups/ already means.
RESERVED_SLUGS = frozenset({"new"})
MAX_SLUG = 60


@dataclass(frozen=True, kw_only=True)
class GroupDetails:
    """What organizers say about their group."""

    name: str
    purpose: str
    audience: str
    first_visit: str
    format: Format
    language: str
    time_zone: str
    cost: str
    visibility: Visibility
    admission: Admission
    agreement: str
    #: Whose public holidays its schedules may leave out; empty for the country of its zone.
    country: str = ""
    region: str = ""
    #: Where answers to messages go.
    mailbox: str | None = None
    topics: frozenset[Topic] = frozenset()
    #: What is known; features that are left out are unknown.
    access: dict[AccessFeature, AccessAnswer] = field(default_factory=dict)


@transaction()
def create_group(
    details: GroupDetails, *, actor: UserAccount, display_name: str | None = None, now: datetime
) -> Group:
    """Start a group with the actor as its organizer.

    :raises PermissionDenied: the actor has no e-mail address, so nobody could reach them, and one
        lost link would leave the group to nobody
    """
    if actor.is_light:
        raise PermissionDenied
    group = Group(
        slug=_new_slug(details), created_at=now, confirmed_at=now, calendar_revised_at=now
    )
    _write(group, details)
    db.session.add(group)
    db.session.flush()
    db.session.add(
        Membership(
            group_id=group.id,
            user_id=actor.id,
            role=Role.ORGANIZER,
            display_name=display_name or actor.display_name,
            joined_at=now,
            agreement_version=group.agreement_version,
            agreed_at=now,
            approved_at=now,
        )
    )
    record("group.created", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)
    return group


@transaction()
def edit_group(group: Group, details: GroupDetails, *, actor: UserAccount, now: datetime) -> None:
    """Change what a group says about itself; saying it again confirms that it is true.

    :raises PermissionDenied: the actor does not organize the group
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_EDIT, group)
    was_renamed = group.name != details.name
    if group.agreement != details.agreement:
        group.agreement_version += 1
    if group.visibility is not details.visibility and details.visibility is not Visibility.LISTED:
        # An address that was once public, or is made of the name, protects nobody.
        group.slug = _new_slug(details)
    _write(group, details)
    note_confirmed(group, now=now)
    group.touch_calendar(now)
    record("group.edited", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)
    if was_renamed:
        events.group_renamed.send(group=group, now=now)


@transaction()
def confirm_group(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Say that all that the group's page says is still true.

    :raises PermissionDenied: the actor does not organize the group
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_EDIT, group)
    note_confirmed(group, now=now)
    record("group.confirmed", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)


def _write(group: Group, details: GroupDetails) -> None:
    for name in (
        "name", "purpose", "audience", "first_visit", "format", "language", "time_zone",
        "cost", "visibility", "admission", "agreement", "country", "region", "mailbox",
    ):  # fmt: skip
        setattr(group, name, getattr(details, name))
    tags = {tag.topic: tag for tag in group.topic_tags}
    group.topic_tags = [tags.get(t) or GroupTopic(topic=t) for t in sorted(details.topics)]
    facts = {fact.feature: fact for fact in group.access_facts}
    for feature, answer in details.access.items():
        facts.setdefault(feature, AccessFact(feature=feature)).answer = answer
    group.access_facts = [facts[feature] for feature in sorted(details.access)]


def _new_slug(details: GroupDetails) -> str:
    """Return a free address: readable for a listed group, unguessable for every other."""
    if details.visibility is not Visibility.LISTED:
        return secrets.token_hex(8)
    plain = unicodedata.normalize("NFKD", details.name).encode("ascii", "ignore").decode().lower()
    wish = re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG].strip("-")
    if wish and wish not in RESERVED_SLUGS and queries.find_group(wish) is None:
        return wish
    return f"{wish or 'group'}-{secrets.token_hex(3)}"
