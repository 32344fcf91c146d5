"""The addresses at which answers to invitations arrive: one for each member and session."""

import re
from uuid import UUID

from supportgroups.config import settings
from supportgroups.tokens import derived_secret, hash_secret

PURPOSE = "calendars.reply"
#: 128 bits in digits that stay the same where a mail server writes everything large.
TOKEN_DIGITS = 32
ADDRESS = re.compile(rf"rsvp\+([0-9a-f]{{{TOKEN_DIGITS}}})@[^@\s]+", re.IGNORECASE)


def reply_token(public_id: UUID) -> str:
    """Return the token of an invitation: each time the same, so that all its letters agree.

    It can be made anew from the secret key, so its hash is all that is stored.
    """
    return hash_secret(derived_secret(PURPOSE, public_id.hex))[:TOKEN_DIGITS]


def reply_address(public_id: UUID) -> str | None:
    """Return where the answer to an invitation goes; none on a site that takes no replies."""
    domain = settings().reply_domain
    return f"rsvp+{reply_token(public_id)}@{domain}" if domain is not None else None


def read_reply_token(recipient: str) -> str | None:
    """Return the token in the address that a message was sent to; none if it holds none."""
    found = ADDRESS.fullmatch(recipient.strip().removeprefix("<").removesuffix(">"))
    return found[1].lower() if found is not None else None
