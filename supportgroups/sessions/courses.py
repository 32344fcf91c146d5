"""The dates of a course as one thing, and until when people can join it. Pure: no query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from supportgroups.sessions.models import GroupSession, Series


@dataclass(frozen=True)
class CourseDates:
    """All dates of a course, soonest first; those added for who missed one among them."""

    series: Series
    sessions: Sequence[GroupSession]

    @property
    def weeks(self) -> list[GroupSession]:
        """The dates that everybody was told of at first. Those added later count as none of them."""
        return [one for one in self.sessions if one.listed is None or not one.listed.is_make_up]

    @property
    def joining_ends_at(self) -> datetime | None:
        """When the last date begins to which somebody may come first; none without dates.

        A date that is cancelled still counts: what people were told stays true.
        """
        weeks = self.weeks
        if not weeks:
            return None
        last = self.series.late_join_until or len(weeks)
        return weeks[min(last, len(weeks)) - 1].starts_at

    def is_joining_open(self, now: datetime) -> bool:
        """Tell whether people can still join: before that date begins, and while one lies ahead."""
        ends_at = self.joining_ends_at
        return ends_at is not None and now < ends_at and self.find_next(now) is not None

    def find_next(self, now: datetime) -> GroupSession | None:
        """Return the next date that takes place."""
        ahead = (one for one in self.sessions if not one.is_cancelled and not one.has_started(now))
        return next(ahead, None)

    def is_over(self, now: datetime) -> bool:
        """Tell whether its last date has ended."""
        return all(one.is_over(now) for one in self.sessions)

    def number_of(self, group_session: GroupSession) -> int | None:
        """Return which of the weeks a date is, 1 for the first; none for one that was added."""
        ids = [one.id for one in self.weeks]
        return ids.index(group_session.id) + 1 if group_session.id in ids else None
