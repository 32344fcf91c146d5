"""Meetings of other sites in the Meeting Guide format, read into weekly schedules. Pure.

Source: https://github.com/code4recovery/spec. What this site writes itself (meetings.py) comes
back as the same schedules.
"""

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from supportgroups.calendars.foreign_times import zone_called
from supportgroups.calendars.found import MAX_PLACE, FoundEvent, Trouble
from supportgroups.calendars.lines import MAX_UID, MOST_EVENTS, TooManyEvents
from supportgroups.calendars.plain_words import apart_from_room, cut, line
from supportgroups.exchange.tables import read_clock
from supportgroups.sessions.recurrence import WEEKDAYS, WeeklyRule

#: The format says that a meeting without an end takes an hour.
MINUTES = 60
WEEK = len(WEEKDAYS)
#: A Monday, from which a weekly rule may begin: where it goes on is decided when it is planned.
MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 (a wall time)


class NotMeetings(ValueError):
    """There is no list of meetings in the file."""


def read_meetings(content: str, *, home: str) -> list[FoundEvent]:
    """Return the meetings of a file in its order.

    :param home: the zone for meetings that name none
    :raises NotMeetings: there is no list of meetings in it
    :raises TooManyEvents: it holds more than 500 of them
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotMeetings from error
    if isinstance(found, dict):
        # Some sites wrap the list: {"meetings": [...]}.
        found = found.get("meetings")
    if not isinstance(found, list) or not any(isinstance(one, dict) for one in found):
        raise NotMeetings
    if len(found) > MOST_EVENTS:
        raise TooManyEvents
    return [
        _meeting(one if isinstance(one, dict) else {}, number, home)
        for number, one in enumerate(found)
    ]  # fmt: skip


def _meeting(entry: Mapping[str, Any], number: int, home: str) -> FoundEvent:
    def words(*names: str) -> str:
        found = (entry.get(name) for name in names)
        return next((one for one in found if isinstance(one, str) and one.strip()), "")

    street = words("formatted_address", "address")
    location = words("location")
    where = street if location in street else ", ".join(filter(None, [location, street]))
    notes = "\n\n".join(filter(None, [words("notes"), words("location_notes")]))
    place, description, link = apart_from_room(where, notes, words("conference_url"))
    name = line(words("name"))
    shared: dict[str, Any] = {
        "uid": cut(line(words("slug"), MAX_UID) or f"meeting {number} {name}", MAX_UID),
        "title": name,
        "description": description,
        "place": line(place, MAX_PLACE),
        "online_link": link,
        "zone": zone_called(words("timezone"), {}) if words("timezone") else home,
        "group": line(words("group")),
    }
    days, starts = _days(entry.get("day")), read_clock(words("time"))
    if words("attendance_option") == "inactive":
        return FoundEvent(**shared, trouble=Trouble.CALLED_OFF)
    if not days or starts is None:
        trouble = Trouble.NO_TIME if days else Trouble.NO_DAY
        return FoundEvent(**shared, trouble=trouble)
    rule = WeeklyRule(weekdays=frozenset(days))
    first = datetime.combine(MONDAY + timedelta(days=min(days)), starts)
    minutes = _minutes(starts, read_clock(words("end_time")))
    return FoundEvent(**shared, starts=first, minutes=minutes, rrule=rule.as_rrule())


def _days(day: Any) -> set[int]:
    """Return the weekdays, 0 for Monday; the format counts from Sunday, in numbers or words."""
    found = set()
    for one in day if isinstance(day, list) else [day]:
        number = str(one).strip()
        if isinstance(one, bool) or number not in {"0", "1", "2", "3", "4", "5", "6"}:
            return set()
        found.add((int(number) - 1) % WEEK)
    return found


def _minutes(starts: time, ends: time | None) -> int:
    if ends is None:
        return MINUTES
    length = datetime.combine(MONDAY, ends) - datetime.combine(MONDAY, starts)
    minutes = int(length.total_seconds() // 60)
    # A meeting may end after midnight.
    return minutes if minutes > 0 else minutes + 24 * 60
