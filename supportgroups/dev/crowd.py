"""Large generated data, for measuring: many groups, their sessions and their members.

Rows are written in bulk, past the services, and are the same each time for the same numbers. This is
no story: names are put together from a few words.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice, product
from typing import Any

from sqlalchemy import insert

from supportgroups.accounts.models import UserAccount
from supportgroups.clock import to_utc
from supportgroups.db import Model, db, transaction
from supportgroups.dev.demo import DatabaseNotEmpty, has_people
from supportgroups.groups.models import Admission, Group, GroupTopic, Membership, Role, Visibility
from supportgroups.groups.topics import Format, Topic
from supportgroups.search.services import rebuild
from supportgroups.sessions.models import GroupSession, Series

PLACES = (
    *("Lantern", "Harbour", "Mill", "Orchard", "Station", "Bridge", "Canal", "Chapel", "Garden"),
    *("Market", "Meadow", "River", "Tower", "Willow", "Quarry", "Élan", "Heron", "Castle"),
)
CIRCLES = ("evening circle", "walking group", "morning table", "quiet room", "open house")
WORDS = (
    *("listening", "breathing", "grief", "anxiety", "sleep", "tea", "carers", "recovery", "hope"),
    *("work", "panic", "family", "pain", "courage", "change", "friends", "letters", "music"),
)
#: Every tenth group is hidden from strangers, so that looking for what may be seen costs something.
HIDDEN = 10
SESSIONS_OF_EACH = 2
#: So many rows are written by one statement.
BATCH = 2000
ZONE = "Europe/London"


@transaction()
def fill_with_crowd(*, groups: int, members: int, now: datetime) -> None:
    """Fill an empty database with `groups` groups of two sessions each, and `members` members.

    :raises DatabaseNotEmpty: it holds people already
    """
    if has_people():
        raise DatabaseNotEmpty
    began = now.replace(microsecond=0)
    _write(UserAccount, _people(members + 1, began))
    _write(Group, _groups(groups, began))
    _write(GroupTopic, _topics(groups))
    _write(Membership, _memberships(groups, members, began))
    _write(Series, _series(groups, began))
    _write(GroupSession, _sessions(groups, began))
    rebuild()


def _write(model: type[Model], rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, BATCH)):
        db.session.execute(insert(model), batch)


def _people(number: int, began: datetime) -> Iterator[dict[str, Any]]:
    for person in range(1, number + 1):
        yield {
            "id": person,
            "display_name": f"Person {person}",
            "time_zone": ZONE,
            "created_at": began,
            "calendar_revised_at": began,
        }


def _groups(number: int, began: datetime) -> Iterator[dict[str, Any]]:
    names = cycle(product(PLACES, CIRCLES))
    words = cycle(product(WORDS, WORDS))
    for group in range(1, number + 1):
        place, circle = next(names)
        first, second = next(words)
        yield {
            "id": group,
            "slug": f"group-{group}",
            "name": f"{place} {group} {circle}",
            "purpose": f"We meet to talk about {first} and {second}, and to listen.",
            "audience": f"Anyone who thinks about {second}",
            "first_visit": "Somebody meets you at the door.",
            "format": Format.IN_PERSON,
            "language": "en",
            "time_zone": ZONE,
            "cost": "",
            "visibility": Visibility.PRIVATE if group % HIDDEN == 0 else Visibility.LISTED,
            "admission": Admission.OPEN,
            "agreement": "What is said here stays here.",
            "created_at": began,
            "confirmed_at": began,
            "calendar_revised_at": began,
        }


def _topics(groups: int) -> Iterator[dict[str, Any]]:
    for group, topic in zip(range(1, groups + 1), cycle(Topic), strict=False):
        yield {"group_id": group, "topic": topic}


def _memberships(groups: int, members: int, began: datetime) -> Iterator[dict[str, Any]]:
    """The first person organizes every group; the others are members of one each, in turn."""
    organizing = ((group, 1, Role.ORGANIZER) for group in range(1, groups + 1))
    coming = ((number % groups + 1, number + 2, Role.MEMBER) for number in range(members))
    for group, person, role in (*organizing, *coming):
        yield {
            "group_id": group,
            "user_id": person,
            "role": role,
            "display_name": f"Person {person}",
            "joined_at": began,
            "agreement_version": 1,
            "agreed_at": began,
        }


def _start(group: int, began: datetime) -> datetime:
    """Return the wall time of a group's next session: the next four weeks, hour by hour."""
    first = began.replace(tzinfo=None, hour=10, minute=0, second=0)
    return first + timedelta(days=1 + group % 28, hours=group % 10)


def _series(groups: int, began: datetime) -> Iterator[dict[str, Any]]:
    for group, word in zip(range(1, groups + 1), cycle(WORDS), strict=False):
        yield {
            "id": group,
            "group_id": group,
            "title": f"An hour for {word}",
            "description": "Bring a cup.",
            "rrule": "FREQ=WEEKLY",
            "wall_starts_at": _start(group, began),
            "length_minutes": 90,
            "time_zone": ZONE,
            "capacity": 12,
            "place": "The library",
            "online_link": "",
            "created_at": began,
            "made_until": _start(group, began),
        }


def _sessions(groups: int, began: datetime) -> Iterator[dict[str, Any]]:
    for group, week in product(range(1, groups + 1), range(SESSIONS_OF_EACH)):
        wall = _start(group, began) + timedelta(weeks=week)
        starts_at = to_utc(wall, ZONE)
        yield {
            "uid": f"crowd-{group}-{week}@calendar.invalid",
            "group_id": group,
            "series_id": group,
            "recurrence_id": wall,
            "wall_starts_at": wall,
            "length_minutes": 90,
            "time_zone": ZONE,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=90),
            "revised_at": began,
        }
