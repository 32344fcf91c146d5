"""Putting jobs into the outbox, and what becomes of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from supportgroups.db import db, is_in_transaction
from supportgroups.outbox.models import OutboxJob


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Ask for a job in the transaction of the change that needs it.

    :param key: made from what the job is about; a job that was asked for before is not repeated
    """
    if not is_in_transaction():
        raise RuntimeError("a job belongs to a change: enqueue() needs a transaction around it")
    known = db.session.execute(select(OutboxJob.id).where(OutboxJob.key == key)).first()
    if known is None:
        db.session.add(
            OutboxJob(kind=kind, payload=payload, key=key, created_at=now, due_at=due_at or now)
        )
