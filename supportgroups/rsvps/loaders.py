"""How a view gets an offer: through the signed link in the person's own letter."""

from flask import abort

from supportgroups.rsvps import queries
from supportgroups.rsvps.models import WaitingListOffer
from supportgroups.rsvps.offer_links import read_offer_token


def load_offer(token: str) -> WaitingListOffer:
    """Return the offer that a link is about; whoever holds the link is the person it was made for.

    :raises NotFound: the link was not made here, or the answer it was about is erased
    """
    public_id = read_offer_token(token)
    offer = queries.find_offer(public_id) if public_id is not None else None
    if offer is None:
        abort(404)
    return offer
