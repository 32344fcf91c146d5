"""Counters from which calendars learn that something changed, without looking at it.

They only ever rise. A calendar's entity tag is made from them, so a poll that finds nothing new
costs one query (calendar.md, decision 4).
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import UTCDateTime


def rising(previous: datetime, now: datetime) -> datetime:
    """Return the moment of a change: whole seconds, and always later than the change before."""
    return max(now.replace(microsecond=0), previous + timedelta(seconds=1))


class HasCalendar:
    """Something whose changes show in calendars: a group, a person."""

    #: Rises with every change of what calendars show of this.
    calendar_revision: Mapped[int] = mapped_column(default=0)
    #: When that was: whole seconds, rising.
    calendar_revised_at: Mapped[datetime] = mapped_column(UTCDateTime)

    def touch_calendar(self, now: datetime) -> None:
        """Say that calendars have something new to show. Call it inside the change itself."""
        revised_at = rising(self.calendar_revised_at, now)
        # The database adds, so that two changes at once count twice.
        self.calendar_revision = type(self).calendar_revision + 1
        self.calendar_revised_at = revised_at
