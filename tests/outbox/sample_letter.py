"""A letter for tests, which needs no rows in the database, unless it is told to."""

from datetime import datetime
from typing import Any

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.outbox.mail import Letter


def write_letter(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Write to the person with the number in the payload, as long as whom it needs is there."""
    if "needs" in payload and db.session.get(UserAccount, payload["needs"]) is None:
        return None
    return Letter(
        to=f"person{payload['number']}@example.org",
        subject="You have an update",
        text=f"You are person {payload['number']}.\n",
    )
