"""Times as other programs write them (RFC 5545 §3.3.4, §3.3.5, §3.3.6), on the wall of a zone. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from supportgroups.clock import is_zone, to_zone
from supportgroups.text import clean_line

#: Nobody plans outside of these years; and every step of a computation stays inside the calendar.
FIRST_YEAR, LAST_YEAR = 1970, 2100
MAX_ZONE_NAME = 80
_TIME = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
_LENGTH = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,3})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?"
)
_UNSAFE = re.compile(r"[^\w+\-/ .,():&]")


@dataclass(frozen=True)
class ForeignTime:
    """A time of a file: its wall, and whether it is a day without a time of day."""

    wall: datetime
    #: A zone that we know, the file's own words for another one, or empty for any wall.
    zone: str
    is_day: bool = False

    def on_wall_of(self, zone: str) -> datetime:
        """Return what the clocks of `zone` show then; unknown zones are taken as that one."""
        if zone == self.zone or self.is_day or not (is_zone(self.zone) and is_zone(zone)):
            return self.wall
        moment = self.wall.replace(tzinfo=ZoneInfo(self.zone))
        return to_zone(moment.astimezone(UTC), zone).replace(tzinfo=None)


def read_times(value: str, zone: str) -> list[ForeignTime]:
    """Return the times in a value, in its order; a period counts by its start.

    :param zone: of the line they stand in, for those that are not in UTC
    :raises ValueError: one of them is no time, or outside of the years that anybody plans
    """
    return [_read_time(one.partition("/")[0].strip(), zone) for one in value.split(",")]


def _read_time(value: str, zone: str) -> ForeignTime:
    found = _TIME.fullmatch(value)
    if found is None:
        raise ValueError("no time")
    clock = found[2] or "000000"
    if clock.endswith("60"):
        # A leap second (RFC 5545 §3.3.12) starts nothing.
        clock = clock[:4] + "59"
    wall = datetime.strptime(found[1] + clock, "%Y%m%d%H%M%S").replace(second=0)  # noqa: DTZ007
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise OverflowError("far away")
    return ForeignTime(wall, "UTC" if found[3] else zone, is_day=found[2] is None)


def read_length(value: str) -> int:
    """Return the minutes of a DURATION.

    :raises ValueError: it is none
    """
    found = _LENGTH.fullmatch(value.strip().upper())
    if found is None or not any(found.groupdict().values()):
        raise ValueError("no duration")
    parts = {name: int(number) for name, number in found.groupdict().items() if number}
    return int(timedelta(**parts).total_seconds() // 60)


def zone_called(name: str, aliases: Mapping[str, str]) -> str:
    """Return the zone that a file means; the file's own words, made harmless, if we know none.

    :param aliases: names in this file → what its VTIMEZONE says they are elsewhere
    """
    tidy = (clean_line(name) or "").strip('"')[:200]
    for candidate in (tidy, aliases.get(tidy, ""), WINDOWS_TO_OLSON.get(tidy, "")):
        # "/example.org/20260101/Europe/London" is how some programs write "Europe/London".
        parts = candidate.strip("/").split("/")
        for size in (3, 2, 1):
            known = "/".join(parts[-size:])
            if is_zone(known):
                return known
    return _UNSAFE.sub("", tidy)[:MAX_ZONE_NAME] or "?"
