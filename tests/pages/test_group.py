"""The page of one group, as each visitor sees it."""

import re
from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import AccessFact, Admission, JoinRequest, Role, Visibility
from supportgroups.groups.queries import get_membership
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Topic
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.factories import (
    LONG_AGO,
    make_membership,
    make_rsvp,
    make_series,
    make_session,
    make_user,
)
from tests.gate import EVERYONE, MEMBERS, Gate
from tests.house.pages import title_of
from tests.watching import statements

GROUP = "/groups/evening-circle"
WEEK = timedelta(weeks=1)


def set_group(cast, **values):
    with transaction():
        for name, value in values.items():
            setattr(cast.group, name, value)


@pytest.fixture
def read(browser, cast):
    """Read the words of the group's page as somebody of the cast, or as a guest."""

    def read(name=None, *, raw=False):
        browser.sign_out() if name is None else browser.sign_in(getattr(cast, name))
        page = browser.get(GROUP)
        assert page.status_code == 200
        return page.text if raw else visible_text(page.text)

    return read


class TestWhatItSays:
    def test_everything_that_decides_whether_to_come(self, read, cast):
        set_group(cast, cost="A coin", first_visit="Ring twice.\n\nSomebody waits for you.")
        with transaction():
            cast.group.access_facts = [
                AccessFact(feature=AccessFeature.STEP_FREE, answer=AccessAnswer.YES),
                AccessFact(feature=AccessFeature.CAPTIONS, answer=AccessAnswer.NO),
                AccessFact(feature=AccessFeature.HEARING_LOOP, answer=AccessAnswer.ASK),
            ]
        page = read()
        for words in (
            "Evening circle", "Anyone who has lost somebody", "In person", "Join freely",
            "Bereavement", "We meet to talk and to listen.", "Ring twice.", "Somebody waits",
            "What is said here stays here.", "Version 1", "Language English", "Cost A coin",
            "Times are London time", "Last confirmed 11 months ago (Monday 5 January 2026)",
            "Step-free way in Yes", "Captions No", "Hearing loop Ask us",
            "Not known yet Accessible toilet; Sign language; A quiet space", "Tuesday evening : Every Tuesday, 19:00–20:30, London time",
        ):  # fmt: skip
            assert words.replace(" :", ":") in page.replace(" :", ":")

    def test_no_words_about_money_mean_free(self, read):
        assert "Cost Free" in read()

    def test_those_who_lead_are_shown_and_nobody_else(self, read, cast):
        with transaction():
            make_membership(cast.group, make_user("Canary"), Role.ORGANIZER, removed_at=LONG_AGO)
            get_membership(cast.group, cast.sam).display_name = "Canary"
        for name in (None, "stan", "ola", "kofi", "rosa"):
            page = read(name)
            assert re.search(r"Led by Kofi, Rosa", page)
            assert "Canary" not in page

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (1, "Fewer than 5 people"), (4, "Fewer than 5 people"), (5, "5 to 12 people"),
            (12, "5 to 12 people"), (13, "13 to 25 people"), (25, "13 to 25 people"),
            (26, "26 to 50 people"), (50, "26 to 50 people"), (51, "More than 50 people"),
        ],
    )  # fmt: skip
    def test_its_size_is_never_exact(self, browser, make_group, number, words):
        with transaction():
            group = make_group(slug="big")
            for _ in range(number):
                make_membership(group, make_user())
            make_membership(group, make_user(), removed_at=LONG_AGO)
        assert f"Size {words}" in visible_text(browser.get("/groups/big").text)


