"""People and the devices they are signed in on."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.revisions import HasCalendar
from supportgroups.tokens import uuid7

MAX_NAME = 60
MAX_EMAIL = 254


class Reminder(StrEnum):
    """When somebody is reminded of a session that they said yes or maybe to."""

    NONE = "none"
    DAY_BEFORE = "day-before"
    TWO_HOURS = "two-hours"


class Channel(StrEnum):
    """How news comes to somebody of whom a device gets notes. To everybody else it comes by letter."""

    LETTER = "letter"
    BOTH = "both"
    #: A letter takes over when no device takes the note.
    NOTE = "note"


def _channel_column(name: str) -> Mapped[Channel]:
    return mapped_column(
        enum_column(Channel, name=name), default=Channel.BOTH, server_default=Channel.BOTH.value
    )


class UserAccount(HasCalendar, Model):
    """A person, under any name they like."""

    __tablename__ = "user_account"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    #: The name to use here.
    display_name: Mapped[str]
    #: In lower case.
    email: Mapped[str | None] = mapped_column(unique=True)
    #: Whether a mailed link has shown that the address is theirs. False only for accounts made
    #: while the site had no mail server.
    is_email_verified: Mapped[bool] = mapped_column(default=True)
    #: argon2id; none for people who sign in by mailed link.
    password_hash: Mapped[str | None]
    #: Where letters about their own answers go, of somebody who has no `email`. Nobody has shown
    #: that it is theirs, so it opens nothing, and two people may have given the same.
    contact_email: Mapped[str | None]
    time_zone: Mapped[str]
    #: None follows the browser.
    language: Mapped[str | None]
    is_site_admin: Mapped[bool] = mapped_column(default=False)
    #: Between these hours of their own clock nothing is sent that can wait.
    quiet_from: Mapped[int] = mapped_column(default=22, server_default="22")
    quiet_until: Mapped[int] = mapped_column(default=8, server_default="8")
    #: Whether an offered place may reach them in these hours.
    allows_night_notices: Mapped[bool] = mapped_column(default=False, server_default=false())
    reminder: Mapped[Reminder] = mapped_column(
        enum_column(Reminder, name="reminder_known"),
        default=Reminder.DAY_BEFORE,
        server_default=Reminder.DAY_BEFORE.value,
    )
    #: One letter a week tells of what can wait so long.
    wants_digest: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Reminders and questions about sessions that they lead or could lead.
    wants_duty_news: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: What organizers write to a whole group.
    wants_announcements: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: Whether letters say which group they are about; subject and first line never do.
    shows_group_names: Mapped[bool] = mapped_column(default=False, server_default=false())
    reminders_by: Mapped[Channel] = _channel_column("reminders_by_known")
    #: What has changed about sessions.
    changes_by: Mapped[Channel] = _channel_column("changes_by_known")
    #: Never by a note alone: it may ask for something, or stand nowhere else.
    other_news_by: Mapped[Channel] = _channel_column("other_news_by_known")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def quiet_hours(self) -> QuietHours:
        """When nothing is sent to them that can wait."""
        return QuietHours(self.quiet_from, self.quiet_until, self.time_zone)

    @property
    def is_light(self) -> bool:
        """Whether they only gave a name, and come back by their own link."""
        return self.email is None

    @property
    def letters_go_to(self) -> str | None:
        """The address for letters about what they do here; none for somebody who gave none."""
        return self.email or self.contact_email


class SignIn(Model):
    """One device on which a person is signed in. Deleting the row signs it out."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    #: What a person recognises it by: "Firefox on Android".
    device_name: Mapped[str]
    #: "Keep me signed in on this device": lasts 30 days instead of one evening.
    is_kept: Mapped[bool]
    #: Signed in through a mailed link: for a while this device may choose a new password without
    #: the old one, which is how a forgotten password is replaced.
    is_by_link: Mapped[bool] = mapped_column(default=False)
    signed_in_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped[UserAccount] = relationship()


class ManageLink(Model):
    """A link by which somebody without e-mail and password comes back as themselves."""

    __tablename__ = "manage_link"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    #: Of a mailed one written when the letter is sent: until then nobody knows the secret.
    secret_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[UserAccount] = relationship()


class SignInLink(Model):
    """A mailed link that signs a person in, once and for a few minutes."""

    __tablename__ = "sign_in_link"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Written when the letter is sent: until then nobody knows the secret.
    secret_hash: Mapped[str | None] = mapped_column(unique=True)
    #: None when nobody here has the address that was typed. The row is made all the same, so
    #: that the answer is the same and takes as long.
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    #: Where the person wanted to go, always a path of our own.
    next_path: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped[UserAccount | None] = relationship()


class SignUp(Model):
    """What a person typed to sign up, until they follow the link in their mail.

    The account is made only then, so that nobody can claim an address that is not theirs.
    """

    __tablename__ = "sign_up"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    password_hash: Mapped[str | None]
    time_zone: Mapped[str]
    language: Mapped[str | None]
    #: Marks the browser that asked. Whoever opens the link in another one did perhaps not choose
    #: the password, so it is not kept for them.
    browser_hash: Mapped[str]
    #: Written when the letter is sent: until then nobody knows the secret.
    secret_hash: Mapped[str | None] = mapped_column(unique=True)
    next_path: Mapped[str | None]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class EmailChange(Model):
    """Another address that a person wants to use, until they follow the link mailed to it."""

    __tablename__ = "email_change"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str]
    #: Written when it is done: the address before, which is told so. The link is then over.
    previous_email: Mapped[str | None]
    #: Written when the letter is sent: until then nobody knows the secret.
    secret_hash: Mapped[str | None] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped[UserAccount] = relationship()
