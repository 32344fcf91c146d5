"""The four pages on which somebody starts a group."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Group, GroupDraft, Role, Visibility
from supportgroups.groups.services.drafts import forget_old_drafts
from supportgroups.groups.topics import Format, Topic
from supportgroups.sessions.models import Series, SeriesKind
from supportgroups.sessions.ways_in import WayIn
from tests.browser_client import visible_text
from tests.form_reader import complaints, filled_in
from tests.house.pages import title_of
from tests.watching import nothing_changes

SCRIPT = "<script>alert(1)</script>\"'>"
WHAT = {"name": "Morning circle", "purpose": "We meet to talk.", "audience": "Carers"}
WHEN = {"weekdays": ["1"], "starts": "19:00"}
WHERE = {
    "format": "hybrid",
    "place": "The library, High Street",
    "online_link": "https://meet.example/room",
}
PAGES = {"what": "/groups/new", **{name: f"/groups/new/{name}" for name in ("when", "where")}}
REVIEW = "/groups/new/review"
FIELDS = {"what": "name", "when": "starts", "where": "way_in"}


@pytest.fixture
def rosa_s(browser, cast):
    browser.sign_in(cast.rosa)
    return browser


@pytest.fixture
def fill_in(rosa_s):
    """Fill in one of the first three pages as it stands, and send it."""

    def fill_in(page, **typed):
        form = filled_in(rosa_s.get(PAGES[page]).text, with_field=FIELDS[page])
        return rosa_s.post(PAGES[page], {**form, **typed})

    return fill_in


@pytest.fixture
def ready(fill_in):
    """Fill in the first three pages, with a few answers of one's own."""

    def ready(**typed):
        for page, fields in (("what", WHAT), ("when", WHEN), ("where", WHERE)):
            assert fill_in(page, **{**fields, **typed.get(page, {})}).status_code == 303

    return ready


@pytest.fixture
def publish(rosa_s):
    """Publish what has been filled in."""

    def publish(**typed):
        return rosa_s.post(REVIEW, {"visibility": "listed", "admission": "open", **typed})

    return publish


def newest_series():
    return db.session.execute(select(Series).order_by(Series.id.desc()).limit(1)).scalar_one()


class TestTheWay:
    def test_four_pages_lead_to_a_group(self, rosa_s, fill_in, publish, cast):
        response = fill_in("what", **WHAT, starting_point="weekly", topics=["stress"])
        assert (response.status_code, response.location) == (303, "/groups/new/when")
        response = fill_in("when", **WHEN, skips_holidays="y")
        assert response.location == "/groups/new/where"
        response = fill_in("where", **WHERE)
        assert response.location == REVIEW
        page = visible_text(rosa_s.get(REVIEW).text)
        for words in ("Morning circle", "Carers", "Tuesday evening", "The library, High Street"):
            assert words in page
        assert "Every Tuesday, 19:00–20:30, London time, not on public holidays." in page
        response = publish()
        assert (response.status_code, response.location) == (303, "/groups/morning-circle")
        assert "Your group is published." in rosa_s.get(response.location).text

        group = queries.find_group("morning-circle")
        assert (group.purpose, group.format) == (WHAT["purpose"], Format.HYBRID)
        assert group.topics == [Topic.STRESS]
        assert group.agreement.startswith("What is said here stays here.")
        assert queries.get_membership(group, cast.rosa).role is Role.ORGANIZER
        series = newest_series()
        assert (series.title, series.rrule) == ("Tuesday evening", "FREQ=WEEKLY;BYDAY=TU;WKST=MO")
        assert (series.length_minutes, series.admission) == (90, WayIn.DROP_IN)
        assert series.skips_holidays
        assert queries.find_draft(cast.rosa) is None

    def test_nobody_sees_it_before(self, rosa_s, ready):
        with transaction():
            before = db.session.execute(select(Group)).scalars().all()
        ready()
        rosa_s.get(REVIEW)
        assert db.session.execute(select(Group)).scalars().all() == before

    def test_every_way_of_hiding_and_joining(self, ready, publish):
        ready()
        slug = publish(visibility="private", admission="invitation").location.split("/")[2]
        group = queries.find_group(slug)
        assert (group.visibility, group.admission) == (Visibility.PRIVATE, Admission.INVITATION)

    def test_nobody_can_join_what_nobody_can_see(self, ready, publish):
        ready()
        with nothing_changes():
            page = publish(visibility="private", admission="open").text
        assert set(complaints(page)) == {"admission"}

    def test_what_is_missing_is_asked_for(self, rosa_s, fill_in):
        assert rosa_s.get(REVIEW).location == "/groups/new?again=yes"
        assert complaints(rosa_s.get("/groups/new?again=yes").text).keys() == WHAT.keys()
        fill_in("what", **WHAT)
        response = rosa_s.get(REVIEW)
        assert response.location == "/groups/new/when?again=yes"
        assert set(complaints(rosa_s.get(response.location).text)) == {"weekdays", "starts"}
        fill_in("when", **WHEN)
        response = rosa_s.get(REVIEW)
        assert response.location == "/groups/new/where?again=yes"
        assert rosa_s.get(response.location).status_code == 200

    def test_its_tab_says_nothing(self, rosa_s, ready):
        ready()
        for url in (*PAGES.values(), REVIEW):
            assert title_of(rosa_s.get(url).text) == "Start a group"

    def test_hostile_words_are_only_ever_text(self, rosa_s, ready):
        ready(what=dict.fromkeys(WHAT, SCRIPT))
        for url in (*PAGES.values(), REVIEW):
            assert "<script>alert" not in rosa_s.get(url).text