class TestDates:
    def test_the_next_ones(self, read, cast):
        for weeks in (-3, 1, 2, 3, 4, 5, 6):
            make_session(cast.series, cast.series.wall_starts_at + weeks * WEEK)
        page = read()
        assert page.count("19:00–20:30 (London time)") == 6
        assert "Tuesday 1 December 2026 19:00–20:30 (London time)" in page
        assert "5 January 2027" in page
        assert "10 November 2026" not in page
        assert "12 January 2027" not in page

    def test_a_cancelled_one_is_said_to_be(self, read, cast):
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        page = read()
        assert "Cancelled" in page
        assert "places left" not in page

    def test_a_moved_one_is_said_to_be(self, read, cast):
        assert "Moved" not in read()
        with transaction():
            cast.session.wall_starts_at += timedelta(hours=1)
        assert "Moved" in read()

    @pytest.mark.parametrize(
        ("coming", "waiting", "words"),
        [
            (0, 0, "12 places left"), (11, 0, "One place left"), (12, 0, "Full"),
            (12, 1, "Full, one person is waiting"), (12, 3, "Full, 3 people are waiting"),
        ],
    )  # fmt: skip
    def test_how_much_room_there_is(self, read, cast, coming, waiting, words):
        with transaction():
            for _ in range(coming):
                make_rsvp(cast.session, make_user(), RsvpStatus.ACCEPTED)
            for _ in range(waiting):
                make_rsvp(cast.session, make_user(), RsvpStatus.WAITLISTED)
        assert words in read()

    def test_one_s_own_answer(self, read, cast):
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        assert "You’re expected" in read("sam", raw=True)
        assert "expected" not in read("kofi")
        assert "expected" not in read()

    def test_none_is_planned(self, read, cast):
        with transaction():
            db.session.delete(cast.series)
        assert "No date is planned" in read()


class TestJoining:
    @pytest.mark.parametrize(
        ("admission", "words", "button"),
        [
            (
                Admission.OPEN,
                "Read the agreement, choose a name, and you are in.",
                "Join the group",
            ),
            (Admission.REQUEST, "The organizers decide about each person", "Ask to join"),
            (Admission.INVITATION, "You can join with a link that the organizers give you.", None),
        ],
    )
    @pytest.mark.parametrize("name", [None, "stan", "ola"])
    def test_who_could_join_is_told_how(self, read, cast, admission, words, button, name):
        set_group(cast, admission=admission)
        page = read(name, raw=True)
        assert words in page
        found = re.findall(rf'href="{GROUP}/join">([^<]+)<', page)
        assert found == ([button] if button else [])

    @pytest.mark.parametrize("name", ["rosa", "kofi", "sam"])
    def test_a_member_is_told_who_they_are_and_how_to_leave(self, read, name):
        page = read(name, raw=True)
        assert f"You are here as {name.title()}" in visible_text(page)
        assert f'href="{GROUP}/leave"' in page
        assert f'href="{GROUP}/join"' not in page

    def test_who_was_removed_cannot_join(self, read, cast, now):
        make_membership(cast.group, cast.stan, removed_at=now)
        page = read("stan", raw=True)
        assert "You cannot join this group at the moment." in page
        assert f"{GROUP}/join" not in page

    @pytest.mark.parametrize("admission", list(Admission))
    def test_who_asked_waits_and_can_withdraw(self, read, cast, admission):
        set_group(cast, admission=admission)
        with transaction():
            db.session.add(
                JoinRequest(
                    group_id=cast.group.id, user_id=cast.stan.id, display_name="S.", message="",
                    agreement_version=1, asked_at=LONG_AGO,
                )
            )  # fmt: skip
        page = read("stan", raw=True)
        assert "You have asked to join" in page
        assert f'action="{GROUP}/join/withdraw"' in page
        assert "You have asked to join" not in read("ola")

    @pytest.mark.parametrize(("name", "sees"), [("rosa", True), ("kofi", False), ("sam", False)])
    def test_only_organizers_are_led_to_the_tools(self, read, name, sees):
        page = read(name, raw=True)
        for path in ("edit", "members", "series/new"):
            assert (f'href="{GROUP}/{path}"' in page) is sees

    @pytest.mark.parametrize(("version", "asks"), [(1, False), (2, True)])
    def test_a_new_agreement_is_to_be_read(self, read, cast, version, asks):
        set_group(cast, agreement_version=version)
        assert (f'href="{GROUP}/agreement"' in read("sam", raw=True)) is asks
        assert "agreement has changed" not in read("stan")


