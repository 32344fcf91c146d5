"""What a guide and a help line are: read from files, except for the counts of helpful guides."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import Model
from supportgroups.groups.topics import Topic

#: How many words a person reads in a minute, a little below the usual figure of 240: many of
#: our readers are tired or upset.
WORDS_PER_MINUTE = 200


class Reader(StrEnum):
    """For whom a guide is written, in the order in which the list of guides shows them."""

    MEMBER = "member"
    VOLUNTEER = "volunteer"
    ORGANIZER = "organizer"


class Sheet(StrEnum):
    """A page to print and fill in by hand, which belongs to a guide."""

    GRATITUDE = "gratitude"
    SMALL_GOAL = "one-small-goal"


class ComingKind(StrEnum):
    """Which coming sessions a guide leads to."""

    #: Those of groups about one of the guide's topics, or of any group if it names none.
    SESSIONS = "sessions"
    #: Those of courses, where people enrol and learn.
    COURSES = "courses"
    NONE = "none"


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: the body that made it, the title and the address."""

    body: str
    title: str
    url: str


@dataclass(frozen=True)
class Heading:
    """One entry of the contents list; `anchor` is the id of the heading in the text."""

    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Guide:
    """One guide, checked and rendered."""

    slug: str
    #: ISO 639 code of the language it is written in.
    language: str
    title: str
    #: One or two sentences for lists and search results.
    summary: str
    audience: Reader
    #: Smaller numbers come first among the guides for the same reader.
    order: int
    #: The slugs of guides to read next.
    related: tuple[str, ...]
    topics: tuple[Topic, ...]
    coming: ComingKind
    #: What may be hard about the subject, said before the text; may be empty.
    note: str
    sheet: Sheet | None
    #: Whether a circle to breathe with stands below the text.
    has_pacer: bool
    sources: tuple[Source, ...]
    reviewed: date
    review_by: date
    #: Changes whenever a word that people read changes.
    digest: str
    #: The digest of the original of which this is a translation; empty for an original.
    translates: str
    #: Cleaned HTML, ready for a template.
    body: Markup
    headings: tuple[Heading, ...]
    #: The words of the body without any mark-up, one line per paragraph, for searching.
    text: str

    @property
    def word_count(self) -> int:
        """How many words the body has, headings included."""
        return len(self.text.split())

    @property
    def minutes(self) -> int:
        """How long a calm reading takes, in whole minutes."""
        return max(1, round(self.word_count / WORDS_PER_MINUTE))

    def is_due_for_review(self, today: date) -> bool:
        """Tell whether the day on which somebody should have read it again has passed."""
        return today > self.review_by


class GuideVote(Model):
    """How many readers found a guide helpful in one month. It says nothing about any of them."""

    __tablename__ = "guide_vote"
    __table_args__ = (
        CheckConstraint("helpful >= 0 AND unhelpful >= 0", name="counts_not_negative"),
    )

    #: The guide's slug. A guide may go and its counts stay.
    guide: Mapped[str] = mapped_column(primary_key=True)
    #: The first day of the month.
    month: Mapped[date] = mapped_column(primary_key=True)
    helpful: Mapped[int]
    unhelpful: Mapped[int]


class LineKind(StrEnum):
    """What a line is for."""

    #: For a person in danger or despair.
    CRISIS = "crisis"
    #: Somebody to talk to; not every line of this kind is trained for danger to life.
    LISTENING = "listening"
    #: Answers questions and says where to turn; not for a crisis.
    INFORMATION = "information"


class LineAudience(StrEnum):
    """Who may call."""

    ANYONE = "anyone"
    ADULTS = "adults"
    YOUNG = "young"


class LineCost(StrEnum):
    """What the caller pays."""

    FREE = "free"
    #: As much as any call or message, by the caller's own contract.
    CALL_RATE = "call-rate"
    NOT_KNOWN = "not-known"


class Standing(StrEnum):
    """How far a help line may still be trusted, by the age of its last check."""

    CURRENT = "current"
    #: Shown, but somebody should check it soon.
    DUE = "due"
    #: Not shown any more; a directory takes its place.
    EXPIRED = "expired"


