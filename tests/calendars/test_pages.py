"""The pages on which people see their calendar addresses, and make them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from supportgroups.calendars.clients import ClientFamily
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.queries import list_links
from supportgroups.calendars.services.links import MOST_LINKS, note_fetched, revoke_feed_link
from supportgroups.db import transaction
from supportgroups.groups.models import Visibility
from supportgroups.rsvps.models import RsvpStatus
from tests.browser_client import Browser, visible_text
from tests.calendars.conftest import Subscriber
from tests.conftest import NOW, Cast
from tests.factories import make_rsvp
from tests.ical_lint import by_uid

MakeLink = Callable[..., tuple[FeedLink, str]]
NEW = "/my/calendars/new"
WELL = {
    "name": "phone",
    "scope": "*",
    "discretion": "neutral",
    "reach": "year",
    "neutral_word": "Dentist",
}


def field_of(html: str, name: str) -> str:
    """Return the value of the read-only field with this id."""
    found = re.search(rf'id="{name}"[^>]*?value="([^"]*)"', html)
    assert found is not None
    return unescape(found[1])


def link_of(html: str, label: str) -> str:
    """Return where the link with these words leads."""
    found = re.search(rf'href="([^"]*)"[^>]*>{label}</a>', html)
    assert found is not None
    return unescape(found[1])


class TestLinksPage:
    URL = "/my/calendars"

    def test_it_lists_ones_own_addresses(
        self, cast: Cast, browser: Browser, make_link: MakeLink, now: datetime
    ) -> None:
        make_link(cast.sam, name="phone", discretion=Discretion.BUSY)
        link, _ = make_link(
            cast.sam, name="kitchen", group=cast.group, discretion=Discretion.NEUTRAL
        )
        make_link(cast.rosa, name="of Rosa")
        note_fetched(link.id, client=ClientFamily.APPLE, now=now)
        browser.sign_in(cast.sam)
        text = visible_text(browser.get(self.URL).text)
        for words in (
            "phone",
            "Busy: only that the time is taken",
            "All my groups",
            "No app has come yet",
            "kitchen",
            "Evening circle",
            "Appointment",
            "23 Nov 2026, 09:00",
            "Anyone who has one of these addresses can read it",
        ):
            assert words in text
        assert "of Rosa" not in text

    def test_it_never_shows_a_secret(
        self, cast: Cast, browser: Browser, make_link: MakeLink
    ) -> None:
        link, url = make_link(cast.sam)
        browser.sign_in(cast.sam)
        page = browser.get(self.URL).text
        assert url.removesuffix(".ics").rpartition("/")[2] not in page
        assert link.secret_hash not in page

    def test_it_leaves_out_what_was_switched_off(
        self, cast: Cast, browser: Browser, make_link: MakeLink, now: datetime
    ) -> None:
        link, _ = make_link(cast.sam, name="old phone")
        revoke_feed_link(link, actor=cast.sam, now=now)
        browser.sign_in(cast.sam)
        page = browser.get(self.URL)
        assert "old phone" not in page.text
        assert "No calendar yet" in page.text

    def test_its_title_tells_nothing(
        self, cast: Cast, browser: Browser, make_link: MakeLink
    ) -> None:
        make_link(cast.sam, group=cast.group)
        browser.sign_in(cast.sam)
        assert "<title>Calendars</title>" in browser.get(self.URL).text

    def test_it_is_kept_by_no_browser(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        assert browser.get(self.URL).headers["Cache-Control"] == "no-store"

    def test_a_guest_signs_in_first(self, cast: Cast, browser: Browser) -> None:
        response = browser.get(self.URL)
        assert response.status_code == 303
        assert response.location.startswith("/sign-in")

    def test_it_is_only_looked_at(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        assert browser.post(self.URL).status_code == 405

    def test_its_queries_do_not_grow(
        self, cast: Cast, browser: Browser, make_link: MakeLink, statements: Callable[..., Any]
    ) -> None:
        browser.sign_in(cast.sam)
        counts = []
        for _ in range(3):
            make_link(cast.sam, group=cast.group)
            with statements() as asked:
                browser.get(self.URL)
            counts.append(len(asked))
        assert counts == [3, 3, 3]


class TestCreateLinkPage:
    def test_it_makes_an_address_that_works(
        self, cast: Cast, browser: Browser, subscriber: Subscriber
    ) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        browser.sign_in(cast.sam)
        response = browser.post(NEW, WELL)
        assert response.status_code == 303
        address = field_of(browser.get(response.location).text, "calendar-address")
        assert address.startswith("http://localhost/calendar/")
        event = by_uid(subscriber.fetch(urlsplit(address).path))[cast.session.uid]
        assert str(event["SUMMARY"]) == "Dentist"

    def test_it_can_follow_one_group(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        browser.post(NEW, WELL | {"scope": "evening-circle"})
        (link,) = list_links(cast.sam)
        assert link.group == cast.group

    def test_it_begins_discreet(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        page = browser.get(NEW).text
        assert re.search(r'value="neutral"\s+checked', page)
        assert 'value="Appointment"' in page
        assert "Anyone with this address can read it" in visible_text(page)

    def test_it_shows_what_an_entry_looks_like(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        assert visible_text(browser.get(NEW).text).count("Looks like:") == 3

    def test_an_empty_word_is_the_usual_one(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        browser.post(NEW, WELL | {"neutral_word": "  "})
        (link,) = list_links(cast.sam)
        assert link.neutral_word == "Appointment"

    def test_a_group_page_can_ask_for_its_own(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        page = browser.get(f"{NEW}?group=evening-circle").text
        assert re.search(r'<option selected value="evening-circle">', page)

    def test_only_ones_own_groups_are_offered(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.stan)
        page = browser.get(f"{NEW}?group=evening-circle").text
        (scope,) = re.findall(r'<select[^>]* id="scope".*?</select>', page, re.DOTALL)
        assert re.findall(r"<option[^>]*>([^<]*)", scope) == ["All my groups"]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"name": ""}, "Enter a name to recognise it by"),
            ({"name": " \x00 "}, "Enter a name to recognise it by"),
            ({"name": "x" * 61}, "Use 60 characters or fewer"),
            ({"neutral_word": "x" * 41}, "Use 40 characters or fewer"),
            ({"discretion": "loud"}, "Choose what an entry may show"),
            ({"discretion": ""}, "Choose what an entry may show"),
            ({"scope": ""}, "Choose all your groups, or one of them"),
            ({"scope": "nowhere"}, "Choose all your groups, or one of them"),
        ],
    )
    def test_it_explains_what_is_wrong(
        self, cast: Cast, browser: Browser, wrong: dict[str, str], words: str
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(NEW, WELL | wrong)
        assert response.status_code == 200
        assert 'class="error-summary"' in response.text
        assert "<title>Error: New calendar address</title>" in response.text
        # Once in the summary and once beside the field.
        assert visible_text(response.text).count(words) == 2
        assert list_links(cast.sam) == []

    def test_a_strangers_group_is_refused(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.stan)
        response = browser.post(NEW, WELL | {"scope": "evening-circle"})
        assert "Choose all your groups" in response.text
        assert list_links(cast.stan) == []

    def test_what_was_typed_stays(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        page = browser.post(NEW, WELL | {"discretion": "loud", "name": "kitchen"}).text
        assert 'value="kitchen"' in page
        assert 'value="Dentist"' in page

    def test_twenty_are_enough(self, cast: Cast, browser: Browser, make_link: MakeLink) -> None:
        for _ in range(MOST_LINKS):
            make_link(cast.sam)
        browser.sign_in(cast.sam)
        response = browser.post(NEW, WELL)
        assert "You have 20 addresses." in response.text
        assert len(list_links(cast.sam)) == MOST_LINKS

    def test_a_guest_signs_in_first(self, cast: Cast, browser: Browser) -> None:
        assert browser.get(NEW).location == "/sign-in?next=/my/calendars/new"
        assert browser.post(NEW, WELL).status_code == 303

    def test_it_needs_the_token_of_its_form(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        assert browser.send("POST", NEW, data=WELL).status_code == 400
        assert list_links(cast.sam) == []

    def test_wrong_method(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        assert browser.send("PUT", NEW).status_code in {400, 405}


class TestAddressPage:
    @pytest.fixture
    def url(self, cast: Cast, browser: Browser) -> str:
        browser.sign_in(cast.sam)
        return str(browser.post(NEW, WELL).location)

    def test_it_offers_every_way_into_an_app(self, browser: Browser, url: str) -> None:
        page = browser.get(url).text
        address = field_of(page, "calendar-address")
        webcal = address.replace("http://", "webcal://")
        assert link_of(page, "Open in my calendar app") == webcal

        google = urlsplit(link_of(page, "Google Calendar"))
        assert google.hostname == "calendar.google.com"
        assert parse_qs(google.query) == {"cid": [webcal]}
        outlook = urlsplit(link_of(page, "Outlook"))
        assert outlook.hostname == "outlook.live.com"
        assert parse_qs(outlook.query) == {"url": [address], "name": ["Dentist"]}
        assert page.count('rel="noopener noreferrer"') == 2

    def test_its_qr_code_keeps_to_the_policy(self, browser: Browser, url: str) -> None:
        page = browser.get(url).text
        picture = page.partition('<svg class="qr"')[2].partition("</svg>")[0]
        assert 'aria-label="QR code of the address"' in picture
        assert "style" not in picture
        assert "<script" not in picture

    def test_it_says_plainly_who_can_read_it(self, browser: Browser, url: str) -> None:
        text = visible_text(browser.get(url).text)
        assert "Anyone with this address can read it, without a password." in text

    def test_it_is_kept_by_no_browser(self, browser: Browser, url: str) -> None:
        assert browser.get(url).headers["Cache-Control"] == "no-store"

    def test_a_reload_within_ten_minutes_shows_it_again(self, browser: Browser, url: str) -> None:
        address = field_of(browser.get(url).text, "calendar-address")
        with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
            assert field_of(browser.get(url).text, "calendar-address") == address

    def test_after_that_it_is_not_kept(self, browser: Browser, url: str) -> None:
        address = field_of(browser.get(url).text, "calendar-address")
        with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
            response = browser.get(url)
            assert "This address can no longer be shown" in response.text
            assert address not in response.text
        with browser.client.session_transaction() as cookie:
            assert "new_calendar_address" not in cookie

    def test_another_browser_of_the_same_person_does_not_see_it(
        self, cast: Cast, url: str, browser: Browser
    ) -> None:
        other = Browser(browser.app)
        other.sign_in(cast.sam)
        assert "can no longer be shown" in other.get(url).text

    def test_an_older_address_is_not_shown_as_the_new_one(
        self, cast: Cast, browser: Browser, url: str
    ) -> None:
        second = browser.post(NEW, WELL | {"name": "tablet"}).location
        assert "can no longer be shown" in browser.get(url).text
        assert field_of(browser.get(second).text, "calendar-address")

    def test_signing_out_takes_it_along(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.post("/sign-out")
        browser.sign_in(cast.sam)
        assert "can no longer be shown" in browser.get(url).text

    def test_it_is_not_found_for_others(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.rosa)
        assert browser.get(url).status_code == 404

    def test_a_guest_signs_in_first(self, browser: Browser, url: str) -> None:
        browser.sign_out()
        assert browser.get(url).location.startswith("/sign-in")

    def test_wrong_method(self, browser: Browser, url: str) -> None:
        assert browser.post(url).status_code == 405


class TestFollowPage:
    GROUP = "/groups/evening-circle/calendar"

    @pytest.mark.parametrize(
        ("url", "feed", "name"),
        [
            (GROUP, "http://localhost/groups/evening-circle/calendar.ics", "Evening circle"),
            ("/calendar", "http://localhost/calendar.ics", "Gatherings"),
        ],
    )
    def test_it_offers_every_way_into_an_app(
        self, cast: Cast, browser: Browser, subscriber: Subscriber, url: str, feed: str, name: str
    ) -> None:
        page = browser.get(url).text
        assert field_of(page, "calendar-address") == feed
        assert subscriber.ask(urlsplit(feed).path).status_code == 200
        assert link_of(page, "Open in my calendar app") == feed.replace("http", "webcal", 1)
        assert link_of(page, "Save the file") == urlsplit(feed).path
        outlook = parse_qs(urlsplit(link_of(page, "Outlook")).query)
        assert outlook == {"url": [feed], "name": [name]}
        assert "That company then learns this address." in page

    def test_it_names_companies_only_to_those_who_open_it(
        self, cast: Cast, browser: Browser
    ) -> None:
        page = browser.get(self.GROUP).text
        unfolded = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
        assert "google" not in unfolded.lower()
        assert "outlook" not in unfolded.lower()

    def test_its_title_names_nobody(self, cast: Cast, browser: Browser) -> None:
        assert "<title>Follow the dates</title>" in browser.get(self.GROUP).text

    @pytest.mark.parametrize("who", ["nobody", "stan", "sam", "rosa"])
    def test_a_private_group_has_none(self, cast: Cast, browser: Browser, who: str) -> None:
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        if who != "nobody":
            browser.sign_in(getattr(cast, who))
        assert browser.get(self.GROUP).status_code == 404

    def test_wrong_method(self, browser: Browser) -> None:
        assert browser.post(self.GROUP).status_code == 405
        assert browser.post("/calendar").status_code == 405
