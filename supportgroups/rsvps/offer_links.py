"""The link in a letter with which somebody answers an offer, without signing in."""

from uuid import UUID

from itsdangerous import BadData

from supportgroups.tokens import signer

PURPOSE = "rsvps.offer"


def offer_token(public_id: UUID) -> str:
    """Return the signed name of an offer, for its address. Only the person's own letter holds it."""
    return str(signer(PURPOSE).dumps(public_id.hex))


def read_offer_token(token: str) -> UUID | None:
    """Return which offer a token names; none for one that was not made here."""
    try:
        return UUID(signer(PURPOSE).loads(token))
    except BadData:
        return None
