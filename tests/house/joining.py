"""Those who want to belong to the groups of the world of the house tests."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from supportgroups.accounts.models import UserAccount
from supportgroups.groups.models import Group, InvitationLink, JoinRequest
from supportgroups.tokens import hash_secret, new_secret
from tests.conftest import NOW
from tests.factories import LONG_AGO
from tests.house.world_keys import add

if TYPE_CHECKING:
    from tests.house.world import World


def make_join_request(world: "World", group: Group, person: UserAccount) -> UUID:
    request = add(
        JoinRequest(
            group_id=group.id,
            user_id=person.id,
            display_name=world.mark(f"pending's name of {group.visibility}"),
            message=world.mark(f"message of {group.visibility}"),
            agreement_version=group.agreement_version,
            asked_at=LONG_AGO,
        )
    )
    return request.public_id


def make_invitation(world: "World", group: Group) -> tuple[UUID, str]:
    secret = new_secret()
    link = add(
        InvitationLink(
            group_id=group.id,
            name=world.mark(f"invitation of {group.visibility}"),
            secret_hash=hash_secret(secret),
            created_at=LONG_AGO,
            expires_at=NOW + timedelta(days=3),
        )
    )
    return link.public_id, secret
