"""Groups, who belongs to them, and the ways in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, UniqueConstraint, and_, false
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from supportgroups.accounts.models import Reminder, UserAccount
from supportgroups.accounts.zones import country_of_zone
from supportgroups.db import Model, UTCDateTime, enum_column
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic
from supportgroups.revisions import HasCalendar
from supportgroups.tokens import uuid7


class Visibility(StrEnum):
    """Who can see that a group exists."""

    LISTED = "listed"
    #: Whoever has the address can read the page; no list, feed or search shows it.
    UNLISTED = "unlisted"
    #: Members alone; to everybody else it is as if it did not exist.
    PRIVATE = "private"


class Admission(StrEnum):
    """How people become members."""

    OPEN = "open"
    REQUEST = "request"
    INVITATION = "invitation"


class Role(StrEnum):
    """What somebody does in a group."""

    ORGANIZER = "organizer"
    FACILITATOR = "facilitator"
    MEMBER = "member"


class HiddenBecause(StrEnum):
    """Why a listed group stands in no list at the moment."""

    #: Nobody has said for long that its page is still true.
    UNCONFIRMED = "unconfirmed"
    #: Several people have reported a problem with it.
    REPORTED = "reported"
    #: Whoever runs the site has taken it out.
    SITE_ADMIN = "site-admin"


class ProblemKind(StrEnum):
    """What may be wrong with a group or its page."""

    GONE = "gone"
    WRONG = "wrong"
    UNSAFE = "unsafe"
    SELLING = "selling"
    OTHER = "other"

    @property
    def is_about_facts(self) -> bool:
        """Whether the organizers are the ones to mend it, and so read it."""
        return self in {ProblemKind.GONE, ProblemKind.WRONG}


class Group(HasCalendar, Model):
    """A peer support group."""

    __tablename__ = "support_group"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    #: What the group is for, in the organizers' words.
    purpose: Mapped[str]
    #: Who it is for.
    audience: Mapped[str]
    #: What happens on a first visit.
    first_visit: Mapped[str]
    format: Mapped[Format] = mapped_column(enum_column(Format, name="format_known"))
    #: ISO 639 code of the language spoken.
    language: Mapped[str]
    time_zone: Mapped[str]
    #: ISO 3166 code of the country whose public holidays it may keep; empty for that of its zone.
    country: Mapped[str] = mapped_column(default="")
    #: The part of that country, in the codes of the `holidays` package; empty for none.
    region: Mapped[str] = mapped_column(default="")
    #: Plain words about money; empty means free.
    cost: Mapped[str]
    visibility: Mapped[Visibility] = mapped_column(
        enum_column(Visibility, name="visibility_known"), index=True
    )
    admission: Mapped[Admission] = mapped_column(enum_column(Admission, name="admission_known"))
    #: While it is attacked: organizers let people in one by one, whatever `admission` says.
    is_guarded: Mapped[bool] = mapped_column(default=False)
    #: Words for people who ask to join, and how long an answer usually takes.
    welcome_note: Mapped[str] = mapped_column(default="")
    expected_wait: Mapped[str] = mapped_column(default="")
    #: Where answers to messages from those who run the group go; none when nobody would read them.
    mailbox: Mapped[str | None]
    agreement: Mapped[str]
    #: Rises when the agreement's words change; members are asked to read it again.
    agreement_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When an organizer last said that all this is true.
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When organizers were last asked whether it still is, since then.
    nudged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: While it is set, a listed group is as an unlisted one.
    hidden_because: Mapped[HiddenBecause | None] = mapped_column(
        enum_column(HiddenBecause, name="hidden_because_known")
    )

    topic_tags: Mapped[list["GroupTopic"]] = relationship(
        cascade="all, delete-orphan", order_by="GroupTopic.topic"
    )
    access_facts: Mapped[list["AccessFact"]] = relationship(
        cascade="all, delete-orphan", order_by="AccessFact.feature"
    )

    @property
    def topics(self) -> list[Topic]:
        """What the group is about, in a fixed order."""
        return [tag.topic for tag in self.topic_tags]

    @property
    def admission_now(self) -> Admission:
        """How people become members at the moment."""
        is_open = self.admission is Admission.OPEN
        return Admission.REQUEST if self.is_guarded and is_open else self.admission

    @property
    def holiday_country(self) -> str:
        """The country whose public holidays it may keep; empty for none."""
        return self.country or country_of_zone(self.time_zone)

    @hybrid_property
    def is_listed(self) -> bool:
        """Whether anyone can find the group."""
        return self.visibility is Visibility.LISTED and self.hidden_because is None

    @is_listed.inplace.expression
    @classmethod
    def _is_listed(cls) -> ColumnElement[bool]:
        return and_(cls.visibility == Visibility.LISTED, cls.hidden_because.is_(None))


class GroupTopic(Model):
    """One topic of one group."""

    __tablename__ = "group_topic"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[Topic] = mapped_column(
        enum_column(Topic, name="topic_known"), primary_key=True, index=True
    )


class AccessFact(Model):
    """What is known about one access feature of a group; unknown features have no row."""

    __tablename__ = "access_fact"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), primary_key=True
    )
    feature: Mapped[AccessFeature] = mapped_column(
        enum_column(AccessFeature, name="feature_known"), primary_key=True
    )
    answer: Mapped[AccessAnswer] = mapped_column(enum_column(AccessAnswer, name="answer_known"))


class Membership(Model):
    """A person's place in a group."""

    __tablename__ = "membership"

    #: The pair is the key, so asking twice who somebody is here costs one query.
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    role: Mapped[Role] = mapped_column(enum_column(Role, name="role_known"), default=Role.MEMBER)
    #: The name to use in this group.
    display_name: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The version of the agreement that this person accepted, and when.
    agreement_version: Mapped[int]
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When organizers let this person in, by a request or an invitation. None for whoever joined
    #: freely: they have given a name, and nobody has looked.
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Set when organizers ended it. The row stays, so that the person cannot just walk in again.
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When they are reminded of sessions of this group; none for when they are elsewhere.
    reminder: Mapped[Reminder | None] = mapped_column(enum_column(Reminder, name="reminder_known"))
    #: Of this group they only hear what they must know: changes, places, questions to them.
    is_muted: Mapped[bool] = mapped_column(default=False, server_default=false())

    group: Mapped[Group] = relationship()
    user: Mapped[UserAccount] = relationship()

    @property
    def is_active(self) -> bool:
        """Whether the person belongs to the group now."""
        return self.removed_at is None

    @property
    def is_approved(self) -> bool:
        """Whether somebody who leads has let the person in, or the person leads."""
        return self.approved_at is not None or self.role is not Role.MEMBER

    @property
    def has_current_agreement(self) -> bool:
        """Whether the person accepted the agreement as it reads today."""
        return self.agreement_version == self.group.agreement_version


