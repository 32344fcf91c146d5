"""Meetings of other sites, and those of this one, read back into schedules."""

import json
import re

import pytest

from supportgroups.calendars.found import Trouble
from supportgroups.exchange.foreign_meetings import read_meetings
from supportgroups.groups.models import Role
from supportgroups.sessions.recurrence import WeeklyRule
from tests.browser_client import visible_text
from tests.factories import make_group, make_membership, make_series, make_session

USUAL = {"name": "Tea", "slug": "tea", "day": 2, "time": "19:00", "end_time": "20:30"}


def read(**values):
    (found,) = read_meetings(json.dumps([{**USUAL, **values}]), home="Europe/London")
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {"rrule": "FREQ=WEEKLY;BYDAY=TU;WKST=MO", "minutes": 90, "zone": "Europe/London"}),
        ({"day": [0, 6]}, {"rrule": "FREQ=WEEKLY;BYDAY=SA,SU;WKST=MO"}),
        ({"end_time": None}, {"minutes": 60}),
        ({"time": "23:00", "end_time": "00:30"}, {"minutes": 90}),
        ({"timezone": "America/New_York"}, {"zone": "America/New_York"}),
        ({"location": "Hall", "formatted_address": "1 High St"}, {"place": "Hall, 1 High St"}),
        (
            {"conference_url": "https://room.example.org/1"},
            {"online_link": "https://room.example.org/1"},
        ),
        ({"day": None}, {"trouble": Trouble.NO_DAY}),
        ({"time": ""}, {"trouble": Trouble.NO_TIME}),
        ({"attendance_option": "inactive"}, {"trouble": Trouble.CALLED_OFF}),
    ],
)
def test_a_meeting_is_read(values, expected):
    found = read(**values)
    assert {name: getattr(found, name) for name in expected} == expected


def test_what_this_site_writes_comes_back_as_the_same_schedules(importer, cast, schedules):
    other = make_group(name="Another circle", slug="another", time_zone="Europe/Paris")
    rule = WeeklyRule(weekdays=frozenset({0, 3})).as_rrule()
    series = make_series(other, title="Two evenings", rrule=rule, description="Bring a cup.")
    make_session(series, series.wall_starts_at.replace(day=3))
    feed = importer.browser.get("/meetings.json").data
    _url, page = importer.review(feed)
    # Of the group's own schedule the feed says nothing new; the other group's is not chosen.
    assert "Tuesday evening Already here." in visible_text(page)
    assert "checked" not in page.split("How do people come?")[0]

    importer.cast.group = make_group(name="Third circle", slug="third")
    make_membership(importer.cast.group, cast.rosa, Role.ORGANIZER)
    importer.url = "/groups/third/imports"
    url, page = importer.review(feed)
    keys = re.findall(r'id="row-(\w{16})"', page)
    importer.browser.post(url, {"rows": keys, "admission": "drop_in"})
    again = {one.title: one for one in schedules(importer.cast)}
    assert set(again) == {"Tuesday evening", "Two evenings"}
    for original in (cast.series, series):
        copy = again[original.title]
        for name in ("rrule", "length_minutes", "time_zone", "place", "description"):
            assert getattr(copy, name) == getattr(original, name), name
        assert copy.wall_starts_at.time() == original.wall_starts_at.time()
