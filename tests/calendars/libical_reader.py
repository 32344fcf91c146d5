"""Reads a calendar with libical, for a Python that has its bindings (Debian: gir1.2-ical-3.0).

It takes the calendar from its standard input and writes JSON: how many errors the check of
restrictions (RFC 5546) and the parser found, and each event as libical understands it.
"""

import json
import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402 (the version has to be said first)


def main() -> None:
    """Read one calendar."""
    calendar = ICalGLib.Component.new_from_string(sys.stdin.read())
    calendar.check_restrictions()
    events = []
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    event = calendar.get_first_component(kind)
    while event is not None:
        events.append(
            {
                "uid": event.get_uid(),
                "starts": event.get_dtstart().as_ical_string(),
                "ends": event.get_dtend().as_ical_string(),
                "title": event.get_summary(),
                "is_cancelled": event.get_status() == ICalGLib.PropertyStatus.CANCELLED,
            }
        )
        event = calendar.get_next_component(kind)
    json.dump({"errors": calendar.count_errors(), "events": events}, sys.stdout)


main()
