"""The keys of the world of the house tests: devices, links in letters, addresses of feeds."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from supportgroups.accounts.models import (
    EmailChange,
    ManageLink,
    SignIn,
    SignInLink,
    SignUp,
    UserAccount,
)
from supportgroups.calendars.models import (
    Discretion,
    FeedLink,
    Invitation,
    InvitationChoice,
)
from supportgroups.db import db
from supportgroups.groups.queries import find_group
from supportgroups.notices.models import PushDevice
from supportgroups.sessions.queries import find_group_session
from supportgroups.tokens import hash_secret, new_secret
from tests.conftest import NOW
from tests.factories import LONG_AGO, make_user
from tests.house.roles import SIGNED_IN, VISITOR

if TYPE_CHECKING:
    from tests.house.world import World


def make_links(world: "World", people: dict[str, UserAccount]) -> None:
    """Make the addresses of feeds, one for each person, discreet ones of the member too."""
    for role in SIGNED_IN:
        link, world.feeds[role] = _make_link(
            people[role], world.mark(f"link of {role}"), Discretion.PLAIN
        )
        if role == "member":
            world.link = link.public_id
    for discretion in (Discretion.NEUTRAL, Discretion.BUSY):
        _link, world.discreet_feeds[discretion] = _make_link(
            people["member"],
            world.mark("link of member"),
            discretion,
            neutral_word=world.mark("word of member"),
        )
    private = find_group(world.groups["private"].slug)
    # Somebody made an address for one group, and was removed from it afterwards.
    _make_link(people["removed"], world.mark("link of removed"), Discretion.PLAIN, group=private)


def invite_by_mail(world: "World", member: UserAccount) -> None:
    """Let the member be invited by mail, under a word that nobody else reads."""
    add(InvitationChoice(user_id=member.id, neutral_word=world.mark("word in letters")))
    group_session = find_group_session(world.groups["listed"].past_session)
    add(
        Invitation(
            user_id=member.id,
            group_session_id=group_session.id,
            token_hash=hash_secret(new_secret()),
            sequence=0,
            stamped_at=LONG_AGO,
            session_sequence=0,
            starts_at=group_session.starts_at,
            time_sequence=0,
            is_standing=True,
            is_waiting=False,
            sent_sequence=0,
        )
    )


def _make_link(
    person: UserAccount, name: str, discretion: Discretion, **overrides: object
) -> tuple[FeedLink, str]:
    secret = new_secret()
    values: dict[str, object] = {
        "user_id": person.id,
        "name": name,
        "secret_hash": hash_secret(secret),
        "discretion": discretion,
        "neutral_word": "Appointment",
        "created_at": LONG_AGO,
        "revised_at": LONG_AGO,
        "expires_at": NOW + timedelta(days=1),
    }
    return add(FeedLink(**values | overrides)), secret


def make_tokens(world: "World", member: UserAccount) -> None:
    """Make the links of letters that wait to be opened."""
    world.sign_in_token, world.sign_up_token, world.email_token = (new_secret() for _ in range(3))
    soon = NOW + timedelta(minutes=5)
    add(
        SignInLink(secret_hash=hash_secret(world.sign_in_token), user_id=member.id, expires_at=soon)
    )
    add(
        SignUp(
            display_name=world.mark("account of newcomer"),
            email=world.mark("e-mail of newcomer") + "@example.org",
            time_zone="Europe/London",
            browser_hash=hash_secret(new_secret()),
            secret_hash=hash_secret(world.sign_up_token),
            expires_at=soon,
        )
    )
    add(
        EmailChange(
            user_id=member.id,
            email=world.mark("new e-mail of member") + "@example.org",
            secret_hash=hash_secret(world.email_token),
            expires_at=soon,
        )
    )


def make_visitor(world: "World") -> None:
    """Make somebody who gave a name, an address for letters, and nothing else."""
    visitor = make_user(
        world.mark("account of visitor"),
        email=None,
        password_hash=None,
        contact_email=world.mark("e-mail of visitor") + "@example.org",
    )
    world.own_link_token = new_secret()
    add(
        ManageLink(
            user_id=visitor.id, secret_hash=hash_secret(world.own_link_token), created_at=LONG_AGO
        )
    )
    world.devices[VISITOR] = make_device(visitor, "Visitor's phone")[0]


def make_device(person: UserAccount, name: str, *, is_kept: bool = False) -> tuple[str, UUID]:
    """Sign somebody in on a device; return its secret and its public id."""
    secret = new_secret()
    device = add(
        SignIn(
            secret_hash=hash_secret(secret),
            user_id=person.id,
            device_name=name,
            is_kept=is_kept,
            signed_in_at=NOW,
            last_seen_at=NOW,
        )
    )
    return secret, device.public_id


def add_push_device(secret: str, word: str) -> None:
    """Let the device with this secret get notes."""
    sign_in = db.session.execute(
        select(SignIn).filter_by(secret_hash=hash_secret(secret))
    ).scalar_one()
    endpoint = f"https://push.example.org/{word}"
    add(PushDevice(sign_in_id=sign_in.id, endpoint=endpoint, created_at=NOW))


def add(row: Any) -> Any:
    """Add a row, and give it its number."""
    db.session.add(row)
    db.session.flush()
    return row
