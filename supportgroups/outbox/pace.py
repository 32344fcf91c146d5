"""Turns for letters to the same domain, so that no provider takes a site for a flood. Pure."""

from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
#: So many letters go at once to a domain that had none for a while.
BURST = 20
#: From so many domains on, those are forgotten that are free again.
MANY_DOMAINS = 1000


class Pace:
    """Gives each letter to a domain its turn, in the order in which it is asked.

    A letter that has to wait goes back into the outbox until its turn, and letters to other
    domains pass it by. Each worker has a pace of its own.
    """

    def __init__(self, per_minute: int) -> None:
        #: Between two letters to the same domain; none for a site that sends as it likes.
        self.gap = MINUTE / per_minute if per_minute else None
        #: Domain → when the last turn that was given is over.
        self._taken_until: dict[str, datetime] = {}

    def turn(self, domain: str, now: datetime) -> datetime:
        """Return when the next letter to `domain` may leave: `now`, or later."""
        if self.gap is None:
            return now
        if len(self._taken_until) >= MANY_DOMAINS:
            self._taken_until = {
                name: until for name, until in self._taken_until.items() if until > now
            }
        taken_until = max(self._taken_until.get(domain, now), now)
        self._taken_until[domain] = taken_until + self.gap
        return max(now, taken_until - (BURST - 1) * self.gap)
