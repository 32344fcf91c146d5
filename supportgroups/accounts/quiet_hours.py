"""The hours in which nothing that can wait is sent to somebody, on their own clock. Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from supportgroups.clock import to_zone

#: What cannot wait for the end of the quiet hours comes so long before they begin.
AHEAD = timedelta(hours=2)
A_DAY = timedelta(days=1)


class QuietHours(NamedTuple):
    """From one whole hour of the wall clock to another, most often across midnight."""

    #: 0 to 23. The same hour twice means that no hour is quiet.
    starts: int
    ends: int
    #: The zone whose clocks count.
    zone: str

    def hold(self, moment: datetime) -> bool:
        """Tell whether `moment` lies in them."""
        hour = to_zone(moment, self.zone).hour
        if self.starts <= self.ends:
            return self.starts <= hour < self.ends
        return hour >= self.starts or hour < self.ends

    def over(self, moment: datetime) -> datetime:
        """Return when the quiet hours end in which `moment` lies; `moment` itself outside them."""
        if not self.hold(moment):
            return moment
        ends_at = self._on_the_wall(moment, self.ends)
        return ends_at if ends_at > moment else self._on_the_wall(moment, self.ends, A_DAY)

    def ahead(self, moment: datetime) -> datetime:
        """Return two hours before the last quiet hours began that began before `moment`."""
        began_at = self._on_the_wall(moment, self.starts)
        if began_at > moment:
            began_at = self._on_the_wall(moment, self.starts, -A_DAY)
        return began_at - AHEAD

    def _on_the_wall(
        self, moment: datetime, hour: int, later: timedelta = timedelta(0)
    ) -> datetime:
        """Return this hour of the day of `moment`, or of a day later or earlier."""
        day = to_zone(moment, self.zone).date() + later
        return datetime.combine(day, time(hour), ZoneInfo(self.zone)).astimezone(UTC)
