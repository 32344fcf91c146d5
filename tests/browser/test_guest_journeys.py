"""Coming without an account on an old phone: finding, coming, trying, leaving, and the online room.

The journeys J2, J3, J13 and J18 of the product, each with JavaScript, without it, and by keyboard.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from supportgroups.accounts.models import UserAccount
from supportgroups.clock import to_zone, utc_now
from supportgroups.db import db, transaction
from supportgroups.sessions.models import LinkPolicy
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser.site import (
    Site,
    Someone,
    account_of,
    find_group_of,
    find_session_of,
    group_of,
    weekly_sessions_of,
)
from tests.browser.window import OpenWindow, Way, Window

#: The narrowest phone that anybody still has.
PHONE = 320
#: Where the online room is: a page of the site itself, so that nobody leaves this machine.
ROOM = "/guides/your-first-session"


@pytest.fixture
def slug(demo_site: Site, rosa: Someone) -> str:
    """Her group."""
    with demo_site.app.app_context():
        return group_of(rosa, name="Harbour circle")


@pytest.fixture
def session_page(demo_site: Site, rosa: Someone, slug: str) -> str:
    """The page of its next session."""
    with demo_site.app.app_context():
        return weekly_sessions_of(slug, rosa)[0]


def own_link_of(window: Window) -> str:
    """Return the path of the link that the page shows."""
    address = window.main.get_by_label("Your own link", exact=True).input_value()
    return address.removeprefix(window.base_url)


def calendar_address_of(window: Window) -> str:
    """Make a private calendar address, as the page of an answer offers it."""
    window.follow("Follow all my sessions")
    window.follow("Make an address")
    window.write("Name", "phone")
    window.press("Make the address")
    return window.main.get_by_label("Or copy the address").input_value()


def fits(window: Window) -> None:
    """See that nothing of the page hangs over the edge of the screen."""
    box = window.main.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE


def required_of(window: Window) -> Locator:
    """Return the fields that have to be filled in."""
    return window.main.locator("[required]")


class TestComing:
    def test_from_the_home_page_to_being_expected(
        self, demo_site: Site, open_window: OpenWindow, way: Way
    ) -> None:
        sam = open_window(demo_site, way=way, width=PHONE)
        sam.visit("/")
        card = sam.main.locator(".card", has_text="Walk and talk by the canal")
        sam.go(card.get_by_role("link").first)
        sam.follow(re.compile("I’m coming|Join the waiting list"))
        sam.says("Your first visit")
        expect(required_of(sam)).to_have_count(1)
        sam.write("Name to use here", "Sam")
        fits(sam)
        sam.go(sam.main.get_by_role("button", name=re.compile("coming|waiting list")))
        sam.heads(re.compile("You’re expected|You are on the waiting list"))
        assert (sam.presses, sam.fields) == (3, 1)
        assert own_link_of(sam).startswith("/my/link/")
        sam.says("calendar")
        expect(sam.page.get_by_text("Need help now?")).to_be_visible()
        fits(sam)

    def test_coming_back_to_change_the_answer(
        self, demo_site: Site, open_window: OpenWindow, way: Way, session_page: str
    ) -> None:
        first = come(open_window(demo_site, way=way, width=PHONE), session_page)
        later = open_window(demo_site, way=way, width=PHONE)
        later.visit(own_link_of(first))
        expect(later.page.locator("body")).not_to_contain_text("Harbour")
        later.press("Open my page")
        later.heads("Hello Mina")
        later.visit(session_page)
        later.press("Can’t come")
        later.heads("You said that you can’t come")


class TestJustTrying:
    def test_somebody_might_come(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone, session_page: str
    ) -> None:
        with demo_site.app.app_context(), transaction():
            find_session_of(session_page).series.admission = WayIn.DROP_IN
        organizer = open_window(demo_site, rosa, way)
        for _person in range(3):
            guest = open_window(demo_site, way=way, width=PHONE)
            guest.visit(session_page)
            guest.says("No booking. Doors open 18:30.")
            guest.follow("I might come")
            expect(required_of(guest)).to_have_count(0)
            guest.press("I might come")
            guest.says("We counted one more, and kept nothing about you")
        organizer.visit(session_page)
        organizer.says("about 3 maybe")


class TestLeavingForGood:
    def test_two_taps_from_one_s_own_link(
        self, demo_site: Site, open_window: OpenWindow, way: Way, session_page: str
    ) -> None:
        mira = come(open_window(demo_site, way=way, width=PHONE), session_page, "Zqmira")
        link = own_link_of(mira)
        calendar = calendar_address_of(mira)
        assert mira.page.request.get(calendar).status == 200
        mira.visit("/my")
        before = mira.presses
        mira.follow("Erase everything about me")
        mira.press("Erase everything about me")
        mira.heads("Everything about you is erased")
        assert mira.presses - before == 2
        with demo_site.app.app_context():
            assert db.session.query(UserAccount).filter_by(display_name="Zqmira").count() == 0
        mira.faults.expected.add(410)
        mira.visit(link)
        mira.heads("This link no longer works")
        assert mira.page.request.get(calendar).status == 404
        mira.visit("/my")
        mira.heads("Sign in")


class TestTheOnlineRoom:
    @pytest.fixture
    def room(self, demo_site: Site, slug: str) -> str:
        """The page of a session that begins in ten minutes, for everybody who gave a name."""
        with demo_site.app.app_context(), transaction():
            group = find_group_of(slug)
            soon = to_zone(utc_now() + timedelta(minutes=10), group.time_zone)
            series = factories.make_series(
                group,
                rrule=None,
                wall_starts_at=soon.replace(tzinfo=None, second=0, microsecond=0),
                online_link=demo_site.base_url + ROOM,
                link_policy=LinkPolicy.NAME,
            )
            return f"/sessions/{factories.make_session(series).public_id}"

    def test_a_name_opens_it_and_an_attack_shuts_it(
        self,
        demo_site: Site,
        open_window: OpenWindow,
        way: Way,
        rosa: Someone,
        slug: str,
        room: str,
    ) -> None:
        stranger = open_window(demo_site, way=way, width=PHONE)
        stranger.visit(room)
        assert ROOM not in stranger.main.inner_html()
        stranger.visit(f"{room}/enter")
        stranger.heads("The room is for people who are expected")

        guest = come(open_window(demo_site, way=way, width=PHONE), room)
        guest.follow("Go to the online room")
        assert guest.path == ROOM

        organizer = open_window(demo_site, rosa, way)
        organizer.visit(f"/groups/{slug}/members")
        organizer.press("Let people in one by one")
        guest.visit(f"{room}/enter")
        guest.heads("The organizers let people in one by one")
        guest.press("Ask to be let in")

        organizer.visit(f"/groups/{slug}/members")
        organizer.press("Let in Mina")
        guest.visit(f"{room}/enter")
        guest.heads("The link has changed")

        paste_a_new_link(organizer, room)
        guest.follow("Try again")
        assert guest.path == ROOM

    def test_after_somebody_is_removed_the_old_link_leads_nobody(
        self,
        demo_site: Site,
        open_window: OpenWindow,
        way: Way,
        rosa: Someone,
        slug: str,
        room: str,
    ) -> None:
        sam = demo_site.newcomer("Sam")
        with demo_site.app.app_context():
            factories.make_membership(find_group_of(slug), account_of(sam))
        member = open_window(demo_site, sam, way, width=PHONE)
        member.visit(room)
        member.press("I’m coming")
        member.follow("Go to the online room")
        assert member.path == ROOM
        removed = come(open_window(demo_site, way=way, width=PHONE), room, "Quim")

        organizer = open_window(demo_site, rosa, way)
        organizer.visit(f"/groups/{slug}/members")
        organizer.unfold("Quim")
        organizer.follow("Remove Quim")
        organizer.press("Remove")
        removed.visit(f"{room}/enter")
        removed.heads("The room is for people who are expected")
        member.visit(f"{room}/enter")
        member.heads("The link has changed")

        organizer.visit(room)
        organizer.says("The online room needs a new link")
        paste_a_new_link(organizer, room)
        demo_site.hurry_letters()
        assert member.read_letter(sam.email) == "A new way in"
        member.says("A session of yours has a new link.")
        member.follow_letter()
        member.follow("Go to the online room")
        assert member.page.url == f"{demo_site.base_url}{ROOM}?new"
        removed.visit(f"{room}/enter")
        removed.heads("The room is for people who are expected")


def paste_a_new_link(organizer: Window, room: str) -> None:
    """Give the schedule of a session another room online."""
    organizer.visit(room)
    organizer.follow("Paste a new link")
    organizer.write("Link to meet online", f"{organizer.base_url}{ROOM}?new")
    organizer.press("Save")
    organizer.heads("Before you save")
    organizer.press("Do it and tell them")


def come(window: Window, session_page: str, name: str = "Mina") -> Window:
    """Come to a session under a name."""
    window.visit(session_page)
    window.follow("I’m coming")
    window.write("Name to use here", name)
    window.press("I’m coming")
    window.heads("You’re expected")
    return window
