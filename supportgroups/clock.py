"""The present moment, and time zones from one pinned source.

`zoneinfo` reads the pinned `tzdata` package alone, never the machine's own files, so that two
machines of different age tell the same time (a start in January computed from old zone data
is an hour wrong).
"""

import zoneinfo
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath([])
ZoneInfo.clear_cache()


def zone_data_version() -> str:
    """Return the version of the installed zone data, such as 2026.6."""
    return version("tzdata")


def utc_now() -> datetime:
    """Return the present moment, aware and in UTC. Services take it as an argument instead."""
    return datetime.now(UTC)


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all time zones that a person may choose, such as Europe/London."""
    return frozenset(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    ) | {"UTC"}


def is_zone(name: str) -> bool:
    """Tell whether `name` is a time zone of the IANA database."""
    return name in zone_names()


def to_zone(moment: datetime, zone: str) -> datetime:
    """Return the moment as the clocks of `zone` show it."""
    return moment.astimezone(ZoneInfo(zone))


class SkippedLocalTime(ValueError):
    """The clocks go forward over this time on that day, so it never happens."""


class RepeatedLocalTime(ValueError):
    """The clocks go back over this time on that day, so it happens twice."""


def to_utc(wall: datetime, zone: str) -> datetime:
    """Return the UTC moment at which the clocks of `zone` show the naive time `wall`.

    :raises SkippedLocalTime: no clock of the zone ever shows it
    :raises RepeatedLocalTime: the clocks show it twice
    """
    info = ZoneInfo(zone)
    first = wall.replace(tzinfo=info, fold=0)
    second = wall.replace(tzinfo=info, fold=1)
    if first.utcoffset() != second.utcoffset():
        # In a gap the earlier reading has the smaller offset; in an overlap the larger one.
        if first.utcoffset() < second.utcoffset():  # type: ignore[operator]
            raise SkippedLocalTime(wall)
        raise RepeatedLocalTime(wall)
    return first.astimezone(UTC)
