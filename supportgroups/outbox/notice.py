"""What has to be known of a letter to decide when it leaves, and whether. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Topic(StrEnum):
    """A sort of letters that a person can do without. What one has to know belongs to none."""

    REMINDERS = "reminders"
    #: Reminders and questions to those who lead.
    DUTIES = "duties"
    ANNOUNCEMENTS = "announcements"
    DIGEST = "digest"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A letter that comes by itself, whose reader has chosen how they want to hear such news.

    A letter that somebody has just asked for, such as a link to sign in, is no notice.
    """

    reader_id: int
    #: None for what its reader has to know.
    topic: Topic | None = None
    #: The group that it is about.
    group_id: int | None = None
    #: The start of a session for which quiet hours may be broken; none for what can wait.
    hurries_for: datetime | None = None
    #: The soonest start that it changes, where the weekly letter tells the same; none elsewhere.
    digest_before: datetime | None = None
