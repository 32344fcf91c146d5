"""The feed of weekly meetings that finders of other sites read."""

from datetime import date, timedelta

import pytest

from supportgroups.db import transaction
from supportgroups.exchange.meetings import weekly_rule
from supportgroups.groups.models import AccessFact, Admission, Visibility
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Topic
from supportgroups.sessions.models import SessionStatus
from supportgroups.sessions.recurrence import MonthlyWeekdayRule, WeeklyRule
from tests.conftest import NOW
from tests.watching import statements

TUESDAYS = WeeklyRule(weekdays=frozenset({1}))


@pytest.fixture
def meets(make_group, make_series, make_session):
    """Make a group that meets every Tuesday at seven."""

    def meets(rule=TUESDAYS, **overrides):
        details = {"description": "Bring a cup.", **overrides.pop("series", {})}
        group = make_group(**{"country": "GB", **overrides})
        make_session(make_series(group, rrule=rule.as_rrule() if rule else None, **details))
        return group

    return meets


@pytest.fixture
def feed(browser):
    return lambda: browser.get("/meetings.json").json


def test_an_entry_says_all_that_a_finder_needs(meets, feed):
    group = meets(topics=[Topic.LGBTQ, Topic.BEREAVEMENT])
    with transaction():
        group.access_facts = [
            AccessFact(feature=AccessFeature.STEP_FREE, answer=AccessAnswer.YES),
            AccessFact(feature=AccessFeature.ACCESSIBLE_TOILET, answer=AccessAnswer.ASK),
        ]
    (entry,) = feed()
    assert entry.pop("slug")
    assert len(entry["group_notes"].split("\n")) == 2
    assert entry == {
        "name": "Tuesday evening",
        "day": 2,
        "time": "19:00",
        "end_time": "20:30",
        "timezone": "Europe/London",
        "types": ["O", "LGBTQ", "X", "EN"],
        "group": "Evening circle",
        "group_notes": entry["group_notes"],
        "location": "The library",
        "formatted_address": "The library, High Street",
        "country": "GB",
        "notes": "Bring a cup.",
        "url": f"http://localhost/groups/{group.slug}",
        "feedback_url": f"http://localhost/groups/{group.slug}",
        "updated": "2026-01-05 12:00:00",
        "entity": "Gatherings",
        "entity_website_url": "http://localhost",
        "entity_url": "http://localhost",
    }


def test_several_weekdays_are_one_entry(meets, feed):
    meets(WeeklyRule(weekdays=frozenset({1, 3, 6})))
    assert feed()[0]["day"] == [0, 2, 4]


@pytest.mark.parametrize("admission", [Admission.REQUEST, Admission.INVITATION])
def test_where_a_group_meets_is_told_only_where_everybody_may_know(meets, feed, admission):
    meets(admission=admission)
    (entry,) = feed()
    assert not {"location", "formatted_address", "notes"} & set(entry)
    assert entry["types"][0] == "C"


def test_the_way_into_an_online_room_is_never_told(meets, feed):
    meets(series={"place": "", "online_link": "https://meet.example/secret-room"})
    (entry,) = feed()
    assert "secret-room" not in str(entry)
    assert "location" not in entry


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_a_group_that_is_not_listed_is_not_in_it(meets, feed, visibility):
    meets(visibility=visibility)
    assert feed() == []


@pytest.mark.parametrize(
    ("rule", "is_weekly"),
    [
        (TUESDAYS, True),
        (WeeklyRule(weekdays=frozenset({1}), until=date(2027, 1, 1)), True),
        (WeeklyRule(weekdays=frozenset({1}), interval=2), False),
        (MonthlyWeekdayRule(nth=1, weekday=1), False),
        (None, False),
    ],
)
def test_only_what_meets_every_week_is_in_it(rule, is_weekly, meets, feed):
    assert (weekly_rule(rule.as_rrule() if rule else None) is not None) is is_weekly
    meets(rule)
    assert len(feed()) == is_weekly


def test_a_schedule_that_has_ended_is_not_in_it(make_group, make_series, make_session, feed):
    series = make_series(make_group(), rrule=TUESDAYS.as_rrule())
    make_session(series, (NOW - timedelta(days=7)).replace(tzinfo=None))
    make_session(series, status=SessionStatus.CANCELLED)
    assert feed() == []


def test_an_unchanged_feed_is_not_sent_again(meets, browser):
    meets()
    first = browser.get("/meetings.json")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = browser.get("/meetings.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_many_schedules_take_no_more_questions_than_one(meets, browser):
    meets()
    with statements() as one:
        browser.get("/meetings.json")
    for _more in range(3):
        meets()
    with statements() as four:
        assert len(browser.get("/meetings.json").json) == 4
    assert len(four) == len(one)


@pytest.mark.parametrize("path", ["/", "/groups"])
def test_public_pages_lead_finders_to_it(browser, path):
    link = 'title="Meetings Feed" href="http://localhost/meetings.json"'
    assert link in browser.get(path).text


def test_it_cannot_be_written_to(browser):
    assert browser.post("/meetings.json").status_code == 405
