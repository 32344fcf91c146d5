"""Who gets a free place, and how long an offered one stands: rules without a database.

Until a day before the start a free place is simply given to whoever has waited longest. After that
it is offered, because a plan for tomorrow may have changed: the person has some hours to say yes,
and then it passes on. Nobody is woken by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from supportgroups.accounts.quiet_hours import QuietHours

#: So long before the start free places begin to be offered, and kept ones are kept no longer.
LAST_DAY = timedelta(hours=24)
#: An offer stands for no longer than this.
LONGEST_OFFER = timedelta(hours=4)
#: Only for a start this near does somebody who allows it hear in quiet hours.
WORTH_WAKING_FOR = timedelta(hours=12)
#: Held until the morning, an offer has to stand at least so long after it.
SHORTEST_MORNING = timedelta(minutes=15)


def is_last_day(starts_at: datetime, *, now: datetime) -> bool:
    """Tell whether free places are offered by now, no longer given."""
    return now >= starts_at - LAST_DAY


class Terms(NamedTuple):
    """What an offer promises."""

    #: When the letter leaves; none for quiet hours after which it is too late. The page
    #: shows the offer at once all the same.
    told_at: datetime | None
    #: When the place passes on.
    expires_at: datetime


def terms(
    starts_at: datetime, *, now: datetime, quiet: QuietHours, allows_night_notices: bool = False
) -> Terms:
    """Return how long a place that is free at `now` is offered to somebody with these quiet hours.

    Four hours, or half the time that is left. In quiet hours the offer is held until they are
    over and its time runs from there. Source: journey J7.
    """
    may_wake = allows_night_notices and starts_at - now < WORTH_WAKING_FOR
    told_at = now if may_wake else quiet.over(now)
    if told_at != now and _half_left(starts_at, told_at) < SHORTEST_MORNING:
        return Terms(None, now + min(LONGEST_OFFER, _half_left(starts_at, now)))
    return Terms(told_at, told_at + min(LONGEST_OFFER, _half_left(starts_at, told_at)))


def _half_left(starts_at: datetime, now: datetime) -> timedelta:
    return (starts_at - now) / 2


@dataclass(frozen=True)
class Seats:
    """The places of one session, as they stand."""

    #: None for no limit.
    capacity: int | None
    #: Those of people who come, of whom they bring, and of open offers.
    taken: int = 0
    #: How many of these belong to people who come for the first time.
    newcomers: int = 0
    #: How many the organizers keep for such people.
    kept: int = 0

    def free_for(self, *, is_newcomer: bool) -> int | None:
        """Return how many places are free for a newcomer, or for anybody else; none for no limit."""
        if self.capacity is None:
            return None
        kept = 0 if is_newcomer else max(0, self.kept - self.newcomers)
        return max(0, self.capacity - self.taken - kept)

    def has_room_for(self, people: int, *, is_newcomer: bool) -> bool:
        """Tell whether that many can come together, the first of them a newcomer or not."""
        free = self.free_for(is_newcomer=is_newcomer)
        return free is None or free >= people

    def with_one_more(self, *, is_newcomer: bool) -> "Seats":
        """Return how they stand after one more is taken."""
        return replace(self, taken=self.taken + 1, newcomers=self.newcomers + is_newcomer)


class Waiting(Protocol):
    """Somebody on a waiting list."""

    @property
    def is_first_time(self) -> bool:
        """Whether they come for the first time."""


Person = TypeVar("Person", bound=Waiting)


def share_out(seats: Seats, waiting: Iterable[Person]) -> list[Person]:
    """Return who gets a place now, in strict order of the list.

    Somebody is passed over only where all that is free is kept for newcomers.
    """
    lucky = []
    for person in waiting:
        if seats.has_room_for(1, is_newcomer=person.is_first_time):
            lucky.append(person)
            seats = seats.with_one_more(is_newcomer=person.is_first_time)
    return lucky
