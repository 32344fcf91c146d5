"""What tests of sessions share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.recurrence import WeeklyRule
from supportgroups.sessions.services.series import SeriesDetails

#: Tuesday 1 December 2026, 19:00.
FIRST = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)


@pytest.fixture
def plan() -> Callable[..., SeriesDetails]:
    """What an organizer says about a schedule, every week unless told otherwise."""

    def plan(wall: datetime = FIRST, *, every: int | None = 1, **overrides: Any) -> SeriesDetails:
        until = overrides.pop("until", None)
        weekdays = frozenset({wall.weekday()})
        rule = every and WeeklyRule(weekdays=weekdays, interval=every, until=until)
        details = SeriesDetails(
            title="Tuesday evening",
            description="Bring a cup.",
            wall_starts_at=wall,
            length_minutes=90,
            time_zone="Europe/London",
            rule=rule or None,
            capacity=12,
            place="The library, High Street",
            online_link="https://meet.example/canary",
        )
        return replace(details, **overrides)

    return plan


@pytest.fixture
def as_it_is() -> Callable[..., SessionDetails]:
    """What a session says now, with what shall change."""

    def as_it_is(group_session: GroupSession, **changes: Any) -> SessionDetails:
        details = SessionDetails(
            title=group_session.title_shown,
            description=group_session.description_shown,
            wall_starts_at=group_session.wall_starts_at,
            length_minutes=group_session.length_minutes,
            capacity=group_session.capacity_shown,
            place=group_session.place_shown,
            online_link=group_session.online_link_shown,
            facilitator_ids=frozenset(person.id for person in group_session.facilitators),
        )
        return replace(details, **changes)

    return as_it_is