class TestNothingIsLost:
    def test_a_wrong_page_keeps_what_was_typed(self, rosa_s, fill_in):
        page = fill_in("what", **WHAT | {"name": "", "purpose": SCRIPT}).text
        assert set(complaints(page)) == {"name"}
        kept = filled_in(rosa_s.get("/groups/new").text, with_field="name")
        assert (kept["purpose"], kept["audience"]) == (SCRIPT, WHAT["audience"])

    @pytest.mark.parametrize(("page", "before"), [("when", "what"), ("where", "when")])
    def test_going_back_keeps_it_too(self, rosa_s, fill_in, page, before):
        typed = {"when": {"starts": "nonsense"}, "where": {"place": "Half a"}}[page]
        response = fill_in(page, **typed, go="back")
        assert response.location == PAGES[before]
        kept = filled_in(rosa_s.get(PAGES[page]).text, with_field=FIELDS[page])
        assert {name: kept[name] for name in typed} == typed

    @pytest.mark.parametrize("page", PAGES)
    def test_so_does_changing_something_at_the_end(self, rosa_s, ready, publish, page):
        ready()
        hidden = {"visibility": "private", "admission": "invitation"}
        assert publish(**hidden, go=page).location == PAGES[page]
        kept = filled_in(rosa_s.get(REVIEW).text, with_field="visibility")
        assert {name: kept[name] for name in hidden} == hidden

    def test_it_waits_for_thirty_days(self, ready, cast, now):
        ready()
        forget_old_drafts(now=now + timedelta(days=30))
        assert queries.find_draft(cast.rosa) is not None
        forget_old_drafts(now=now + timedelta(days=31))
        assert queries.find_draft(cast.rosa) is None

    def test_days_that_passed_meanwhile_are_chosen_again(self, rosa_s, ready, publish, cast, now):
        ready(when={"first": "2026-11-24"})
        with time_machine.travel(now + timedelta(days=20), tick=False):
            rosa_s.sign_in(cast.rosa)
            response = publish()
            assert response.location == "/groups/new/when?again=yes"
            assert set(complaints(rosa_s.get(response.location).text)) == {"first"}

    def test_each_has_a_draft_of_their_own(self, ready, browser, cast):
        ready()
        browser.sign_in(cast.sam)
        assert WHAT["name"] not in browser.get("/groups/new").text

    def test_what_nobody_asked_for_is_not_kept(self, rosa_s, fill_in, cast):
        fill_in("what", **WHAT | {"purpose": "x" * 9000}, other="y")
        kept = db.session.get(GroupDraft, cast.rosa.id).answers["what"]
        assert not {"other", "csrf_token", "go"} & set(kept)
        assert len(kept["purpose"][0]) == 5000


class TestStartingPoints:
    @pytest.mark.parametrize(
        ("name", "when", "where"),
        [
            ("weekly", {"repeats": "weekly", "starts": "19:00"}, {"way_in": "drop_in"}),
            ("monthly", {"repeats": "monthly-weekday", "nth": "1", "weekday": "1"}, {}),
            ("course", {"is_course": ["y"], "ends": "after", "count": "8"}, {}),
            ("online", {"repeats": "weekly"}, {"format": "online"}),
            ("walk", {"weekdays": ["5"], "minutes": "60"}, {"way_in": "drop_in"}),
            ("own", {"repeats": "weekly", "weekdays": [], "starts": ""}, {"capacity": "12"}),
            ("nonsense", {"repeats": "weekly"}, {"capacity": "12"}),
        ],
    )
    def test_they_fill_in_the_next_pages(self, rosa_s, fill_in, name, when, where):
        fill_in("what", **WHAT, starting_point=name)
        for page, wanted in (("when", when), ("where", where)):
            form = filled_in(rosa_s.get(PAGES[page]).text, with_field=FIELDS[page])
            assert {field: form[field] for field in wanted} == wanted

    def test_they_never_write_over_what_was_typed(self, rosa_s, fill_in):
        fill_in("when", **WHEN)
        fill_in("what", **WHAT, starting_point="walk")
        form = filled_in(rosa_s.get(PAGES["when"]).text, with_field="starts")
        assert (form["weekdays"], form["starts"]) == (["1"], "19:00")

    def test_a_course_has_its_topics(self, fill_in, publish):
        fill_in("what", **WHAT, starting_point="course")
        fill_in("when", weekdays=["3"], topics="Hello\nSleep\n\nFood", skips_holidays="y")
        fill_in("where", **WHERE)
        publish()
        series = newest_series()
        assert (series.kind, series.rrule, series.late_join_until) == (SeriesKind.COURSE, None, 2)
        topics = [line.topic for line in series.dates]
        assert topics == ["Hello", "Sleep", "", "Food", "", "", "", ""]
        days = [line.wall_starts_at.date().isoformat() for line in series.dates]
        assert (days[0], days[-1]) == ("2026-11-26", "2027-01-14")


class TestClocks:
    def test_the_zone_decides_what_day_it_is(self, rosa_s, fill_in):
        fill_in("when", **WHEN, time_zone="Pacific/Apia")
        form = filled_in(rosa_s.get(PAGES["when"]).text, with_field="starts")
        assert form["first"] == "2026-11-24"

    def test_a_start_that_the_clocks_skip_is_explained(self, ready, publish):
        night = {"repeats": "once", "day": "2027-03-28", "starts": "01:30"}
        ready(when=night)
        with nothing_changes():
            page = visible_text(publish().text)
        assert "On 28 March 2027 the clocks change at this hour. Choose another time" in page


@pytest.mark.parametrize("url", [*PAGES.values(), REVIEW])
def test_only_who_is_signed_in_starts_a_group(browser, url):
    with nothing_changes():
        assert browser.get(url).location.startswith("/sign-in")
        assert browser.post(url, WHAT).location.startswith("/sign-in")
