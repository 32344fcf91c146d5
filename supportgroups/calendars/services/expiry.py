"""Addresses that no app fetches any more: they carry nothing, until their owner wants them to."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import queries
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.services.links import KEPT_UNUSED
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.outbox.services.jobs import enqueue

#: So many links are told of in one transaction.
PART = 200


@transaction()
def renew_feed_link(link: FeedLink, *, actor: UserAccount, now: datetime) -> None:
    """Let an address carry sessions again, or go on doing so, for another 90 days.

    :raises PermissionDenied: it is not the actor's own, or it was revoked
    """
    if link.user_id != actor.id or link.revoked_at is not None:
        raise PermissionDenied
    link.expires_at = now + KEPT_UNUSED
    link.expiry_told_at = None


def tell_of_expired(*, now: datetime) -> None:
    """Write to everybody one of whose addresses has expired: once for each."""
    while _tell_part(now=now):
        pass


@transaction()
def _tell_part(*, now: datetime) -> bool:
    links = queries.lock_expired_links(now=now, limit=PART)
    for link in links:
        link.expiry_told_at = now
        enqueue(
            "calendars.link_expired",
            {"link_id": link.id},
            key=f"link-expired:{link.public_id}:{link.expires_at:%Y%m%d%H}",
            now=now,
        )
    db.session.flush()
    return bool(links)
