"""How pages and letters write dates, times and zones: the only place that decides it."""

from datetime import date, datetime, timedelta
from typing import Protocol

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_day_names,
    get_timezone_location,
)
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from supportgroups.clock import to_zone

#: The locale data put a comma after the weekday, where people in Britain write none.
DAY_PATTERNS = {"en_GB": "EEEE d MMMM y"}


class Timed(Protocol):
    """Anything that begins and ends in a time zone, such as a session."""

    @property
    def starts_at(self) -> datetime:
        """The aware start."""

    @property
    def ends_at(self) -> datetime:
        """The aware end."""

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone."""


def calendar_day(day: date) -> str:
    """Return a date in words: 1 December 2026."""
    return str(format_date(day, "long", locale=get_locale()))


def near_day(day: date, today: date) -> str:
    """Return a date in words, without its year if that is this one: 1 December."""
    if day.year != today.year:
        return calendar_day(day)
    return str(format_skeleton("MMMMd", day, locale=get_locale()))


def full_day(day: date) -> str:
    """Return weekday and date: Tuesday 1 December 2026."""
    locale = get_locale()
    pattern = DAY_PATTERNS.get(str(locale), "full")
    return str(format_date(day, pattern, locale=locale))


def month_name(day: date, beside: int | None = None) -> str:
    """Return the month of a date in words, without its year if that is `beside`: December 2026."""
    if day.year == beside:
        return str(format_date(day, "LLLL", locale=get_locale()))
    return str(format_skeleton("yMMMM", day, locale=get_locale()))


def weekday_name(weekday: int) -> str:
    """Return the name of a weekday, 0 for Monday."""
    return str(get_day_names("wide", locale=get_locale())[weekday])


def day(moment: datetime, zone: str) -> str:
    """Return weekday and date in the zone: Tuesday 1 December 2026."""
    return full_day(to_zone(moment, zone).date())


def clock(moment: datetime, zone: str) -> str:
    """Return the time of day in the zone: 19:00."""
    return wall_clock(to_zone(moment, zone))


def wall_clock(wall: datetime) -> str:
    """Return the time of day that a clock shows: 19:00."""
    return str(format_time(wall.time(), "short", locale=get_locale()))


def clock_elsewhere(moment: datetime, zone: str, here: str) -> str:
    """Return the time in another zone by its name, with the weekday where it is not that of `here`.

    14:00 New York time, or: Wednesday 06:00 Sydney time.
    """
    there = to_zone(moment, zone)
    if there.date() == to_zone(moment, here).date():
        return str(_("%(time)s %(zone)s", time=clock(moment, zone), zone=zone_name(zone)))
    return str(
        _(
            "%(weekday)s %(time)s %(zone)s",
            weekday=weekday_name(there.weekday()),
            time=clock(moment, zone),
            zone=zone_name(zone),
        )
    )


def stamp(moment: datetime, zone: str) -> str:
    """Return a short date with its time: 1 Dec 2026, 19:00."""
    short = format_date(to_zone(moment, zone), "medium", locale=get_locale())
    return f"{short}, {clock(moment, zone)}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, in whole days at least: 3 weeks ago."""
    passed = now - moment
    if passed < timedelta(days=1):
        return str(_("today"))
    return str(
        format_timedelta(-passed, "day", threshold=1, add_direction=True, locale=get_locale())
    )


def zone_name(zone: str) -> str:
    """Return a zone in words: London time."""
    if zone == "UTC":
        return "UTC"
    # Of a zone without a name of its own it returns the region too: Argentina/Buenos Aires.
    place = get_timezone_location(zone, locale=get_locale(), return_city=True)
    city = place.rpartition("/")[2]
    return str(_("%(city)s time", city=city))


def time_range(timed: Timed) -> str:
    """Return from when to when, in its own zone: 19:00–20:30."""
    return f"{clock(timed.starts_at, timed.time_zone)}–{clock(timed.ends_at, timed.time_zone)}"


def when(timed: Timed) -> str:
    """Return day, time and zone: Tuesday 1 December 2026, 19:00–20:30 (London time)."""
    return str(
        _(
            "%(day)s, %(times)s (%(zone)s)",
            day=day(timed.starts_at, timed.time_zone),
            times=time_range(timed),
            zone=zone_name(timed.time_zone),
        )
    )


def init_app(app: Flask) -> None:
    """Give the templates these functions as filters."""
    dates = (calendar_day, full_day, month_name, weekday_name)
    clocks = (clock, wall_clock, clock_elsewhere)
    for function in (*dates, *clocks, day, stamp, ago, zone_name, time_range, when):
        app.add_template_filter(function)
