"""Devices to which a note is pushed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import SignIn
from supportgroups.db import Model, UTCDateTime


class PushDevice(Model):
    """A device on which somebody is signed in and wants a note. It goes when the device signs out."""

    __tablename__ = "push_device"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_id: Mapped[int] = mapped_column(
        ForeignKey("sign_in.id", ondelete="CASCADE"), unique=True
    )
    #: Where the push service of its browser takes messages for it; a secret of both.
    endpoint: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    sign_in: Mapped[SignIn] = relationship()
