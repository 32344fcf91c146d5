"""The page on which organizers plan a schedule in a group they have."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.sessions.models import GroupSession, Series, SeriesKind
from supportgroups.sessions.ways_in import WayIn
from tests.browser_client import visible_text
from tests.form_reader import complaints, filled_in
from tests.house.pages import title_of
from tests.watching import nothing_changes

PLAN = "/groups/evening-circle/series/new"
SCRIPT = "<script>alert(1)</script>\"'>"
TYPED = {
    "weekdays": ["2"],
    "starts": "18:30",
    "title": "Wednesday",
    "place": "The town hall",
    "online_link": "https://meet.example/room",
    "capacity": "8",
    "description": "Ring twice.",
}
NEVER_ON = "Enter a day within the next two years"
CLOCKS = "On 28 March 2027 the clocks change at this hour. Choose another time"
PASSED = "This start has already passed. Choose a later one"
NUMBER = "Enter a number from 1 to 100"


@pytest.fixture
def rosa_s(browser, cast):
    browser.sign_in(cast.rosa)
    return browser


@pytest.fixture
def plan(rosa_s):
    """Fill in the form that plans a schedule, and send it."""

    def plan(url=PLAN, **changes):
        form = filled_in(rosa_s.get(url).text, with_field="title")
        return rosa_s.post(url, {**form, **TYPED, **changes})

    return plan


@pytest.fixture
def check(plan):
    """Ask for the dates; return what the page says about them."""

    def check(**changes):
        with nothing_changes():
            page = plan(**changes, go="check").text
        assert complaints(page) == {}
        return visible_text(page).partition("Your dates")[2].partition("All times are")[0].strip()

    return check


def newest_series():
    return db.session.execute(select(Series).order_by(Series.id.desc()).limit(1)).scalar_one()


def days_of(series):
    query = (
        select(GroupSession.wall_starts_at)
        .where(GroupSession.series_id == series.id)
        .order_by(GroupSession.wall_starts_at)
    )
    return [f"{start:%m-%d}" for start in db.session.execute(query).scalars()]


class TestPlan:
    def test_the_form_begins_with_what_fits_most(self, rosa_s):
        form = filled_in(rosa_s.get(PLAN).text, with_field="title")
        wanted = {"repeats": "weekly", "minutes": "90", "capacity": "12", "ends": "never"}
        assert {name: form[name] for name in wanted} == wanted
        assert (form["weekdays"], form["facilitators"]) == ([], [])
        assert "London time" in rosa_s.get(PLAN).text

    def test_it_works(self, plan, rosa_s, cast):
        response = plan(facilitators=[str(cast.kofi.id)])
        assert (response.status_code, response.location) == (303, "/groups/evening-circle")
        series = newest_series()
        assert (series.title, series.description) == ("Wednesday", "Ring twice.")
        assert series.rrule == "FREQ=WEEKLY;BYDAY=WE;WKST=MO"
        # Nobody chose another day, so it begins on the soonest that fits.
        assert series.wall_starts_at == datetime(2026, 11, 25, 18, 30)  # noqa: DTZ001
        assert (series.length_minutes, series.capacity) == (90, 8)
        assert (series.place, series.online_link) == ("The town hall", "https://meet.example/room")
        assert (series.admission, series.facilitators) == (WayIn.RESERVE, [cast.kofi])
        assert len(days_of(series)) == 26
        page = visible_text(rosa_s.get(response.location).text)
        assert "Your sessions are planned." in page
        assert "Every Wednesday, 18:30–20:00, London time" in page

    @pytest.mark.parametrize(
        ("changes", "rrule", "days"),
        [
            (
                {"weekdays": ["0", "3"], "ends": "after", "count": "3"},
                "FREQ=WEEKLY;COUNT=3;BYDAY=MO,TH;WKST=MO",
                ["11-23", "11-26", "11-30"],
            ),
            (
                {"repeats": "weeks", "interval": "3", "ends": "on", "until": "2027-01-06"},
                "FREQ=WEEKLY;INTERVAL=3;UNTIL=20270106T235959;BYDAY=WE;WKST=MO",
                ["11-25", "12-16", "01-06"],
            ),
            (
                {"repeats": "weeks", "first": "2026-12-02", "ends": "after", "count": "2"},
                "FREQ=WEEKLY;INTERVAL=2;COUNT=2;BYDAY=WE;WKST=MO",
                ["12-02", "12-16"],
            ),
            (
                {"first": "other", "day": "2027-02-03", "ends": "after", "count": "1"},
                "FREQ=WEEKLY;COUNT=1;BYDAY=WE;WKST=MO",
                ["02-03"],
            ),
            (
                {"repeats": "monthly-weekday", "nth": "-1", "weekday": "4", "ends": "after",
                 "count": "3"},
                "FREQ=MONTHLY;COUNT=3;BYDAY=-1FR;WKST=MO",
                ["11-27", "12-25", "01-29"],
            ),
            (
                {"repeats": "monthly-day", "month_day": "30", "ends": "after", "count": "4"},
                "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=28,29,30;BYSETPOS=-1;WKST=MO",
                ["11-30", "12-30", "01-30", "02-28"],
            ),
            (
                {"repeats": "monthly-day", "month_day": "31", "short_months": "skip",
                 "months": "2", "ends": "after", "count": "2"},
                "FREQ=MONTHLY;INTERVAL=2;COUNT=2;BYMONTHDAY=31;WKST=MO",
                ["12-31", "08-31"],
            ),
            ({"repeats": "once", "day": "2026-12-02"}, None, ["12-02"]),
            (
                {"repeats": "dates", "dates-0": "2027-12-08", "dates-3": "2026-12-02"},
                None,
                ["12-02", "12-08"],
            ),
        ],
    )  # fmt: skip
    def test_every_shape(self, plan, changes, rrule, days):
        response = plan(**changes)
        assert complaints(response.text) == {}
        assert response.status_code == 303
        series = newest_series()
        assert series.rrule == rrule
        assert days_of(series) == [day for day in days if day != "08-31"]

    def test_days_are_left_out(self, plan):
        skipped = {"skip_days-0": "2026-12-09", "skip_reasons-0": "The hall is closed"}
        plan(weekdays=["2", "4"], skips_holidays="y", ends="after", count="10", **skipped)
        series = newest_series()
        assert [(skip.day, skip.reason) for skip in series.skips] == [
            (date(2026, 12, 9), "The hall is closed")
        ]
        assert series.skips_holidays
        assert days_of(series) == [
            "11-25", "11-27", "12-02", "12-04", "12-11", "12-16", "12-18", "12-23",
        ]  # fmt: skip

    def test_a_course_is_a_list_of_dates_around_them(self, plan):
        plan(
            weekdays=["4"], skips_holidays="y", ends="after", count="6", is_course="y",
            topics="Sleep\nFood", late_join_until="2",
        )  # fmt: skip
        series = newest_series()
        assert (series.kind, series.rrule, series.late_join_until) == (SeriesKind.COURSE, None, 2)
        # Six sessions, around Christmas and New Year's Day.
        assert days_of(series) == ["11-27", "12-04", "12-11", "12-18", "01-08", "01-15"]
        assert [line.topic for line in series.dates][:3] == ["Sleep", "Food", ""]

    def test_the_title_may_be_left_to_us(self, plan):
        plan(title="")
        assert newest_series().title == "Wednesday evening"
        plan(title="", weekdays=["1", "2"], starts="10:00")
        assert newest_series().title == "Morning session"

    def test_people_may_just_turn_up(self, plan):
        plan(way_in="drop_in", capacity="many")
        assert newest_series().admission is WayIn.DROP_IN

    def test_no_limit_no_place_no_link(self, plan):
        plan(capacity="", place="", online_link="", description="")
        series = newest_series()
        assert (series.capacity, series.place, series.online_link) == (None, "", "")

    def test_it_keeps_the_clock_of_the_group(self, plan, cast, rosa_s):
        with transaction():
            cast.group.time_zone = "Asia/Tokyo"
        assert "Tokyo time" in rosa_s.get(PLAN).text
        plan()
        assert newest_series().time_zone == "Asia/Tokyo"


class TestPreview:
    def test_it_shows_the_sentence_and_the_next_dates(self, check):
        words = check(ends="on", until="2026-12-15")
        assert words.startswith("Every Wednesday, 18:30–20:00, London time, until 15 December.")
        assert "Wednesday 25 November 2026, 18:30–20:00" in words
        assert words.endswith("3 sessions in all.")

    def test_it_marks_what_is_left_out_and_what_is_a_holiday(self, check):
        words = check(weekdays=["4"], first="2026-12-25")
        assert "Friday 25 December 2026, 18:30–20:00 Public holiday: Christmas Day" in words
        words = check(weekdays=["4"], first="2026-12-25", skips_holidays="y")
        assert "Friday 25 December 2026, 18:30–20:00 Left out: Christmas Day" in words

    def test_it_shows_that_the_clocks_change_and_the_time_does_not(self, check):
        words = check()
        assert words.endswith(
            "Wednesday 31 March 2027, 18:30–20:00 The clocks have changed: still 18:30"
        )
        words = check(weekdays=["6"], starts="01:30", first="2027-03-21")
        assert "The clocks change at this hour: choose another time" in words

    def test_it_marks_what_else_is_then(self, check, cast):
        words = check(weekdays=["1"], starts="20:15")
        clash = "Tuesday 1 December 2026, 20:15–21:45 At the same time as “Tuesday evening”"
        assert clash in words
        assert "At the same time" not in check(weekdays=["1"], starts="20:30")

    def test_it_only_asks_for_what_it_needs(self, plan):
        with nothing_changes():
            page = plan(title="x" * 99, weekdays=[], go="check").text
        assert complaints(page) == {"weekdays": "Choose at least one weekday"}

    def test_the_fragment_never_complains(self, plan):
        with nothing_changes():
            fragment = plan(weekdays=[], go="fragment").text
        assert complaints(fragment) == {}
        assert "<html" not in fragment
        assert 'data-part="first"' in fragment
        assert 'data-part="dates"' in fragment

    def test_the_fragment_offers_first_days_and_says_the_sentence(self, plan):
        fragment = plan(go="fragment").text
        assert '<option selected value="2026-11-25">' in fragment
        assert 'data-say="Every Wednesday, 18:30–20:00, London time"' in fragment

    def test_more_rows_can_be_had(self, plan):
        with nothing_changes():
            page = plan(**{"dates-0": "2026-12-02"}, go="more").text
        form = filled_in(page, with_field="title")
        assert (form["dates-0"], form["dates-11"], form["skip_days-5"]) == ("2026-12-02", "", "")
        assert "dates-12" not in form


class TestStartingFrom:
    def test_a_usual_shape(self, rosa_s):
        form = filled_in(rosa_s.get(f"{PLAN}?start=walk").text, with_field="title")
        assert (form["weekdays"], form["starts"], form["way_in"]) == (["5"], "10:30", "drop_in")

    @pytest.mark.parametrize(
        ("changes", "kept"),
        [
            ({}, {"repeats": "weekly", "weekdays": ["2"]}),
            ({"repeats": "weeks"}, {"repeats": "weeks", "interval": "2"}),
            (
                {"repeats": "monthly-weekday", "nth": "2", "weekday": "3", "months": "3"},
                {"repeats": "monthly-weekday", "nth": "2", "weekday": "3", "months": "3"},
            ),
            (
                {"repeats": "monthly-day", "month_day": "31", "short_months": "skip"},
                {"repeats": "monthly-day", "month_day": "31", "short_months": "skip"},
            ),
            ({"repeats": "once", "day": "2026-12-02"}, {"repeats": "once"}),
            ({"may_lead_alone": "y"}, {"may_lead_alone": ["y"]}),
            ({"repeats": "dates", "dates-0": "2026-12-02"}, {"repeats": "dates"}),
            (
                {"ends": "after", "count": "4", "is_course": "y", "topics": "A\nB"},
                {"repeats": "weekly", "is_course": ["y"], "count": "4", "topics": "A\nB"},
            ),
        ],
    )
    def test_another_schedule(self, rosa_s, plan, cast, changes, kept):
        plan(**changes)
        series = newest_series()
        assert "Copy “Wednesday”" in rosa_s.get(PLAN).text
        form = filled_in(rosa_s.get(f"{PLAN}?copy={series.public_id}").text, with_field="title")
        same = {"title": "Wednesday", "starts": "18:30", "minutes": "90", "capacity": "8"}
        assert {name: form[name] for name in same} == same
        assert {name: form[name] for name in kept} == kept

    def test_not_from_another_group_s(self, rosa_s, cast, plan):
        form = filled_in(rosa_s.get(f"{PLAN}?copy=nonsense").text, with_field="title")
        assert form["title"] == ""


BAD = [
    ({"repeats": ""}, {"repeats": "Choose how often"}),
    ({"repeats": "daily"}, {"repeats": "Choose one of the answers"}),
    ({"weekdays": []}, {"weekdays": "Choose at least one weekday"}),
    ({"repeats": "weeks", "interval": "13"}, {"interval": "Choose one of the answers"}),
    ({"starts": ""}, {"starts": "Enter a starting time"}),
    ({"first": "2026-11-26"}, {"first": "The days have changed. Choose the first session again"}),
    ({"first": "x"}, {"first": "The days have changed. Choose the first session again"}),
    ({"first": "other"}, {"day": "Enter a day"}),
    (
        {"first": "other", "day": "2026-12-03"},
        {"day": "You do not meet on this day. Choose one that fits"},
    ),
    ({"repeats": "once"}, {"day": "Enter a day"}),
    ({"repeats": "once", "day": "9999-12-31"}, {"day": NEVER_ON}),
    ({"repeats": "once", "day": "2026-11-23", "starts": "08:59"}, {"starts": PASSED}),
    ({"repeats": "dates"}, {"dates": "Enter at least one date"}),
    ({"repeats": "dates", "dates-0": "9999-12-31"}, {"dates": "Enter days within the next two years"}),
    ({"ends": "on"}, {"until": "Enter the last day"}),
    (
        {"ends": "on", "until": "2026-11-24"},
        {"until": "The last day must not come before the first session"},
    ),
    ({"ends": "on", "until": "2126-12-01"}, {"until": NEVER_ON}),
    ({"ends": "after", "count": ""}, {"count": NUMBER}),
    ({"ends": "after", "count": "101"}, {"count": NUMBER}),
    (
        {"is_course": "y"},
        {"ends": "A course ends. Choose a last day or a number of sessions"},
    ),
    ({"is_course": "y", "ends": "after", "count": "3", "late_join_until": "0"},
     {"late_join_until": NUMBER}),
    ({"topics": "x" * 121}, {"topics": "Use 120 characters or fewer for each topic"}),
    ({"capacity": "0"}, {"capacity": "Enter a number from 1 to 500"}),
    ({"title": "x" * 81}, {"title": "Use 80 characters or fewer"}),
    ({"weekdays": ["6"], "starts": "01:30"}, {"starts": CLOCKS}),
    (
        {"repeats": "weekly", "weekdays": ["4"], "first": "2026-12-25", "skips_holidays": "y",
         "ends": "after", "count": "2"},
        {"repeats": "All dates are left out, so there would be no session"},
    ),
]  # fmt: skip


class TestBadInput:
    @pytest.mark.parametrize(("changes", "wrong"), BAD)
    def test_it_is_explained_beside_the_field(self, plan, changes, wrong):
        with nothing_changes():
            page = plan(**changes).text
        assert complaints(page) == wrong
        assert title_of(page).startswith("Error: ")

    @pytest.mark.parametrize(
        "changes",
        [{"until": "nonsense"}, {"count": "a dozen"}, {"day": "12/01/2026"}, {"capacity": "1.5"}],
    )
    def test_what_does_not_count_is_not_read(self, plan, changes):
        extra = {"way_in": "drop_in"} if "capacity" in changes else {}
        assert plan(**changes, **extra).status_code == 303

    def test_nothing_that_was_typed_is_lost(self, plan, cast):
        typed = TYPED | {
            "title": SCRIPT, "description": f"{SCRIPT}\n\n  & more", "starts": "",
            "topics": SCRIPT, "skip_reasons-1": SCRIPT, "until": "2027-01-06",
            "facilitators": [str(cast.kofi.id), str(cast.rosa.id)],
        }  # fmt: skip
        page = plan(**typed).text
        form = filled_in(page, with_field="title")
        assert {name: form[name] for name in typed} == typed
        assert "<script>alert" not in page

    def test_only_those_who_lead_can_be_chosen(self, plan, cast):
        for person in (cast.sam.id, cast.stan.id, 0, "x"):
            with nothing_changes():
                page = plan(facilitators=[str(cast.kofi.id), str(person)]).text
            assert set(complaints(page)) == {"facilitators"}

    def test_days_that_have_passed_cannot_be_first(self, plan, rosa_s, cast, now):
        with time_machine.travel(now + timedelta(days=9), tick=False):
            rosa_s.sign_in(cast.rosa)
            with nothing_changes():
                page = plan(first="2026-11-25").text
        assert set(complaints(page)) == {"first"}


def test_a_group_in_another_zone_explains_its_own_clock(plan, cast):
    with transaction():
        cast.group.time_zone = "America/New_York"
    with nothing_changes():
        page = plan(repeats="once", day="2027-03-14", starts="02:30").text
    assert complaints(page)["starts"].startswith("On 14 March 2027")
    # In New York it is still four in the morning.
    assert plan(repeats="once", day="2026-11-23", starts="04:01").status_code == 303
