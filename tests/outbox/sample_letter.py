"""A letter for tests, which needs no rows in the database."""

from datetime import datetime
from typing import Any

from supportgroups.outbox.mail import Letter


def write_letter(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Write to the person with the number in the payload."""
    return Letter(
        to=f"person{payload['number']}@example.org",
        subject="You have an update",
        text=f"You are person {payload['number']}.\n",
    )
