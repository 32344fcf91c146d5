"""What a device may keep to be read without a network, and that it is nobody's own."""

import json
import re

import pytest

from tests.browser_client import visible_text

#: All that may be kept, and nothing else.
MAY_BE_KEPT = re.compile(
    r"/help-now/offline|/guides|/guides/[a-z-]+|/static/(css|js)/[a-z]+\.(css|js)\?v=\w+"
)


def constants(script):
    """Return what the site wrote before its script."""
    return {
        name: json.loads(value)
        for name, value in re.findall(r'^const ([A-Z]+) = (["\[].*);$', script, re.MULTILINE)
    }


@pytest.fixture
def kept(browser):
    return constants(browser.get("/service-worker.js").text)["KEPT"]


def test_it_is_a_script_for_the_whole_site(browser):
    answer = browser.get("/service-worker.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_nothing_personal_is_kept(browser, kept, cast):
    assert [path for path in kept if not MAY_BE_KEPT.fullmatch(path)] == []
    browser.sign_in(cast.sam)
    assert constants(browser.get("/service-worker.js").text)["KEPT"] == kept


def test_all_of_it_is_there_for_a_guest(browser, kept, app):
    assert "/help-now/offline" in kept
    assert len([path for path in kept if path.startswith("/guides/")]) > 10
    for path in kept:
        if not path.startswith("/static/"):
            page = browser.get(path)
            assert page.status_code == 200
            assert "Set-Cookie" not in page.headers


def test_another_language_is_another_version(browser):
    english = constants(browser.get("/service-worker.js").text)
    spanish = constants(
        browser.send("GET", "/service-worker.js", headers={"Accept-Language": "es"}).text
    )
    assert english["VERSION"] != spanish["VERSION"]
    assert english["KEPT"] == spanish["KEPT"]


def test_the_page_without_a_network_has_every_number_and_says_of_when(browser):
    page = browser.get("/help-now/offline")
    words = visible_text(page.text)
    assert "These numbers were kept on 23 November 2026" in words
    assert "Call 999" in words
    assert 'href="tel:116123"' in page.text
    # It may be read at any hour.
    assert "Open now" not in words
    assert "Closed at the moment" not in words


def test_the_choice_is_explained_before_it_is_made(browser):
    words = visible_text(browser.get("/help-now/keep").text)
    assert "can see that this site was used here" in words
    assert "Your browser cannot do this, or its scripts are off" in words
    assert "/help-now/keep" in browser.get("/help-now").text


def test_no_other_page_asks_a_browser_to_keep_anything(browser, cast):
    browser.sign_in(cast.sam)
    for path in ("/", "/help-now", "/guides", "/my", "/my/news", "/account"):
        assert "device.js" not in browser.get(path).text
