"""What people read about one session, as an organizer says it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from supportgroups.sessions.models import GroupSession


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

    @classmethod
    def of(cls, group_session: GroupSession, **changed: Any) -> Self:
        """Return what people read about a session now, with some of it changed."""
        values: dict[str, Any] = {
            "title": group_session.title_shown,
            "description": group_session.description_shown,
            "wall_starts_at": group_session.wall_starts_at,
            "length_minutes": group_session.length_minutes,
            "capacity": group_session.capacity_shown,
            "place": group_session.place_shown,
            "online_link": group_session.online_link_shown,
            "facilitator_ids": frozenset(person.id for person in group_session.facilitators),
        }
        return cls(**values | changed)
