"""The pages on which people change a calendar address, and switch it off."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.queries import list_links
from supportgroups.calendars.services.links import revoke_feed_link
from tests.browser_client import Browser, visible_text
from tests.calendars.conftest import Subscriber
from tests.conftest import Cast

MakeLink = Callable[..., tuple[FeedLink, str]]
NEW = "/my/calendars/new"
WELL = {
    "name": "phone",
    "scope": "*",
    "discretion": "neutral",
    "reach": "year",
    "neutral_word": "Dentist",
}


class TestEditLinkPage:
    @pytest.fixture
    def link(self, cast: Cast, make_link: MakeLink) -> FeedLink:
        return make_link(cast.sam, name="phone")[0]

    @pytest.fixture
    def url(self, link: FeedLink) -> str:
        return f"/my/calendars/{link.public_id}/edit"

    def test_it_changes_the_link(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(
            url, {"name": "tablet", "discretion": "busy", "neutral_word": "", "reach": "year"}
        )
        assert response.location == "/my/calendars"
        (link,) = list_links(cast.sam)
        assert (link.name, link.discretion) == ("tablet", Discretion.BUSY)

    def test_it_begins_as_the_link_is(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.sam)
        page = browser.get(url).text
        assert 'value="phone"' in page
        assert re.search(r'value="plain"\s+checked', page)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"name": ""}, "Enter a name to recognise it by"),
            ({"discretion": "loud"}, "Choose what an entry may show"),
            ({"neutral_word": "x" * 41}, "Use 40 characters or fewer"),
        ],
    )
    def test_it_explains_what_is_wrong(
        self, cast: Cast, browser: Browser, url: str, wrong: dict[str, str], words: str
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(url, WELL | wrong)
        assert words in response.text
        assert list_links(cast.sam)[0].discretion is Discretion.PLAIN

    def test_it_is_not_found_for_others(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.rosa)
        assert browser.get(url).status_code == 404
        assert browser.post(url, WELL).status_code == 404
        assert list_links(cast.sam)[0].name == "phone"

    def test_it_is_not_found_once_switched_off(
        self, cast: Cast, browser: Browser, url: str, link: FeedLink, now: datetime
    ) -> None:
        revoke_feed_link(link, actor=cast.sam, now=now)
        browser.sign_in(cast.sam)
        assert browser.get(url).status_code == 404

    def test_a_missing_link_is_not_found(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        assert browser.get(f"/my/calendars/{uuid4()}/edit").status_code == 404
        assert browser.get("/my/calendars/1/edit").status_code == 404

    def test_a_guest_signs_in_first(self, browser: Browser, url: str) -> None:
        assert browser.get(url).location.startswith("/sign-in")

    def test_wrong_method(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.sam)
        assert browser.send("DELETE", url).status_code in {400, 405}


class TestRevokeLinkPage:
    @pytest.fixture
    def made(self, cast: Cast, make_link: MakeLink) -> tuple[FeedLink, str]:
        return make_link(cast.sam)

    @pytest.fixture
    def url(self, made: tuple[FeedLink, str]) -> str:
        return f"/my/calendars/{made[0].public_id}/revoke"

    def test_it_asks_once(
        self,
        cast: Cast,
        browser: Browser,
        subscriber: Subscriber,
        url: str,
        made: tuple[FeedLink, str],
    ) -> None:
        browser.sign_in(cast.sam)
        assert "Switch off “phone”?" in visible_text(browser.get(url).text)
        assert subscriber.ask(made[1]).status_code == 200

    def test_then_the_address_is_gone(
        self,
        cast: Cast,
        browser: Browser,
        subscriber: Subscriber,
        url: str,
        made: tuple[FeedLink, str],
    ) -> None:
        browser.sign_in(cast.sam)
        assert browser.post(url).location == "/my/calendars"
        assert subscriber.ask(made[1]).status_code == 410
        assert browser.post(url).status_code == 404

    def test_it_is_not_found_for_others(
        self,
        cast: Cast,
        browser: Browser,
        subscriber: Subscriber,
        url: str,
        made: tuple[FeedLink, str],
    ) -> None:
        browser.sign_in(cast.rosa)
        assert browser.get(url).status_code == 404
        assert browser.post(url).status_code == 404
        assert subscriber.ask(made[1]).status_code == 200

    def test_it_needs_the_token_of_its_form(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.sam)
        assert browser.send("POST", url).status_code == 400
        assert len(list_links(cast.sam)) == 1

    def test_a_guest_signs_in_first(self, browser: Browser, url: str) -> None:
        assert browser.get(url).location.startswith("/sign-in")
        assert browser.post(url).status_code == 303

    def test_wrong_method(self, cast: Cast, browser: Browser, url: str) -> None:
        browser.sign_in(cast.sam)
        assert browser.send("DELETE", url).status_code in {400, 405}
