"""The first page, and a person's own."""

from datetime import timedelta

import pytest

from supportgroups.db import transaction
from supportgroups.groups.models import Role, Visibility
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.factories import make_group, make_membership, make_rsvp, make_series, make_session
from tests.house.pages import title_of
from tests.watching import statements

WEEK = timedelta(weeks=1)


@pytest.fixture
def read(browser, cast):
    def read(path, name=None):
        browser.sign_out() if name is None else browser.sign_in(getattr(cast, name))
        page = browser.get(path)
        assert page.status_code == 200
        return visible_text(page.text.replace("’", "'").replace("&#39;", "'"))

    return read


@transaction()
def another_group(name, *people, role=Role.MEMBER, sessions=1, **values):
    """Make a group with sessions on the days after the cast's."""
    group = make_group(name, **values)
    for person in people:
        make_membership(group, person, role)
    series = make_series(group, title=f"{name} meeting")
    for days in range(1, sessions + 1):
        make_session(series, series.wall_starts_at + timedelta(days=days))
    return group


class TestHome:
    def test_it_leads_to_groups_and_to_help(self, browser, cast):
        page = browser.get("/").text
        for link in (
            'action="/search"',
            'name="q"',
            'href="/groups"',
            'href="/help-now"',
            'href="/groups/new"',
        ):
            assert link in page

    def test_the_next_sessions_of_listed_groups(self, read, cast):
        another_group("Listed one")
        another_group("Unlisted one", visibility=Visibility.UNLISTED)
        another_group("Private one", visibility=Visibility.PRIVATE)
        page = read("/")
        assert "Evening circle" in page
        assert "Listed one" in page
        assert "Unlisted one" not in page
        assert "Private one" not in page
        assert page.index("Tuesday evening") < page.index("Listed one meeting")

    @pytest.mark.parametrize("status", [SessionStatus.SCHEDULED, SessionStatus.CANCELLED])
    def test_only_what_takes_place(self, read, cast, status):
        with transaction():
            cast.session.status = status
        make_session(cast.series, cast.series.wall_starts_at - 3 * WEEK)
        page = read("/")
        assert ("1 December" in page) is (status is SessionStatus.SCHEDULED)
        assert "10 November" not in page

    def test_at_most_six(self, read, cast):
        another_group("Busy", sessions=9)
        assert read("/").count("Busy meeting") == 5

    def test_no_session_yet(self, browser, app):
        page = browser.get("/").text
        assert "No sessions are planned yet" in page
        assert 'href="/groups"' in page

    def test_a_member_sees_their_own_first(self, read, cast):
        another_group("Private one", cast.sam, visibility=Visibility.PRIVATE)
        another_group("Listed one")
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        page = read("/", "sam")
        own, _, others = page.partition("Next sessions of all groups")
        assert "Your next sessions" in own
        assert "Tuesday evening" in own
        assert "Private one meeting" in own
        assert "You're expected" in own
        assert "Listed one meeting" in others
        assert "Private one" not in others
        # Nothing stands there twice.
        assert "Tuesday evening" not in others
        assert "Private one" not in read("/", "stan")

    @pytest.mark.parametrize("name", [None, "sam"])
    def test_it_asks_the_database_as_often_for_much_as_for_little(self, browser, read, cast, name):
        def questions():
            read("/", name)
            with statements() as seen:
                browser.get("/")
            return len(seen)

        another_group("Another", cast.sam)
        few = questions()
        with transaction():
            for number in range(30):
                another_group(f"Group {number}", cast.sam)
        assert questions() == few


class TestMy:
    def test_it_is_for_who_is_signed_in(self, browser, cast):
        response = browser.get("/my")
        assert (response.status_code, response.location) == (303, "/sign-in?next=/my")

    def test_what_is_one_s_own(self, read, cast):
        another_group("Private one", cast.sam, role=Role.ORGANIZER, visibility=Visibility.PRIVATE)
        another_group("Somebody else's", cast.kofi)
        make_rsvp(cast.session, cast.sam, RsvpStatus.TENTATIVE)
        page = read("/my", "sam")
        for words in ("Hello Sam", "Tuesday evening", "You said maybe", "Private one meeting",
                      "You are here as Sam", "Organizer"):  # fmt: skip
            assert words in page
        assert "Somebody else's" not in page

    @pytest.mark.parametrize(
        ("status", "is_chosen"),
        [(RsvpStatus.ACCEPTED, True), (RsvpStatus.TENTATIVE, True), (RsvpStatus.DECLINED, False)],
    )
    def test_a_session_that_one_cannot_come_to_is_not_among_one_s_own(
        self, read, cast, status, is_chosen
    ):
        make_rsvp(cast.session, cast.sam, status)
        chosen, _, others = read("/my", "sam").partition("Next dates of your groups")
        assert ("Tuesday evening" in chosen, "Tuesday evening" in others) == (
            is_chosen,
            not is_chosen,
        )

    def test_what_has_ended_is_not_there(self, read, cast, now):
        with transaction():
            make_membership(cast.group, cast.stan, removed_at=now)
        page = read("/my", "stan")
        assert "Evening circle" not in page
        assert "Tuesday evening" not in page

    def test_a_cancelled_session_is_still_there_and_says_so(self, read, cast):
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        page = read("/my", "sam")
        assert "Tuesday evening" in page
        assert "Cancelled" in page

    def test_nothing_yet(self, read):
        page = read("/my", "stan")
        assert "No sessions yet" in page
        assert "You belong to no group yet." in page

    def test_its_tab_says_nothing(self, browser, cast):
        browser.sign_in(cast.sam)
        assert title_of(browser.get("/my").text) == "My page"

    def test_it_asks_the_database_as_often_for_much_as_for_little(self, browser, read, cast):
        def questions():
            read("/my", "sam")
            with statements() as seen:
                browser.get("/my")
            return len(seen)

        few = questions()
        with transaction():
            for number in range(30):
                another_group(f"Group {number}", cast.sam, sessions=2)
        assert questions() == few
