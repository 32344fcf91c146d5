"""Addresses from which letters come back: three in a row, and nothing more is sent there."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from supportgroups.db import db, transaction
from supportgroups.outbox import queries
from supportgroups.outbox.models import FailingAddress
from supportgroups.outbox.queries import address_hash

#: After so long without news, a letter that was taken has arrived. Mail servers give up after four
#: or five days (RFC 5321, section 4.5.4.1).
NEWS_LIMIT = timedelta(days=6)
#: Nobody has tried the address for so long that what we know of it is no longer worth keeping.
KEEP = timedelta(days=365)


@transaction()
def note_failure(hashed: str, *, now: datetime) -> None:
    """Count a letter that came back from an address for good.

    One that had arrived since the last failure begins a new row of failures.

    :param hashed: `queries.address_hash` of the address
    """
    known = queries.lock_failing_address(hashed)
    if known is None:
        db.session.add(FailingAddress(address_hash=hashed, failures=1, failed_at=now))
        return
    has_arrived = known.accepted_at is not None and known.accepted_at <= now - NEWS_LIMIT
    known.failures = 1 if has_arrived else known.failures + 1
    known.failed_at = now
    known.accepted_at = None


@transaction()
def note_acceptance(hashed: str, *, now: datetime) -> None:
    """Remember that a mail server took a letter to an address that failed before."""
    known = queries.lock_failing_address(hashed)
    if known is not None and known.accepted_at is None:
        known.accepted_at = now


@transaction()
def trust(address: str) -> None:
    """Send to this address again: its owner has shown, or says, that it is right."""
    db.session.execute(
        delete(FailingAddress).where(FailingAddress.address_hash == address_hash(address))
    )


@transaction()
def forget_old_failures(*, now: datetime) -> None:
    """Delete what is known of addresses that nobody has written to for a year."""
    db.session.execute(delete(FailingAddress).where(FailingAddress.failed_at < now - KEEP))
