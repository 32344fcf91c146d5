"""What people change about their own accounts, and who runs the site."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import EmailChange, ManageLink, SignIn, UserAccount
from supportgroups.accounts.services import tries
from supportgroups.accounts.services.sign_ins import (
    LinkUnusable,
    NewDevice,
    end_devices_of,
    end_mailed_links_of,
    open_device,
)
from supportgroups.audit import record
from supportgroups.config import settings
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.outbox.services.addresses import trust
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.tokens import hash_secret, new_secret, uuid7

#: For so long after a mailed link nobody asks for the present password: it may be forgotten.
MAILBOX_PROOF = timedelta(minutes=30)
EMAIL_CHANGE_LIFETIME = timedelta(hours=1)
#: The letter to the address of before has to leave within this time.
NOTICE_LIFETIME = timedelta(days=3)


class WrongPassword(DomainError):
    """The present password was needed, and this is not it."""


class UnknownPerson(DomainError):
    """Nobody has an account with this address."""


@transaction()
def edit_profile(
    actor: UserAccount,
    *,
    display_name: str,
    time_zone: str,
    language: str | None,
) -> None:
    """Change what the actor is called here, how pages show times and words."""
    actor.display_name = display_name
    actor.time_zone = time_zone
    actor.language = language


def needs_password(device: SignIn, *, now: datetime) -> bool:
    """Tell whether the present password has to be said before a change of what protects it.

    Not by somebody who has none, nor shortly after a mailed link, which is how a forgotten
    password is replaced.
    """
    has_shown_mailbox = device.is_by_link and now < device.signed_in_at + MAILBOX_PROOF
    return device.user.password_hash is not None and not has_shown_mailbox


def choose_password(device: SignIn, *, present: str | None, new: str, now: datetime) -> NewDevice:
    """Give the person of this device a new password, and sign out all their other devices.

    This device gets a new secret, so that a copy of its cookie is worth nothing either.

    :param present: the password until now; looked at only where `needs_password()`
    :raises TooManyTries: the present password was tried too often
    :raises WrongPassword: `present` is not the present password
    :raises WeakPassword: the new one is too easy to guess
    """
    user = device.user
    known_hash = _check_present_password(device, present, now=now)
    own_words = [user.display_name, user.email or "", settings().site_name]
    new_hash = passwords.hash_new_password(new, own_words=own_words)
    return _keep_password(device, known_hash, new_hash, now=now)


@transaction()
def _keep_password(
    device: SignIn, known_hash: str | None, new_hash: str, *, now: datetime
) -> NewDevice:
    user = queries.lock_user(device.user_id)
    # Another device may have chosen a password in this moment, and signed this one out.
    if user is None or user.password_hash != known_hash:
        raise WrongPassword
    device_name, is_kept = device.device_name, device.is_kept
    user.password_hash = new_hash
    end_devices_of(user)
    enqueue(
        "accounts.password_changed",
        {"user_id": user.id},
        key=f"accounts.password_changed:{uuid7()}",
        now=now,
    )
    return open_device(user, device_name=device_name, is_kept=is_kept, now=now)


def request_email_change(device: SignIn, *, email: str, present: str | None, now: datetime) -> None:
    """Ask for a letter to another address of this person, with a link that confirms it.

    Nobody is told whether the address has an account: only its mailbox learns that.

    :param present: the password; looked at only where `needs_password()`
    :raises TooManyTries: the password was tried too often
    :raises WrongPassword: `present` is not the password
    """
    _check_present_password(device, present, now=now)
    if tries.may_write_to(email, now=now):
        _keep_email_change(device.user_id, email, now=now)


@transaction()
def _keep_email_change(user_id: int, email: str, *, now: datetime) -> None:
    db.session.execute(
        delete(EmailChange).where(
            EmailChange.user_id == user_id, EmailChange.previous_email.is_(None)
        )
    )
    change = EmailChange(user_id=user_id, email=email, expires_at=now + EMAIL_CHANGE_LIFETIME)
    db.session.add(change)
    db.session.flush()
    enqueue(
        "accounts.confirm_email",
        {"email_change_id": change.id},
        key=f"accounts.confirm_email:{change.id}",
        now=now,
    )


@dataclass(frozen=True, kw_only=True)
class EmailLetter:
    """What the letter to another address of a person says."""

    to: str
    #: None when the address has an account already, so that there is no link.
    secret: str | None
    language: str | None


@transaction()
def issue_email_link(email_change_id: int, *, now: datetime) -> EmailLetter | None:
    """Make the secret for the letter that is about to leave; none when nobody waits for it."""
    change = db.session.get(EmailChange, email_change_id)
    if change is None or change.expires_at <= now or change.previous_email is not None:
        return None
    secret = None
    if queries.find_user_by_email(change.email) is None:
        secret = new_secret()
        change.secret_hash = hash_secret(secret)
        change.expires_at = now + EMAIL_CHANGE_LIFETIME
    return EmailLetter(to=change.email, secret=secret, language=change.user.language)


@transaction()
def confirm_email(secret: str, *, actor: UserAccount, now: datetime) -> None:
    """Use the address whose mailed link the actor holds, and tell the address of before.

    The links that were mailed to the address of before end.

    :raises LinkUnusable: the link is unknown, over, used or somebody else's; or the address has
        an account by now
    """
    user = queries.lock_user(actor.id)
    change = queries.find_email_change(actor, secret, now=now)
    if user is None or change is None:
        raise LinkUnusable
    previous = user.email
    try:
        with db.session.begin_nested():
            user.email = change.email
            user.is_email_verified = True
            user.contact_email = None
    except IntegrityError as error:
        # Somebody else has an account with this address by now.
        raise LinkUnusable from error
    trust(change.email)
    end_mailed_links_of(user)
    change.secret_hash = None
    if previous is None:
        # They sign in by e-mail from now on.
        db.session.execute(delete(ManageLink).where(ManageLink.user_id == user.id))
        db.session.delete(change)
        return
    change.previous_email = previous
    change.expires_at = now + NOTICE_LIFETIME
    enqueue(
        "accounts.email_changed",
        {"email_change_id": change.id},
        key=f"accounts.email_changed:{change.id}",
        now=now,
    )


@transaction()
def write_again(actor: UserAccount) -> None:
    """Send letters to the actor's address again, from which some came back."""
    if actor.letters_go_to is not None:
        trust(actor.letters_go_to)


@transaction()
def grant_site_admin(email: str, *, now: datetime) -> UserAccount:
    """Let somebody run the site; only the command line can. Granting twice changes nothing.

    :raises UnknownPerson: nobody has this address
    """
    found = queries.find_user_by_email(email)
    user = queries.lock_user(found.id) if found is not None else None
    if user is None:
        raise UnknownPerson
    if not user.is_site_admin:
        user.is_site_admin = True
        record("site_admin.granted", actor_id=None, subject=str(user.public_id), now=now)
    return user


def _check_present_password(device: SignIn, present: str | None, *, now: datetime) -> str | None:
    """Return the hash of the present password, once it was said where that is needed."""
    known_hash = device.user.password_hash
    if needs_password(device, now=now):
        tries.count_password_try(device.user, now=now)
        if not passwords.verify(known_hash, present or ""):
            raise WrongPassword
    return known_hash
