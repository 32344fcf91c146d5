"""Which days a feed covers. It moves once a week, so that its bytes rest in between."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: Weeks before the present one: at least 60 days.
WEEKS_BACK = 9
#: Weeks after the beginning of the present one: at least 400 days from any day in it.
WEEKS_AHEAD = 59
#: A cancelled session stays for 30 days after its date, and until the Monday after.
CANCELLED_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Window:
    """The days from a Monday nine weeks ago to one in more than a year, all in UTC."""

    monday: date

    @classmethod
    def at(cls, now: datetime) -> "Window":
        """Return the window of the week of `now`."""
        today = now.astimezone(UTC).date()
        return cls(today - timedelta(days=today.weekday()))

    @property
    def opened_at(self) -> datetime:
        """When this window began to be the one; what starts earlier lies in the past."""
        return datetime.combine(self.monday, time(), UTC)

    @property
    def starts_at(self) -> datetime:
        """The first moment covered."""
        return self.opened_at - timedelta(weeks=WEEKS_BACK)

    @property
    def ends_at(self) -> datetime:
        """The first moment no longer covered."""
        return self.opened_at + timedelta(weeks=WEEKS_AHEAD)

    @property
    def cancelled_since(self) -> datetime:
        """Sessions that were cancelled and would have started earlier are left out."""
        return self.opened_at - CANCELLED_KEPT
