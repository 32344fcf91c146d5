"""Rows for tests, made plainly: each function has a complete default and takes overrides."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from argon2 import PasswordHasher

from supportgroups.accounts.models import UserAccount
from supportgroups.clock import to_utc
from supportgroups.db import db, transaction
from supportgroups.groups.models import Admission, Group, GroupTopic, Membership, Role, Visibility
from supportgroups.groups.topics import Format, Topic
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, Series, SeriesDate, SeriesKind
from supportgroups.sessions.ways_in import WayIn
from supportgroups.tokens import new_secret

PASSWORD = "demo-password"
LONG_AGO = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)

_numbers = count(1)


@cache
def _password_hash() -> str:
    # Cheap on purpose: the strength of the hash is tested where passwords are.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@transaction()
def make_user(display_name: str = "Robin", **overrides: Any) -> UserAccount:
    """Make a person with the password `demo-password`."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "display_name": display_name,
        "email": f"{display_name.lower().replace(' ', '.')}{number}@example.org",
        "password_hash": _password_hash(),
        "time_zone": "Europe/London",
        "created_at": LONG_AGO,
        "calendar_revised_at": LONG_AGO,
    }
    user = UserAccount(**values | overrides)
    db.session.add(user)
    db.session.flush()
    return user


@transaction()
def make_group(name: str = "Evening circle", **overrides: Any) -> Group:
    """Make a listed group that everybody may join."""
    topics = overrides.pop("topics", [Topic.BEREAVEMENT])
    values: dict[str, Any] = {
        "name": name,
        "slug": f"evening-circle-{next(_numbers)}",
        "purpose": "We meet to talk and to listen.",
        "audience": "Anyone who has lost somebody",
        "first_visit": "Somebody meets you at the door.",
        "format": Format.IN_PERSON,
        "language": "en",
        "time_zone": "Europe/London",
        "cost": "",
        "visibility": Visibility.LISTED,
        "admission": Admission.OPEN,
        "agreement": "What is said here stays here.",
        "created_at": LONG_AGO,
        "confirmed_at": LONG_AGO,
        "calendar_revised_at": LONG_AGO,
    }
    group = Group(**values | overrides)
    group.topic_tags = [GroupTopic(topic=topic) for topic in topics]
    db.session.add(group)
    db.session.flush()
    return group


@transaction()
def make_membership(
    group: Group, user: UserAccount, role: Role = Role.MEMBER, **overrides: Any
) -> Membership:
    """Make somebody part of a group."""
    values: dict[str, Any] = {
        "group_id": group.id,
        "user_id": user.id,
        "role": role,
        "display_name": user.display_name,
        "joined_at": LONG_AGO,
        "agreement_version": group.agreement_version,
        "agreed_at": LONG_AGO,
    }
    membership = Membership(**values | overrides)
    db.session.add(membership)
    db.session.flush()
    return membership


@transaction()
def make_series(group: Group, **overrides: Any) -> Series:
    """Make a weekly series on Tuesdays at 19:00, without its sessions."""
    values: dict[str, Any] = {
        "group_id": group.id,
        "title": "Tuesday evening",
        "description": "",
        "rrule": "FREQ=WEEKLY;BYDAY=TU;WKST=MO",
        "wall_starts_at": datetime(2026, 12, 1, 19, 0),  # noqa: DTZ001 (a wall time)
        "length_minutes": 90,
        "time_zone": group.time_zone,
        "capacity": 12,
        "place": "The library, High Street",
        "online_link": "",
        "created_at": LONG_AGO,
        "made_until": datetime(2026, 12, 1, 19, 0),  # noqa: DTZ001
    }
    series = Series(**values | overrides)
    db.session.add(series)
    db.session.flush()
    return series


@transaction()
def make_course(group: Group, *, weeks: int = 4, **overrides: Any) -> Series:
    """Make a course in which people enrol, on Wednesdays at 18:00, with its sessions."""
    first = overrides.pop("wall_starts_at", datetime(2026, 12, 2, 18, 0))  # noqa: DTZ001 (a wall time)
    values: dict[str, Any] = {
        "title": "Steady steps",
        "kind": SeriesKind.COURSE,
        "admission": WayIn.ENROL,
        "rrule": None,
        "wall_starts_at": first,
        "late_join_until": 2,
        "dates": [
            SeriesDate(wall_starts_at=first + timedelta(weeks=week), topic=f"Step {week + 1}")
            for week in range(weeks)
        ],
    }
    series = make_series(group, **values | overrides)
    for line in series.dates:
        make_session(series, line.wall_starts_at)
    return series


@transaction()
def make_session(
    series: Series, wall_starts_at: datetime | None = None, **overrides: Any
) -> GroupSession:
    """Make one session of a series, at the series' first start unless told otherwise."""
    wall = wall_starts_at or series.wall_starts_at
    starts_at = to_utc(wall, series.time_zone)
    length = overrides.get("length_minutes", series.length_minutes)
    values: dict[str, Any] = {
        "uid": f"{new_secret()}@calendar.invalid",
        "group_id": series.group_id,
        "series_id": series.id,
        "recurrence_id": wall,
        "wall_starts_at": wall,
        "length_minutes": length,
        "time_zone": series.time_zone,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=length),
        "revised_at": LONG_AGO,
    }
    group_session = GroupSession(**values | overrides)
    db.session.add(group_session)
    db.session.flush()
    return group_session


@transaction()
def make_rsvp(
    group_session: GroupSession, user: UserAccount, status: RsvpStatus, **overrides: Any
) -> Rsvp:
    """Make an answer, without asking whether there is room."""
    values: dict[str, Any] = {
        "group_session_id": group_session.id,
        "user_id": user.id,
        "status": status,
        "responded_at": LONG_AGO,
        "answered_for": group_session.wall_starts_at,
        "turn": next(_numbers) if status is RsvpStatus.WAITLISTED else None,
    }
    rsvp = Rsvp(**values | overrides)
    db.session.add(rsvp)
    db.session.flush()
    return rsvp


@transaction()
def make_cast(*, now: datetime) -> dict[str, Any]:
    """Make the five people, their group, its series and its next session."""
    people = {
        name.lower(): make_user(name, email=f"{name.lower()}@example.org")
        for name in ("Rosa", "Kofi", "Sam", "Stan")
    }
    people["ola"] = make_user("Ola", email="ola@example.org", is_site_admin=True)
    group = make_group(slug="evening-circle")
    make_membership(group, people["rosa"], Role.ORGANIZER)
    make_membership(group, people["kofi"], Role.FACILITATOR)
    make_membership(group, people["sam"])
    series = make_series(group)
    return {**people, "group": group, "series": series, "session": make_session(series)}


def find_membership(group: Group, user: UserAccount) -> Membership:
    """Return somebody's membership, which has to be there."""
    return db.session.get_one(Membership, (group.id, user.id))