class TestDiscretion:
    @pytest.mark.parametrize(
        ("name", "title"),
        [("rosa", "Group"), ("kofi", "Group"), ("sam", "Group"), (None, "Evening circle")],
    )
    def test_the_tab_of_a_member_says_nothing(self, read, name, title):
        assert title_of(read(name, raw=True)) == title

    @pytest.mark.parametrize("visibility", list(Visibility))
    def test_a_member_s_page_leads_to_their_own_calendar(self, read, cast, visibility):
        set_group(cast, visibility=visibility)
        page = read("sam", raw=True)
        assert 'href="/my/calendars"' in page
        assert "calendar.ics" not in page

    def test_who_may_read_it(self, app):
        public = Gate(app).answers("GET /groups/{slug}", None, *EVERYONE)
        assert public == dict.fromkeys(EVERYONE, "200")

    def test_a_private_one_is_as_if_it_did_not_exist(self, app, browser):
        gate = Gate(app, visibility=Visibility.PRIVATE)
        missing = browser.get("/groups/not-here")
        for name in EVERYONE - MEMBERS - {"guest"}:
            browser.sign_in(gate.actors[name])
            for url in (f"/groups/{gate.group.slug}", f"/sessions/{gate.session.public_id}"):
                found, missing = browser.get(url), browser.get("/groups/not-here")
                assert (found.status_code, found.data) == (404, missing.data)
                assert sorted(found.headers) == sorted(missing.headers)
        assert gate.answers("GET /groups/{slug}", None, *MEMBERS) == dict.fromkeys(MEMBERS, "200")

    def test_a_guest_finds_no_private_one_either(self, app, browser):
        gate = Gate(app, visibility=Visibility.PRIVATE)
        for url in (f"/groups/{gate.group.slug}", f"/sessions/{gate.session.public_id}"):
            found, missing = browser.get(url), browser.get("/groups/not-here")
            assert (found.status_code, found.data) == (404, missing.data)
            assert sorted(found.headers) == sorted(missing.headers)

    def test_an_unlisted_one_is_open_to_who_has_its_address(self, app):
        gate = Gate(app, visibility=Visibility.UNLISTED)
        assert gate.answers("GET /groups/{slug}", None, *EVERYONE) == dict.fromkeys(EVERYONE, "200")


@pytest.mark.parametrize("name", [None, "stan", "sam", "rosa"])
def test_it_asks_the_database_as_often_for_much_as_for_little(browser, read, cast, name):
    def questions():
        # The first look at a page writes down nothing, the second neither.
        read(name)
        with statements() as seen:
            browser.get(GROUP)
        return len(seen)

    few = questions()
    with transaction():
        cast.group.topic_tags = [type(cast.group.topic_tags[0])(topic=topic) for topic in Topic]
        for feature in AccessFeature:
            fact = AccessFact(group_id=cast.group.id, feature=feature, answer=AccessAnswer.YES)
            db.session.add(fact)
        for number in range(30):
            person = make_user()
            make_membership(cast.group, person, Role.FACILITATOR)
            series = make_series(cast.group) if number % 10 == 0 else cast.series
            start = series.wall_starts_at + timedelta(hours=number + 1)
            found = make_session(series, start)
            make_rsvp(found, person, RsvpStatus.ACCEPTED)
            found.facilitators = [person]
            db.session.add(
                JoinRequest(
                    group_id=cast.group.id, user_id=make_user().id, display_name="S.",
                    message="", agreement_version=1, asked_at=LONG_AGO,
                )
            )  # fmt: skip
    assert questions() == few
