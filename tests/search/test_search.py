"""The search page."""

import pytest

from supportgroups.groups.models import Visibility
from tests.browser_client import visible_text

URL = "/search"


def results(browser, q: str, **more: str) -> str:
    page = browser.get(URL, query_string={"q": q, **more})
    assert page.status_code == 200
    return visible_text(page.text[page.text.index("<main") : page.text.index("</main>")])


class TestSearchView:
    def test_it_works(self, browser, cast):
        words = results(browser, "grief")
        assert "Evening circle" in words
        assert "Tuesday evening" in words
        assert "Gratitude, alone or with others" in words
        assert words.index("Groups") < words.index("Coming sessions")

    def test_an_empty_box_asks_nothing(self, browser, cast):
        assert "Evening circle" not in results(browser, "")
        assert "We found nothing" not in results(browser, " … ")

    def test_what_was_looked_for_is_marked(self, browser):
        page = browser.get(URL, query_string={"q": "kettle"}).text
        assert "<mark>kettle</mark>" in page

    @pytest.mark.parametrize(
        ("kind", "shown", "hidden"),
        [
            ("groups", "Evening circle", "Gratitude"),
            ("guides", "Gratitude", "Evening circle"),
            ("sessions", "Tuesday evening", "Gratitude"),
            ("nonsense", "Evening circle", "We found nothing"),
        ],
    )
    def test_it_can_look_for_one_kind(self, browser, cast, kind, shown, hidden):
        words = results(browser, "grief", kind=kind)
        assert shown in words
        assert hidden not in words

    def test_more_of_one_kind_is_a_link_away(self, browser):
        page = browser.get(URL, query_string={"q": "group"}).text
        assert 'href="/search?q=group&amp;kind=guides"' in page

    def test_a_slip_is_forgiven_and_said(self, browser, cast):
        words = results(browser, "evenign")
        assert "Nothing was spelled quite like that." in words
        assert "Evening circle" in words

    def test_nothing_widens_to_some_of_the_words(self, browser, cast):
        words = results(browser, "zebra circle")
        assert "Nothing has all of these words." in words
        assert "Evening circle" in words

    def test_nothing_at_all_leads_to_people(self, browser):
        page = browser.get(URL, query_string={"q": "zzzzzz"}).text
        main = page[page.index("<main") : page.index("</main>")]
        assert "We found nothing with these words" in visible_text(main)
        assert 'href="/help-now"' in main

    @pytest.mark.parametrize("q", ["suicide", "I want to die", "kill myself", "suicidio"])
    def test_help_comes_first_when_it_may_be_needed(self, browser, q):
        words = results(browser, q)
        answer = words.index("We found nothing" if "We found nothing" in words else "What we found")
        assert words.index("You can talk to somebody now") < answer

    def test_a_stranger_learns_of_no_hidden_group(self, browser, cast, make_group):
        make_group("Canary cage", visibility=Visibility.PRIVATE)
        make_group("Canary house", visibility=Visibility.UNLISTED)
        as_nothing = results(browser, "zebracage").replace("zebracage", "")
        assert results(browser, "canarycage").replace("canarycage", "") == as_nothing
        for q in ("canary", "canary cage", "canray"):
            browser.sign_in(cast.stan)
            assert "Canary cage" not in results(browser, q)
            assert "Canary house" not in results(browser, q)

    def test_nothing_of_it_is_kept_or_named(self, browser, cast, capfd):
        page = browser.get(URL, query_string={"q": "verysecretword"})
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in page.headers
        assert "<title>Search</title>" in page.text
        out = capfd.readouterr()
        assert "verysecretword" not in out.out + out.err

    @pytest.mark.parametrize(
        "q", ["<script>alert(1)</script>", "\x00", "💚", "a" * 5000, "%s", "ʘ"]
    )
    def test_strange_questions_do_no_harm(self, browser, q):
        page = browser.get(URL, query_string={"q": q})
        assert page.status_code == 200
        assert "<script>alert" not in page.text

    def test_it_can_only_be_read(self, browser):
        assert browser.post(URL).status_code == 405
