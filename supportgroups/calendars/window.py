"""Which days a feed covers. It moves once a week, so that its bytes rest in between."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

#: Weeks before the present one: at least 60 days.
WEEKS_BACK = 9


class Reach(StrEnum):
    """How far a feed looks ahead."""

    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


#: Weeks after the beginning of the present one: from any day in it at least three months, at least
#: six, and at least 400 days.
WEEKS_AHEAD = {Reach.QUARTER: 15, Reach.HALF_YEAR: 28, Reach.YEAR: 59}
#: A cancelled session stays for 30 days after its date, and until the Monday after.
CANCELLED_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Window:
    """The days from one Monday to another, in UTC: from nine weeks ago to more than a year ahead.

    Somebody may choose for their own feed that it looks less far.
    """

    monday: date
    reach: Reach = Reach.YEAR
    has_past: bool = True

    @classmethod
    def at(cls, now: datetime) -> "Window":
        """Return the window of the week of `now`, at its widest."""
        today = now.astimezone(UTC).date()
        return cls(today - timedelta(days=today.weekday()))

    @property
    def opened_at(self) -> datetime:
        """When this window began to be the one; what starts earlier lies in the past."""
        return datetime.combine(self.monday, time(), UTC)

    @property
    def starts_at(self) -> datetime:
        """The first moment covered."""
        return self.opened_at - timedelta(weeks=WEEKS_BACK if self.has_past else 0)

    @property
    def ends_at(self) -> datetime:
        """The first moment no longer covered."""
        return self.opened_at + timedelta(weeks=WEEKS_AHEAD[self.reach])

    @property
    def cancelled_since(self) -> datetime:
        """Sessions that were cancelled and would have started earlier are left out."""
        return self.opened_at - CANCELLED_KEPT
