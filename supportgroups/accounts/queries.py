"""Questions about people and their devices."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import (
    EmailChange,
    ManageLink,
    SignIn,
    SignInLink,
    SignUp,
    UserAccount,
)
from supportgroups.db import db
from supportgroups.tokens import hash_secret

#: Left alone for so long, a device is signed out.
IDLE_LIMIT = timedelta(minutes=30)
#: After so long it is signed out in any case.
SESSION_LIMIT = timedelta(hours=12)
#: The one limit of a device that its owner asked us to keep signed in.
KEPT_LIMIT = timedelta(days=30)


def find_sign_in(secret: str, *, now: datetime) -> SignIn | None:
    """Return the device that holds `secret`, with its person, if it is still signed in."""
    sign_in = db.session.execute(
        select(SignIn)
        .where(SignIn.secret_hash == hash_secret(secret))
        .options(joinedload(SignIn.user))
    ).scalar_one_or_none()
    return sign_in if sign_in is not None and is_alive(sign_in, now) else None


def is_alive(sign_in: SignIn, now: datetime) -> bool:
    """Tell whether a device is still signed in at `now`."""
    if sign_in.is_kept:
        return now < sign_in.signed_in_at + KEPT_LIMIT
    return now < min(sign_in.signed_in_at + SESSION_LIMIT, sign_in.last_seen_at + IDLE_LIMIT)


def find_user_by_email(email: str) -> UserAccount | None:
    """Return the person with this verified address, in whatever case it is written."""
    return db.session.execute(
        select(UserAccount).where(UserAccount.email == email.lower())
    ).scalar_one_or_none()


def list_site_admins() -> list[UserAccount]:
    """Return those who run the site."""
    return list(
        db.session.scalars(
            select(UserAccount).where(UserAccount.is_site_admin).order_by(UserAccount.id)
        )
    )


def find_manage_link(secret: str) -> ManageLink | None:
    """Return somebody's own link of this secret, with the person."""
    return db.session.execute(
        select(ManageLink)
        .where(ManageLink.secret_hash == hash_secret(secret))
        .options(joinedload(ManageLink.user))
    ).scalar_one_or_none()


def find_sign_in_link(secret: str, *, now: datetime) -> SignInLink | None:
    """Return the mailed link of this secret if it can still be used."""
    return db.session.execute(
        select(SignInLink).where(
            SignInLink.secret_hash == hash_secret(secret), SignInLink.expires_at > now
        )
    ).scalar_one_or_none()


def find_sign_up(secret: str, *, now: datetime) -> SignUp | None:
    """Return what was typed to sign up, if its mailed link can still be used."""
    return db.session.execute(
        select(SignUp).where(SignUp.secret_hash == hash_secret(secret), SignUp.expires_at > now)
    ).scalar_one_or_none()


def list_sign_ins(user: UserAccount, *, now: datetime) -> list[SignIn]:
    """Return the devices that a person is signed in on, last used first."""
    rows = db.session.execute(
        select(SignIn)
        .where(SignIn.user_id == user.id)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    ).scalars()
    return [sign_in for sign_in in rows if is_alive(sign_in, now)]


def lock_user(user_id: int) -> UserAccount | None:
    """Return one person as they are now, locked until the transaction ends.

    Whoever signs a device in and whoever changes the password take this lock, so that no device
    comes in with a password that has just been changed.
    """
    return db.session.execute(
        select(UserAccount)
        .where(UserAccount.id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def find_email_change(user: UserAccount, secret: str, *, now: datetime) -> EmailChange | None:
    """Return this person's wish for another address, if its mailed link can still be used."""
    return db.session.execute(
        select(EmailChange).where(
            EmailChange.secret_hash == hash_secret(secret),
            EmailChange.user_id == user.id,
            EmailChange.expires_at > now,
        )
    ).scalar_one_or_none()
