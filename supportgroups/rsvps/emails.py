"""Letters about places and about changes of sessions.

Each looks at the state once more, just before it leaves: a letter about something that is no
longer so is withdrawn.
"""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from supportgroups.db import db
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.rsvps.models import Rsvp, RsvpStatus, SeriesRsvp, WaitingListOffer
from supportgroups.rsvps.offer_links import offer_token
from supportgroups.rsvps.queries import find_next_start
from supportgroups.rsvps.services.series_seats import ANSWER_WITHIN


def promoted(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who waited that a place is theirs."""
    rsvp = db.session.get(Rsvp, payload["rsvp_id"])
    if rsvp is None or not rsvp.holds_a_place or _is_past_or_off(rsvp, now):
        return None
    return _letter(rsvp, _l("A place is free for you"), "rsvps_promoted")


def place_offered(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask somebody who waits whether they take a place, and say until when it is theirs."""
    offer = db.session.get(WaitingListOffer, payload["offer_id"])
    if offer is None or not offer.is_open(now) or _is_past_or_off(offer.rsvp, now):
        return None
    return _letter(
        offer.rsvp,
        _l("A place is kept for you for a while"),
        "rsvps_place_offered",
        offer=offer,
        zone=offer.rsvp.user.time_zone,
        answer_address=address_of("rsvps.answer_offer", token=offer_token(offer.public_id)),
    )


def still_coming(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask somebody who missed some dates whether they keep their seat in a schedule."""
    held = db.session.get(SeriesRsvp, payload["series_rsvp_id"])
    group_session = find_next_start(held.series_id, now=now) if held is not None else None
    if held is None or held.asked_at is None or group_session is None or held.user.email is None:
        return None
    series = held.series
    with in_language(held.user.language):
        return Letter(
            to=held.user.email,
            subject=str(_l("Still coming?")),
            text=render_template(
                "emails/rsvps_still_coming.txt",
                group_session=group_session,
                until=held.asked_at + ANSWER_WITHIN,
                zone=held.user.time_zone,
                address=address_of(
                    "rsvps.series_seat", slug=series.group.slug, public_id=series.public_id
                ),
            ),
        )


def session_moved(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who answered the old and the new time."""
    rsvp = _find_concerned(payload)
    if rsvp is None or _is_past_or_off(rsvp, now):
        return None
    old_starts_at = datetime.fromisoformat(payload["old_starts_at"])
    return _letter(rsvp, _l("A new time"), "rsvps_session_moved", old_starts_at=old_starts_at)


def session_cancelled(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who answered that it will not take place."""
    rsvp = _find_concerned(payload)
    if rsvp is None or not rsvp.group_session.is_cancelled or rsvp.group_session.is_over(now):
        return None
    return _letter(rsvp, _l("Cancelled"), "rsvps_session_cancelled")


def session_restored(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who answered that it takes place after all."""
    rsvp = _find_concerned(payload)
    if rsvp is None or _is_past_or_off(rsvp, now):
        return None
    return _letter(rsvp, _l("It takes place after all"), "rsvps_session_restored")


def _find_concerned(payload: dict[str, Any]) -> Rsvp | None:
    """Return the answer that a change concerns, unless the session has changed again since."""
    rsvp = db.session.get(Rsvp, payload["rsvp_id"])
    if rsvp is None or rsvp.status is RsvpStatus.DECLINED:
        return None
    return rsvp if rsvp.group_session.sequence == payload["sequence"] else None


def _is_past_or_off(rsvp: Rsvp, now: datetime) -> bool:
    return rsvp.group_session.is_cancelled or rsvp.group_session.has_started(now)


def _letter(rsvp: Rsvp, subject: LazyString, template: str, **facts: Any) -> Letter | None:
    address = rsvp.user.letters_go_to
    if address is None:
        return None
    with in_language(rsvp.user.language):
        return Letter(
            to=address,
            subject=str(subject),
            text=render_template(
                f"emails/{template}.txt",
                group_session=rsvp.group_session,
                status=rsvp.status,
                address=address_of("pages.session", public_id=rsvp.group_session.public_id),
                **facts,
            ),
        )
