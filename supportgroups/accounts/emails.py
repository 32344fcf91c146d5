"""Letters about accounts. None of them says what this site is about."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from supportgroups.accounts.models import EmailChange, UserAccount
from supportgroups.accounts.services import guests, profiles, sign_ins, sign_ups
from supportgroups.db import db
from supportgroups.outbox.mail import Letter, address_of, in_language


def confirm_sign_up(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Send the link that finishes signing up; to somebody who has an account, one to sign in."""
    issued = sign_ups.issue_sign_up_link(payload["sign_up_id"], now=now)
    if issued is None:
        return None
    if issued.has_account:
        view, template = "accounts.use_sign_in_link", "accounts_already_here"
    else:
        view, template = "accounts.confirm_sign_up", "accounts_confirm_sign_up"
    with in_language(issued.language):
        return _letter(
            issued.to, _("Your link"), template, address=address_of(view, token=issued.secret)
        )


def sign_in_link(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Send the link that signs in."""
    issued = sign_ins.issue_sign_in_link(payload["sign_in_link_id"], now=now)
    if issued is None:
        return None
    address = address_of("accounts.use_sign_in_link", token=issued.secret)
    with in_language(issued.language):
        return _letter(issued.to, _("Your link"), "accounts_sign_in_link", address=address)


def own_link(
    payload: dict[str, Any],
    *,
    now: datetime,  # noqa: ARG001 (every letter is asked for with the moment)
) -> Letter | None:
    """Send somebody without an account the link by which they come back."""
    issued = guests.issue_own_link(payload["manage_link_id"])
    if issued is None:
        return None
    address = address_of("accounts.come_back", token=issued.secret)
    with in_language(issued.language):
        return _letter(issued.to, _("Your link"), "accounts_own_link", address=address)


def confirm_email(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Send the link that confirms another address, or say that the address is taken."""
    issued = profiles.issue_email_link(payload["email_change_id"], now=now)
    if issued is None:
        return None
    with in_language(issued.language):
        if issued.secret is None:
            return _letter(issued.to, _("Your address"), "accounts_email_taken")
        address = address_of("accounts.confirm_email", token=issued.secret)
        return _letter(issued.to, _("Your link"), "accounts_confirm_email", address=address)


def email_changed(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell the address of before that it is not used any more."""
    change = db.session.get(EmailChange, payload["email_change_id"])
    if change is None or change.previous_email is None or change.expires_at <= now:
        return None
    with in_language(change.user.language):
        return _letter(
            change.previous_email, _("Your account"), "accounts_email_changed", is_asked_for=False
        )


def password_changed(
    payload: dict[str, Any],
    *,
    now: datetime,  # noqa: ARG001 (every letter is asked for with the moment)
) -> Letter | None:
    """Tell a person that their password was changed."""
    user = db.session.get(UserAccount, payload["user_id"])
    if user is None or user.email is None or not user.is_email_verified:
        return None
    address = address_of("accounts.sign_in")
    with in_language(user.language):
        return _letter(
            user.email,
            _("Your account"),
            "accounts_password_changed",
            is_asked_for=False,
            address=address,
        )


def _letter(
    to: str, subject: str, template: str, *, is_asked_for: bool = True, **facts: Any
) -> Letter:
    text = render_template(f"emails/{template}.txt", **facts)
    return Letter(to=to, subject=subject, text=text, is_asked_for=is_asked_for)
