"""Deriving the moments of sessions anew when governments change their clocks (docs/adr/0004-time.md)."""

from datetime import datetime, timedelta

from supportgroups.clock import zone_data_version
from supportgroups.db import db, transaction
from supportgroups.groups.models import Group
from supportgroups.sessions import queries
from supportgroups.sessions.models import ChangeKind, ZoneData
from supportgroups.sessions.recurrence import end_by_rule, to_utc_by_rule
from supportgroups.sessions.services.changes import Act

#: There is one row: what is true for all sessions.
THE_ROW = 1


def follow_zone_data(*, now: datetime, version: str | None = None) -> int:
    """Derive the moments of coming sessions anew if the zone data is another one than before.

    The wall keeps its time; sessions whose moment moves are revised, and their people told. Any
    number of workers may do this, and one that dies half-way leaves the rest to the next. Return
    how many sessions moved.

    :param version: of the zone data; that of the installed package without it
    """
    version = version or zone_data_version()
    known = db.session.get(ZoneData, THE_ROW)
    if known is not None and known.version == version:
        return 0
    moved = queries.list_sessions_in_other_moments(_moments, now=now)
    for group_id, session_ids in moved.items():
        _derive_anew(group_id, session_ids, now=now)
    _write_down(version, now=now)
    return sum(map(len, moved.values()))


def _moments(wall: datetime, length_minutes: int, zone: str) -> tuple[datetime, datetime]:
    length = timedelta(minutes=length_minutes)
    return to_utc_by_rule(wall, zone), end_by_rule(wall, length, zone)


@transaction()
def _derive_anew(group_id: int, session_ids: list[int], *, now: datetime) -> None:
    group = db.session.get_one(Group, group_id)
    act = Act(ChangeKind.CLOCKS, group, actor=None, now=now)
    for one in queries.lock_sessions(session_ids, now=now):
        act.touch(one)
        one.starts_at, one.ends_at = _moments(one.wall_starts_at, one.length_minutes, one.time_zone)
    act.finish()


@transaction()
def _write_down(version: str, *, now: datetime) -> None:
    known = db.session.get(ZoneData, THE_ROW)
    if known is None:
        db.session.add(ZoneData(id=THE_ROW, version=version, derived_at=now))
    else:
        known.version, known.derived_at = version, now
