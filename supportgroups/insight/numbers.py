"""What head counts and answers add up to: rules without a database.

Numbers from one to four are never told, so that nobody is singled out by them (pages.md, Charts).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.rsvps.queries import Tally
from supportgroups.sessions.models import GroupSession

#: From this on a number is told.
TOLD_FROM = 5


@dataclass(frozen=True, kw_only=True)
class SessionNumbers:
    """The numbers of one past session."""

    starts_at: datetime
    time_zone: str
    is_cancelled: bool
    is_in_break: bool = False
    #: Why it was cancelled, or why there was a break, in the words of whoever did it, if they said.
    reason: str = ""
    #: None where there is no limit.
    places: int | None
    #: None where people just turn up.
    said_yes: int | None
    outcome: Outcome | None
    #: None where nobody counted.
    came: int | None
    first_timers: int | None

    @classmethod
    def of(
        cls, group_session: GroupSession, tally: Tally, count: HeadCount | None
    ) -> "SessionNumbers":
        """Gather what is known about a session."""
        return cls(
            starts_at=group_session.starts_at,
            time_zone=group_session.time_zone,
            is_cancelled=group_session.is_cancelled,
            is_in_break=group_session.pause is not None,
            reason=group_session.cancel_reason
            or (group_session.pause.reason if group_session.pause is not None else ""),
            places=group_session.capacity_shown,
            said_yes=None if group_session.is_drop_in else tally.accepted,
            outcome=count.outcome if count is not None else None,
            came=count.heads if count is not None else None,
            first_timers=count.first_timers if count is not None else None,
        )

    @property
    def took_place(self) -> bool:
        """Whether people met, as far as is known: nobody has to count."""
        return not self.is_cancelled and (self.outcome is None or self.outcome.took_place)

    @property
    def is_counted(self) -> bool:
        """Whether people met and somebody counted them."""
        return self.took_place and self.came is not None


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The numbers of a group's last sessions, last first, and what they come to on average."""

    sessions: Sequence[SessionNumbers]

    @property
    def took_place(self) -> int:
        """How many of the sessions took place."""
        return sum(session.took_place for session in self.sessions)

    @property
    def not_held(self) -> list[SessionNumbers]:
        """Sessions that did not take place."""
        return [session for session in self.sessions if not session.took_place]

    @property
    def booked(self) -> list[SessionNumbers]:
        """Sessions with a number of places that people could take."""
        return [
            session
            for session in self.sessions
            if session.took_place and session.places and session.said_yes is not None
        ]

    @property
    def counted(self) -> list[SessionNumbers]:
        """Sessions at which somebody counted who came."""
        return [session for session in self.sessions if session.is_counted]

    @property
    def most_places(self) -> int:
        """The number of places that a full bar stands for."""
        return max((session.places or 0 for session in self.booked), default=0)

    @property
    def most_people(self) -> int:
        """The number of people that a full bar stands for."""
        return max(
            (max(session.said_yes or 0, session.came or 0) for session in self.counted), default=0
        )

    @property
    def filled_on_average(self) -> int | None:
        """How many places were filled, to the nearest whole number."""
        return average([session.said_yes for session in self.booked])

    @property
    def said_yes_on_average(self) -> int | None:
        """How many said yes to the sessions at which somebody counted."""
        return average([session.said_yes for session in self.counted])

    @property
    def came_on_average(self) -> int | None:
        """How many came where somebody counted."""
        return average([session.came for session in self.counted])


def average(numbers: Sequence[int | None]) -> int | None:
    """Return the average of the numbers that are known, rounded; none where none is."""
    known = [number for number in numbers if number is not None]
    return round(fmean(known)) if known else None


def is_told(number: int) -> bool:
    """Tell whether a number singles nobody out."""
    return number == 0 or number >= TOLD_FROM
