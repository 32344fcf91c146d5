"""Becoming somebody here.

A sign-up looks nobody up: it keeps what was typed and asks for a letter, and only the letter
differs between an address that has an account and one that has none. So neither the answer nor
the time it takes tells which it is. The account is made when the link of the letter is used.

A site without a mail server cannot know whether an address belongs to whom types it. There a
password is needed, the account is made at once, and its address counts as unverified: whoever
shows later, by a mailed link, that the mailbox is theirs, gets the account, and the password and
the devices of before are dropped (`sign_ins.sign_in_by_link`). An address that has an account is
never touched, and the answer is the same as for one that had none.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import SignIn, SignInLink, SignUp, UserAccount
from supportgroups.accounts.services import tries
from supportgroups.accounts.services.sign_ins import (
    LINK_LIFETIME,
    LinkUnusable,
    NewDevice,
    open_device,
)
from supportgroups.accounts.zones import zone_of_country
from supportgroups.config import settings
from supportgroups.db import db, transaction
from supportgroups.outbox.services.addresses import trust
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.tokens import hash_secret, new_secret

SIGN_UP_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class SignUpDetails:
    """What somebody typed to sign up."""

    display_name: str
    #: Normalised: `addresses.normal_email`.
    email: str
    password: str | None
    language: str | None
    next_path: str | None


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Somebody who has just come in."""

    device: NewDevice
    next_path: str | None
    #: They typed a password, but in another browser than the one that opened the link.
    is_password_dropped: bool


def request_sign_up(
    details: SignUpDetails, *, browser_secret: str, caller: str, now: datetime
) -> None:
    """Ask for a letter with which to finish signing up. Tells nobody who has an account.

    :param browser_secret: kept by the browser that asks, to know it again
    :param caller: the network address, by `networks.caller_of`
    :raises TooManyTries: too many from there
    :raises WeakPassword: the password is too easy to guess
    """
    tries.count_sign_up_from(caller, now=now)
    password_hash = _hash_password(details)
    if tries.may_write_to(details.email, now=now):
        _keep_sign_up(details, password_hash, browser_secret, now=now)


def sign_up_without_mail(details: SignUpDetails, *, caller: str, now: datetime) -> None:
    """Make an account at once, on a site that has no mail server; see the top of this file.

    Does nothing, and tells nothing, when the address has an account.

    :raises TooManyTries: too many from there
    :raises WeakPassword: the password is too easy to guess, or there is none
    """
    if settings().can_send_mail:
        raise RuntimeError("with a mail server, nobody gets an account without using a link")
    if details.password is None:
        raise passwords.WeakPassword(passwords.Weakness.TOO_SHORT)
    tries.count_sign_up_from(caller, now=now)
    _make_unverified_account(details, _hash_password(details), now=now)


@transaction()
def confirm_sign_up(
    secret: str,
    *,
    browser_secret: str | None,
    device_name: str,
    replacing: SignIn | None,
    now: datetime,
) -> NewPerson:
    """Make the account whose mailed link was used, and sign it in on this device.

    The password is kept only for the browser that typed it: somebody else may have signed up
    with an address that is not theirs, and would know it.

    :param browser_secret: what this browser keeps from asking, if it asked
    :raises LinkUnusable: the link is unknown, over or used; or the address has an account by now
    """
    found = queries.find_sign_up(secret, now=now)
    if found is None:
        raise LinkUnusable
    asked_here = browser_secret is not None and hmac.compare_digest(
        hash_secret(browser_secret), found.browser_hash
    )
    user = UserAccount(
        display_name=found.display_name,
        email=found.email,
        password_hash=found.password_hash if asked_here else None,
        time_zone=found.time_zone,
        language=found.language,
        created_at=now,
        calendar_revised_at=now.replace(microsecond=0),
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        # The address has an account by now: of another letter, used in the same moment, or of
        # somebody who changed theirs to it.
        raise LinkUnusable from error
    newcomer = NewPerson(
        device=open_device(user, device_name=device_name, replacing=replacing, now=now),
        next_path=found.next_path,
        is_password_dropped=found.password_hash is not None and not asked_here,
    )
    trust(found.email)
    # The other letters to this address end, too.
    db.session.execute(delete(SignUp).where(SignUp.email == found.email))
    return newcomer


@dataclass(frozen=True, kw_only=True)
class SignUpLetter:
    """What the letter after a sign-up says."""

    to: str
    #: Of a link to finish signing up, or, where the address has an account, to sign in.
    secret: str
    language: str | None
    has_account: bool


@transaction()
def issue_sign_up_link(sign_up_id: int, *, now: datetime) -> SignUpLetter | None:
    """Make the secret for the letter that is about to leave; none when nobody waits for it."""
    sign_up = db.session.get(SignUp, sign_up_id)
    if sign_up is None or sign_up.expires_at <= now:
        return None
    secret = new_secret()
    user = queries.find_user_by_email(sign_up.email)
    if user is not None:
        # What a stranger typed is no longer needed; the row says only that a letter is due.
        sign_up.password_hash = sign_up.secret_hash = None
        db.session.add(
            SignInLink(
                user_id=user.id,
                secret_hash=hash_secret(secret),
                next_path=sign_up.next_path,
                expires_at=now + LINK_LIFETIME,
            )
        )
    else:
        sign_up.secret_hash = hash_secret(secret)
        sign_up.expires_at = now + SIGN_UP_LIFETIME
    return SignUpLetter(
        to=sign_up.email,
        secret=secret,
        language=sign_up.language,
        has_account=user is not None,
    )


def _hash_password(details: SignUpDetails) -> str | None:
    if details.password is None:
        return None
    own_words = [details.display_name, details.email, settings().site_name]
    return passwords.hash_new_password(details.password, own_words=own_words)


@transaction()
def _keep_sign_up(
    details: SignUpDetails, password_hash: str | None, browser_secret: str, *, now: datetime
) -> None:
    sign_up = SignUp(
        display_name=details.display_name,
        email=details.email,
        password_hash=password_hash,
        time_zone=zone_of_country(settings().country),
        language=details.language,
        browser_hash=hash_secret(browser_secret),
        next_path=details.next_path,
        expires_at=now + SIGN_UP_LIFETIME,
    )
    db.session.add(sign_up)
    db.session.flush()
    enqueue(
        "accounts.confirm_sign_up",
        {"sign_up_id": sign_up.id},
        key=f"accounts.confirm_sign_up:{sign_up.id}",
        now=now,
    )


@transaction()
def _make_unverified_account(
    details: SignUpDetails, password_hash: str | None, *, now: datetime
) -> None:
    user = UserAccount(
        display_name=details.display_name,
        email=details.email,
        is_email_verified=False,
        password_hash=password_hash,
        time_zone=zone_of_country(settings().country),
        language=details.language,
        created_at=now,
        calendar_revised_at=now.replace(microsecond=0),
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        # The address has an account: it stays as it is, and nobody is told.
        return
