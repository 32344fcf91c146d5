"""Coming in on a device, and going out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, delete, not_, or_

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import EmailChange, SignIn, SignInLink, SignUp, UserAccount
from supportgroups.accounts.services import tries
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.outbox.services.addresses import trust
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.tokens import hash_secret, new_secret

LINK_LIFETIME = timedelta(minutes=10)


class WrongEmailOrPassword(DomainError):
    """Nobody has this address and this password. Which of the two is wrong is not said."""


class LinkUnusable(DomainError):
    """A mailed link is unknown, too old, or was used."""


@dataclass(frozen=True, kw_only=True)
class NewDevice:
    """A device that has just come in, with the secret that only its browser keeps."""

    sign_in: SignIn
    secret: str


def sign_in(
    email: str,
    password: str,
    *,
    is_kept: bool,
    device_name: str,
    caller: str,
    replacing: SignIn | None,
    now: datetime,
) -> NewDevice:
    """Sign a person in who knows their password.

    Takes as long for an unknown address, and for a person without a password.

    :param caller: the network address, by `networks.caller_of`
    :param replacing: the device as which this browser was signed in until now
    :raises TooManyTries: too many from there, or for this address
    :raises WrongEmailOrPassword: one of the two is wrong
    """
    tries.count_sign_in_from(caller, now=now)
    tries.count_sign_in_to(email, now=now)
    user = queries.find_user_by_email(email)
    known_hash = user.password_hash if user is not None else None
    # Hashing takes long, so it happens before the transaction.
    if not passwords.verify(known_hash, password) or user is None:
        raise WrongEmailOrPassword
    return _open_device_after_password(
        user.id,
        known_hash,
        passwords.renewed_hash(known_hash, password),
        is_kept=is_kept,
        device_name=device_name,
        replacing=replacing,
        now=now,
    )


@transaction()
def _open_device_after_password(
    user_id: int,
    known_hash: str | None,
    renewed_hash: str | None,
    *,
    is_kept: bool,
    device_name: str,
    replacing: SignIn | None,
    now: datetime,
) -> NewDevice:
    user = queries.lock_user(user_id)
    # Another device may have chosen a new password while this one was being checked.
    if user is None or user.password_hash != known_hash:
        raise WrongEmailOrPassword
    user.password_hash = renewed_hash
    return open_device(user, is_kept=is_kept, device_name=device_name, replacing=replacing, now=now)


def request_sign_in_link(email: str, *, next_path: str | None, caller: str, now: datetime) -> None:
    """Ask for a letter with a link that signs in. Tells nobody who has an account.

    :param caller: the network address, by `networks.caller_of`
    :raises TooManyTries: too many from there
    """
    tries.count_sign_in_from(caller, now=now)
    if tries.may_write_to(email, now=now):
        _keep_sign_in_link(email, next_path, now=now)


@transaction()
def _keep_sign_in_link(email: str, next_path: str | None, *, now: datetime) -> None:
    user = queries.find_user_by_email(email)
    link = SignInLink(
        user_id=user.id if user is not None else None,
        next_path=next_path,
        expires_at=now + LINK_LIFETIME,
    )
    db.session.add(link)
    db.session.flush()
    enqueue(
        "accounts.sign_in_link",
        {"sign_in_link_id": link.id},
        key=f"accounts.sign_in_link:{link.id}",
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class SignInLetter:
    """What the letter with a link to sign in says."""

    to: str
    secret: str
    language: str | None


@transaction()
def issue_sign_in_link(sign_in_link_id: int, *, now: datetime) -> SignInLetter | None:
    """Make the secret for the letter that is about to leave; none when nobody waits for it."""
    link = db.session.get(SignInLink, sign_in_link_id)
    if link is None or link.expires_at <= now:
        return None
    if link.user is None or link.user.email is None:
        db.session.delete(link)
        return None
    secret = new_secret()
    link.secret_hash = hash_secret(secret)
    link.expires_at = now + LINK_LIFETIME
    return SignInLetter(to=link.user.email, secret=secret, language=link.user.language)


@transaction()
def sign_in_by_link(
    secret: str, *, is_kept: bool, device_name: str, replacing: SignIn | None, now: datetime
) -> tuple[NewDevice, str | None]:
    """Sign in whoever holds a mailed link, once; also return where they wanted to go.

    :raises LinkUnusable: the link is unknown, over or used
    """
    used = db.session.execute(
        delete(SignInLink)
        .where(SignInLink.secret_hash == hash_secret(secret), SignInLink.expires_at > now)
        .returning(SignInLink.user_id, SignInLink.next_path)
    ).one_or_none()
    user = queries.lock_user(used.user_id) if used is not None and used.user_id else None
    if used is None or user is None:
        raise LinkUnusable
    if user.email is not None:
        trust(user.email)
    if not user.is_email_verified:
        # The account was made without a mail server. Now its owner is known, and whoever made it
        # may have been somebody else.
        user.is_email_verified = True
        user.password_hash = None
        end_devices_of(user)
    device = open_device(
        user,
        is_kept=is_kept,
        is_by_link=True,
        device_name=device_name,
        replacing=replacing,
        now=now,
    )
    return device, used.next_path


def open_device(
    user: UserAccount,
    *,
    device_name: str,
    is_kept: bool = False,
    is_by_link: bool = False,
    replacing: SignIn | None = None,
    now: datetime,
) -> NewDevice:
    """Sign `user` in on a device, inside the transaction that has shown it is them."""
    if replacing is not None:
        db.session.execute(delete(SignIn).where(SignIn.id == replacing.id))
    secret = new_secret()
    device = SignIn(
        secret_hash=hash_secret(secret),
        user=user,
        device_name=device_name,
        is_kept=is_kept,
        is_by_link=is_by_link,
        signed_in_at=now,
        last_seen_at=now,
    )
    db.session.add(device)
    db.session.flush()
    return NewDevice(sign_in=device, secret=secret)


def end_devices_of(user: UserAccount) -> None:
    """Sign a person out everywhere and end their mailed links, inside a transaction."""
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id))
    end_mailed_links_of(user)


def end_mailed_links_of(user: UserAccount) -> None:
    """End all links with which a person could sign in, inside a transaction."""
    db.session.execute(delete(SignInLink).where(SignInLink.user_id == user.id))


@transaction()
def sign_out(device: SignIn) -> None:
    """Sign one device out. Its cookie opens nothing from now on."""
    db.session.execute(delete(SignIn).where(SignIn.id == device.id))


@transaction()
def end_device(public_id: UUID, *, actor: UserAccount) -> bool:
    """Sign one of the actor's own devices out; tell whether there was such a device."""
    ended = db.session.execute(
        delete(SignIn)
        .where(SignIn.public_id == public_id, SignIn.user_id == actor.id)
        .returning(SignIn.id)
    )
    return ended.first() is not None


@transaction()
def end_other_devices(device: SignIn) -> None:
    """Sign the person of this device out on all others."""
    db.session.execute(
        delete(SignIn).where(SignIn.user_id == device.user_id, SignIn.id != device.id)
    )


@transaction()
def forget_expired(*, now: datetime) -> None:
    """Delete devices, links and half-finished sign-ups whose time is over."""
    is_idle = SignIn.last_seen_at <= now - queries.IDLE_LIMIT
    is_old = SignIn.signed_in_at <= now - queries.SESSION_LIMIT
    is_ancient = SignIn.signed_in_at <= now - queries.KEPT_LIMIT
    db.session.execute(
        delete(SignIn).where(or_(is_ancient, and_(not_(SignIn.is_kept), or_(is_idle, is_old))))
    )
    for kind in (SignInLink, SignUp, EmailChange):
        db.session.execute(delete(kind).where(kind.expires_at <= now))