@dataclass(frozen=True)
class Opening:
    """A span of the week in which a line answers.

    One that ends at or before its start runs on into the next morning, so it may end at midnight.
    """

    #: ISO weekdays on which the span begins, Monday is 1.
    weekdays: frozenset[int]
    starts: time
    ends: time


@dataclass(frozen=True, kw_only=True)
class HelpLine:
    """A service that a person in distress can call, write to or chat with."""

    #: ISO 3166 code.
    country: str
    name: str
    kind: LineKind
    audience: LineAudience
    #: The numbers as people write them, the best one first.
    phones: tuple[str, ...]
    #: The number for text messages and the word that starts a conversation; both may be empty.
    sms: str
    sms_word: str
    #: A number in the international form, digits only.
    whatsapp: str
    chat_url: str
    #: Answers day and night; then `hours` and `openings` are empty.
    is_always_open: bool
    #: The hours in words, for people.
    hours: str
    #: The same hours for the program, on the clocks of `time_zone`.
    openings: tuple[Opening, ...]
    time_zone: str
    #: ISO 639 codes, the main one first.
    languages: tuple[str, ...]
    cost: LineCost
    #: One sentence that helps to choose or to get through; may be empty.
    note: str
    source: Source
    verified_on: date

    @property
    def number(self) -> str:
        """The best number to call, as people write it; empty for a line that takes no calls."""
        return self.phones[0] if self.phones else ""

    @property
    def tel(self) -> str:
        """The best number to call, as a telephone dials it."""
        return dialled(self.number)

    @property
    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every number to call, as written, with the address that dials it (RFC 3966)."""
        return tuple((number, f"tel:{dialled(number)}") for number in self.phones)

    @property
    def sms_href(self) -> str:
        """The address that opens the telephone's own message program (RFC 5724)."""
        number = dialled(self.sms)
        return f"sms:{number}?body={quote(self.sms_word)}" if self.sms_word else f"sms:{number}"

    @property
    def whatsapp_href(self) -> str:
        """The address that opens a WhatsApp conversation with the line."""
        return f"https://wa.me/{self.whatsapp}"


@dataclass(frozen=True)
class EmergencyNumber:
    """The number of a country for danger to life."""

    country: str
    number: str
    #: One sentence about other numbers or services; may be empty.
    note: str


@dataclass(frozen=True)
class Directory:
    """A list of help lines kept by somebody else, for every place we know no line of."""

    name: str
    url: str
    about: str


@dataclass(frozen=True)
class HelpBook:
    """Everything the help lines file says."""

    emergencies: tuple[EmergencyNumber, ...]
    lines: tuple[HelpLine, ...]
    directories: tuple[Directory, ...]

    @property
    def countries(self) -> tuple[str, ...]:
        """The codes of all countries with an emergency number or a line, in alphabetical order."""
        known = {emergency.country for emergency in self.emergencies}
        return tuple(sorted(known | {line.country for line in self.lines}))


@dataclass(frozen=True)
class HelpNow:
    """What to show a person in one country today."""

    country: str
    emergency: EmergencyNumber | None
    #: Lines that may still be trusted, the best one first.
    lines: tuple[HelpLine, ...]
    directories: tuple[Directory, ...]

    @property
    def emergency_number(self) -> str:
        """The number for danger to life; empty where we know none."""
        return self.emergency.number if self.emergency else ""

    @property
    def main_lines(self) -> tuple[HelpLine, ...]:
        """The first two crisis lines that an adult can call: enough for a strip on every page."""
        crisis = (
            line
            for line in self.lines
            if line.kind is LineKind.CRISIS and line.audience is not LineAudience.YOUNG
        )
        return tuple(line for line in crisis if line.phones)[:2]


def dialled(number: str) -> str:
    """Return the number with only what a telephone dials: digits, `*` and a leading `+`."""
    return "".join(sign for sign in number if sign.isdecimal() or sign in "*+")
