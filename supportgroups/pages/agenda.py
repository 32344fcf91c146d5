"""Sessions by the days of one clock: the one on which a page is read. Pure: no query."""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from supportgroups.clock import to_zone
from supportgroups.sessions.models import GroupSession


class Entry(NamedTuple):
    """A session on a page of dates."""

    group_session: GroupSession
    #: Zones whose clocks show another time for it. They stand beside it, each with its name.
    elsewhere: list[str]


class Day(NamedTuple):
    """A day on which something is planned."""

    on: date
    entries: list[Entry]


def by_day(
    group_sessions: Iterable[GroupSession], *, zone: str, also: Collection[str] = ()
) -> list[Day]:
    """Return the sessions by the day on which they begin in `zone`, in the order given.

    :param also: zones whose time is told beside it where it differs, after the session's own
    """

    def day_of(group_session: GroupSession) -> date:
        return to_zone(group_session.starts_at, zone).date()

    return [
        Day(on, [Entry(found, _elsewhere(found, zone, also)) for found in on_day])
        for on, on_day in groupby(group_sessions, key=day_of)
    ]


def _elsewhere(group_session: GroupSession, zone: str, also: Iterable[str]) -> list[str]:
    moment = group_session.starts_at
    told = {to_zone(moment, zone).utcoffset()}
    found = []
    for other in (group_session.time_zone, *also):
        # Berlin and Paris have two names and one time.
        offset = to_zone(moment, other).utcoffset()
        if offset not in told:
            told.add(offset)
            found.append(other)
    return found


def read_mark(text: str | None) -> UUID | None:
    """Return the public id of the last session of the page before, from any address."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
