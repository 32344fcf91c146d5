"""Where one person stands with one session."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.rsvps.models import OfferOutcome, Rsvp, RsvpStatus, WaitingListOffer
from supportgroups.rsvps.queries.answers import find_rsvp
from supportgroups.rsvps.queries.places import place_in_line
from supportgroups.sessions.models import GroupSession


class Standing(NamedTuple):
    """Where somebody stands with one session."""

    #: One of the values of `RsvpStatus`, or `none`, `offered` (a place, for a while) or `passed`
    #: (the offered place went to somebody else).
    state: str
    rsvp: Rsvp | None = None
    #: Their number on the waiting list, 1 for whoever is next.
    position: int | None = None
    #: What they were offered last.
    offer: WaitingListOffer | None = None


def find_standing(
    group_session: GroupSession, user: UserAccount | None, *, now: datetime
) -> Standing:
    """Return where somebody stands with a session at this moment."""
    rsvp = find_rsvp(group_session, user)
    if rsvp is None:
        return Standing("none")
    offer = _find_last_offer(rsvp)
    state = rsvp.status.value
    if offer is not None and offer.is_open(now):
        state = "offered"
    elif offer is not None and _has_passed(offer, rsvp):
        state = "passed"
    return Standing(state, rsvp, place_in_line(rsvp), offer)


def _has_passed(offer: WaitingListOffer, rsvp: Rsvp) -> bool:
    # For a moment an offer is over before its place was passed on.
    is_gone = offer.outcome is OfferOutcome.EXPIRED and rsvp.status is RsvpStatus.DECLINED
    return is_gone or offer.outcome is None


def _find_last_offer(rsvp: Rsvp) -> WaitingListOffer | None:
    return db.session.execute(
        select(WaitingListOffer)
        .where(WaitingListOffer.rsvp_id == rsvp.id)
        .order_by(WaitingListOffer.id.desc())
        .limit(1)
    ).scalar_one_or_none()
