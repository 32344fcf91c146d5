"""The audit trail: one row per privileged act, only ever added to.

It says who did what to what and when, never what a person wrote or why they came.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import Model, UTCDateTime, db


class AuditEntry(Model):
    """One privileged act."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    acted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    #: In the past tense, as `noun.verb`: `membership.removed`.
    act: Mapped[str]
    #: None for the command line and for people who have since been erased.
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("support_group.id", ondelete="SET NULL"), index=True
    )
    #: The public id of what was acted on; never a name.
    subject: Mapped[str]


def record(
    act: str, *, actor_id: int | None, group_id: int | None = None, subject: str = "", now: datetime
) -> None:
    """Add one row to the audit trail, in the transaction of the act itself."""
    db.session.add(
        AuditEntry(act=act, actor_id=actor_id, group_id=group_id, subject=subject, acted_at=now)
    )
