"""What a session was before an act changed it: kept as plain JSON, for news and for undoing."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from supportgroups.sessions.models import GroupSession, SessionStatus


@dataclass(frozen=True, kw_only=True)
class SessionState:
    """All of a session that an act on schedules may change."""

    series_id: int
    recurrence_id: datetime
    wall_starts_at: datetime
    length_minutes: int
    starts_at: datetime
    ends_at: datetime
    status: SessionStatus
    cancel_reason: str
    pause_id: int | None
    title: str | None
    description: str | None
    place: str | None
    online_link: str | None
    capacity: int | None
    facilitator_ids: tuple[int, ...]
    #: What people read, which may be what the series says.
    place_shown: str
    capacity_shown: int | None
    #: None in what was kept before links were.
    online_link_shown: str | None = None

    @classmethod
    def of(cls, group_session: GroupSession) -> Self:
        """Return the state in which a session is now."""
        return cls(
            facilitator_ids=tuple(person.id for person in group_session.facilitators),
            place_shown=group_session.place_shown,
            capacity_shown=group_session.capacity_shown,
            online_link_shown=group_session.online_link_shown,
            **{name: getattr(group_session, name) for name in COLUMNS},
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        moments = {
            name: datetime.fromisoformat(values[name])
            for name in ("recurrence_id", "wall_starts_at", "starts_at", "ends_at")
        }
        return cls(
            **values
            | moments
            | {
                "status": SessionStatus(values["status"]),
                "facilitator_ids": tuple(values["facilitator_ids"]),
            }
        )


#: The columns of a session that its state holds as they are.
COLUMNS = tuple(
    name
    for name in SessionState.__dataclass_fields__
    if name not in {"facilitator_ids", "place_shown", "capacity_shown", "online_link_shown"}
)


def what_makes_it_new(group_session: GroupSession) -> tuple[object, ...]:
    """Return what calendars count as another version of it (SEQUENCE, RFC 5545 §3.8.7.4)."""
    return (
        group_session.starts_at,
        group_session.ends_at,
        group_session.title_shown,
        group_session.place_shown,
        group_session.status,
    )


def what_is_only_text(group_session: GroupSession) -> tuple[object, ...]:
    """Return what else of it people read in a calendar or beside a cancelled date."""
    return (
        group_session.description_shown,
        group_session.cancel_reason,
        group_session.pause.returns_on if group_session.pause is not None else None,
    )
