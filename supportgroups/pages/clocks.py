"""When two places change their clocks on different days. Pure: no query.

Somebody in London who meets people in New York at one in the morning finds them at midnight for
three weeks in March. It is nobody's mistake, and one sentence on the page says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from supportgroups.clock import to_zone
from supportgroups.formatting import Timed

#: A difference that lasts less long than this is not the usual one.
SHORT = timedelta(weeks=10)
#: After a change that stays, people are reminded of it for so long.
GETTING_USED = timedelta(weeks=1)
#: So far on both sides every short difference shows where it begins and ends.
LOOK = SHORT + 2 * GETTING_USED

#: No two places change their clocks within so short a time of each other, but at once.
_STEP = timedelta(days=3)
_HALF_A_DAY = timedelta(hours=12)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class ClockGap:
    """For a while a time in one zone is another time than usual in a second one."""

    #: Where the page is read, and where the session is held.
    zone: str
    other: str
    first_day: date
    #: None if the clocks stay like this.
    last_day: date | None
    #: What the clocks show at one of the sessions: there, here, and here as it was before.
    there: datetime
    here: datetime
    here_before: datetime


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """A time in which the clocks of two zones stay equally far apart."""

    #: By how much the first zone's clocks are ahead.
    difference: timedelta
    begins_at: datetime
    ends_at: datetime

    @property
    def is_short(self) -> bool:
        return self.ends_at - self.begins_at < SHORT


def find_gaps(sessions: Iterable[Timed], *, zone: str) -> list[ClockGap]:
    """Return the first unusual difference to each zone in which these sessions are held.

    :param zone: where they are read about
    """
    held: dict[str, list[datetime]] = {}
    for timed in sessions:
        if timed.time_zone != zone:
            held.setdefault(timed.time_zone, []).append(timed.starts_at)
    found = (_find_gap(zone, other, sorted(starts)) for other, starts in held.items())
    return [gap for gap in found if gap is not None]


def _find_gap(zone: str, other: str, starts: list[datetime]) -> ClockGap | None:
    stretches = list(_stretches(zone, other, starts[0] - LOOK, starts[-1] + LOOK))
    # The first one begins where nobody looked further back, so it never counts as short.
    is_short = [False, *(stretch.is_short for stretch in stretches[1:])]
    for index, (before, now) in enumerate(pairwise(stretches), start=1):
        until = now.ends_at
        if not is_short[index]:
            # What is usual comes back after a short time: nothing to get used to.
            until = now.begins_at if is_short[index - 1] else now.begins_at + GETTING_USED
        concerned = [start for start in starts if now.begins_at <= start < until]
        if concerned:
            here = to_zone(concerned[0], zone).replace(tzinfo=None)
            # The day of a change belongs to what it changes to, but for its first hours.
            last = to_zone(now.ends_at - _HALF_A_DAY, zone).date()
            return ClockGap(
                zone=zone,
                other=other,
                first_day=to_zone(now.begins_at, zone).date(),
                last_day=last if is_short[index] else None,
                there=to_zone(concerned[0], other).replace(tzinfo=None),
                here=here,
                here_before=here + before.difference - now.difference,
            )
    return None


def _stretches(zone: str, other: str, since: datetime, until: datetime) -> Iterator[_Stretch]:
    """Return the stretches from a moment or earlier to a moment or later."""
    begins_at = datetime(since.year, 1, 1, tzinfo=UTC)
    stands = _difference(zone, other, begins_at)
    for year in range(since.year, until.year + 1):
        for moment, difference in _changes(zone, other, year):
            yield _Stretch(difference=stands, begins_at=begins_at, ends_at=moment)
            begins_at, stands = moment, difference
    end = datetime(until.year + 1, 1, 1, tzinfo=UTC)
    yield _Stretch(difference=stands, begins_at=begins_at, ends_at=end)


@lru_cache(maxsize=2048)
def _changes(zone: str, other: str, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """Return when the difference between two zones changes in a year (UTC), and what it becomes."""
    found = []
    moment, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    stands = _difference(zone, other, moment)
    while moment < end:
        moment += _STEP
        if (difference := _difference(zone, other, moment)) != stands:
            low, high = moment - _STEP, moment
            while high - low > _MINUTE:
                middle = low + (high - low) / 2
                has_changed = _difference(zone, other, middle) == difference
                low, high = (low, middle) if has_changed else (middle, high)
            # Clocks change on the full minute.
            found.append((high.replace(second=0, microsecond=0), difference))
            stands = difference
    return tuple(found)


def _difference(zone: str, other: str, moment: datetime) -> timedelta:
    here, there = to_zone(moment, zone), to_zone(moment, other)
    return here.replace(tzinfo=None) - there.replace(tzinfo=None)
