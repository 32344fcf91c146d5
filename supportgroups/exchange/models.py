"""Files on their way in, and what was brought in with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.db import Model, UTCDateTime
from supportgroups.groups.models import Group
from supportgroups.tokens import uuid7


class ImportDraft(Model):
    """What was read from a file, cleaned, while an organizer looks at it. Nothing is planned yet."""

    __tablename__ = "import_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The import that comes of it has the same.
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: Whoever brought the file; nobody else sees it.
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    #: What the reader found: `events`, or the `table` of a CSV file.
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: What the organizer has said about it: `zones`, `columns`, `order`.
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Import(Model):
    """Schedules that were brought in together, and go together while that can be undone."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    group: Mapped[Group] = relationship()


class ImportedEvent(Model):
    """One event of another program, and the schedule that it became part of."""

    __tablename__ = "imported_event"
    __table_args__ = (UniqueConstraint("group_id", "uid_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("support_group.id", ondelete="CASCADE"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)
    #: A hash: the other program may have made the name of an event from somebody's address.
    uid_hash: Mapped[str]
