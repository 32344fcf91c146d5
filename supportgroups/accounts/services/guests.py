"""People without e-mail and password: how they come into being, and come back by their own link."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import ManageLink, SignIn, UserAccount
from supportgroups.accounts.services import tries
from supportgroups.accounts.services.sign_ins import (
    LinkUnusable,
    NewDevice,
    end_devices_of,
    open_device,
)
from supportgroups.accounts.zones import zone_of_country
from supportgroups.config import settings
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.tokens import hash_secret, new_secret


@transaction()
def make_guest(
    *,
    display_name: str,
    contact_email: str | None,
    is_link_mailed: bool,
    secret: str,
    language: str | None,
    now: datetime,
) -> UserAccount:
    """Make a light account, which whoever holds `secret` can come back to.

    :param contact_email: where letters about their own answers go. Nobody has shown that it is
        theirs, so it opens nothing, and two people can give the same one
    :param is_link_mailed: whether a letter with a link of its own goes there
    """
    guest = UserAccount(
        display_name=display_name,
        contact_email=contact_email,
        time_zone=zone_of_country(settings().country),
        language=language,
        created_at=now,
        calendar_revised_at=now.replace(microsecond=0),
    )
    db.session.add(guest)
    db.session.flush()
    db.session.add(ManageLink(user_id=guest.id, secret_hash=hash_secret(secret), created_at=now))
    if contact_email is not None and is_link_mailed:
        mailed = ManageLink(user_id=guest.id, created_at=now)
        db.session.add(mailed)
        db.session.flush()
        enqueue(
            "accounts.own_link",
            {"manage_link_id": mailed.id},
            key=f"accounts.own_link:{mailed.id}",
            now=now,
        )
    db.session.flush()
    return guest


@dataclass(frozen=True, kw_only=True)
class OwnLinkLetter:
    """What the letter with somebody's own link says."""

    to: str
    secret: str
    language: str | None


@transaction()
def issue_own_link(manage_link_id: int) -> OwnLinkLetter | None:
    """Make the secret for the letter that is about to leave; none when nobody waits for it."""
    link = db.session.get(ManageLink, manage_link_id)
    if link is None or link.user.contact_email is None:
        return None
    secret = new_secret()
    link.secret_hash = hash_secret(secret)
    return OwnLinkLetter(to=link.user.contact_email, secret=secret, language=link.user.language)


@transaction()
def come_back(
    secret: str, *, device_name: str, replacing: SignIn | None, now: datetime
) -> NewDevice:
    """Sign in whoever holds somebody's own link, which goes on working.

    :raises LinkUnusable: nobody has such a link, or it was replaced
    """
    link = queries.find_manage_link(secret)
    if link is None:
        raise LinkUnusable
    return open_device(link.user, device_name=device_name, replacing=replacing, now=now)


@transaction()
def renew_own_link(device: SignIn, *, now: datetime) -> tuple[NewDevice, str]:
    """Give the person of this device another link, and end the old ones and all other devices.

    Return this device with its new secret, and the secret of the link, which is told only now.

    :raises PermissionDenied: they sign in by e-mail, and have no such link
    """
    user = device.user
    if not user.is_light:
        raise PermissionDenied
    device_name = device.device_name
    end_devices_of(user)
    db.session.execute(delete(ManageLink).where(ManageLink.user_id == user.id))
    secret = new_secret()
    db.session.add(ManageLink(user_id=user.id, secret_hash=hash_secret(secret), created_at=now))
    return open_device(user, device_name=device_name, now=now), secret


def become_full(device: SignIn, *, email: str, new: str, caller: str, now: datetime) -> NewDevice:
    """Let somebody who comes by their own link sign in by e-mail and password from now on.

    For a site that has no mail server, where nobody can be asked to open a letter; as with signing
    up there, the address stays unverified. Their link ends, and so do their other devices. Nothing
    changes, and nothing is told, when the address has an account.

    :param caller: the network address, by `networks.caller_of`
    :raises PermissionDenied: they sign in by e-mail already
    :raises TooManyTries: too many from there
    :raises WeakPassword: the password is too easy to guess
    """
    if settings().can_send_mail:
        raise RuntimeError("with a mail server, an address is confirmed by its mailbox")
    if not device.user.is_light:
        raise PermissionDenied
    tries.count_sign_up_from(caller, now=now)
    own_words = [device.user.display_name, email, settings().site_name]
    return _keep(device, email, passwords.hash_new_password(new, own_words=own_words), now=now)


@transaction()
def _keep(device: SignIn, email: str, password_hash: str, *, now: datetime) -> NewDevice:
    user = queries.lock_user(device.user_id)
    if user is None or not user.is_light:
        raise PermissionDenied
    device_name = device.device_name
    if queries.find_user_by_email(email) is None:
        user.email, user.is_email_verified = email, False
        user.password_hash, user.contact_email = password_hash, None
        db.session.execute(delete(ManageLink).where(ManageLink.user_id == user.id))
    end_devices_of(user)
    return open_device(user, device_name=device_name, now=now)
