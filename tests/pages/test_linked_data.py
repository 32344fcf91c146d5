"""What search engines are told: of guides, of listed groups, and which pages there are."""

import json
import re

import pytest

from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.topics import Format


def facts(html: str) -> dict[str, object]:
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_a_guide_says_what_it_is_and_rests_on(browser):
    found = facts(browser.get("/guides/your-first-session").text)
    assert found["@type"] == "Article"
    assert found["headline"] == "Your first session: what to expect"
    assert found["inLanguage"] == "en"
    assert len(found["citation"]) == 7


class TestListedGroup:
    def events(self, browser, group) -> list[dict[str, object]]:
        return facts(browser.get(f"/groups/{group.slug}").text)["@graph"]

    def test_it_says_when_it_meets(self, browser, cast):
        [event] = self.events(browser, cast.group)
        assert event["name"] == "Evening circle: Tuesday evening"
        assert event["startDate"] == "2026-12-01T19:00:00+00:00"
        assert event["location"] == {"@type": "Place", "name": "The library, High Street"}

    def test_a_place_that_only_members_know_stays_unsaid(
        self, browser, make_group, make_series, make_session
    ):
        group = make_group(admission=Admission.REQUEST)
        make_session(make_series(group))
        [event] = self.events(browser, group)
        assert "location" not in event

    def test_an_online_group_meets_at_its_page(
        self, browser, make_group, make_series, make_session
    ):
        group = make_group(format=Format.ONLINE)
        make_session(make_series(group, online_link="https://secret.example/room"))
        [event] = self.events(browser, group)
        assert event["location"]["url"].endswith(f"/groups/{group.slug}")
        assert "secret.example" not in json.dumps(event)

    def test_words_cannot_break_out(self, browser, make_group, make_series, make_session):
        group = make_group("</script><b>x</b>")
        make_session(make_series(group))
        assert self.events(browser, group)[0]["name"].startswith("</script><b>x</b>")

    def test_a_hidden_group_says_nothing(self, browser, make_group, make_series, make_session):
        group = make_group(visibility=Visibility.UNLISTED)
        make_session(make_series(group))
        assert "ld+json" not in browser.get(f"/groups/{group.slug}").text


class TestSitemap:
    @pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
    def test_it_names_public_pages_alone(self, browser, cast, make_group, visibility):
        hidden = make_group(visibility=visibility)
        page = browser.get("/sitemap.xml")
        assert page.mimetype == "application/xml"
        assert page.text.startswith("<?xml")
        addresses = re.findall(r"<loc>(.*?)</loc>", page.text)
        assert f"/groups/{cast.group.slug}" in "".join(addresses)
        assert hidden.slug not in page.text
        assert sum("/guides/" in address for address in addresses) == 20
        assert all(address.startswith("http") for address in addresses)

    def test_robots_are_told_of_it(self, browser):
        assert re.search(
            r"^Sitemap: http.*/sitemap\.xml$", browser.get("/robots.txt").text, re.MULTILINE
        )

    def test_it_can_only_be_read(self, browser):
        assert browser.post("/sitemap.xml").status_code == 405