class JoinRequest(Model):
    """Somebody asks to join. An answered request is deleted: only its outcome matters."""

    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("group_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("support_group.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    display_name: Mapped[str]
    #: Optional words to the organizers.
    message: Mapped[str]
    agreement_version: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)

    group: Mapped[Group] = relationship()
    user: Mapped[UserAccount] = relationship()


class InvitationLink(Model):
    """An address that lets whoever has it join. Organizers send it on by themselves."""

    __tablename__ = "invitation_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: What organizers recognise it by: "flyer at the library".
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: How many people joined through it.
    uses: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship()

    def is_usable(self, now: datetime) -> bool:
        """Tell whether the link still lets people in."""
        return self.revoked_at is None and now < self.expires_at


class ProblemReport(Model):
    """Somebody says that something about a group or its page is wrong. Who, nobody keeps."""

    __tablename__ = "problem_report"
    # A number is never given twice: a job may still name the row that had it.
    __table_args__ = (UniqueConstraint("group_id", "reporter"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[UUID] = mapped_column(default=uuid7, unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("support_group.id", ondelete="CASCADE"))
    kind: Mapped[ProblemKind] = mapped_column(enum_column(ProblemKind, name="kind_known"))
    note: Mapped[str]
    #: The same for two reports about one group from one network, and of no other meaning.
    reporter: Mapped[str]
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When somebody answered it: the organizers, or whoever runs the site.
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    group: Mapped[Group] = relationship()


class GroupDraft(Model):
    """What somebody has typed on the way to a group of their own; nobody else sees it."""

    __tablename__ = "group_draft"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    #: Page of the set-up → name of the field → what was typed.
    answers: Mapped[dict[str, dict[str, list[str]]]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
