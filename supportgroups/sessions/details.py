"""What people read about one session, as an organizer says it. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class SessionDetails:
    """What organizers say about one session."""

    title: str
    description: str
    wall_starts_at: datetime
    length_minutes: int
    #: None for no limit.
    capacity: int | None
    place: str
    online_link: str
    facilitator_ids: frozenset[int] = frozenset()
