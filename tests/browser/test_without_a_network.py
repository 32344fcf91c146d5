"""A device that was asked to keep help lines shows them without a network, and nothing of anybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.window import OpenWindow, Window
from tests.guides.test_offline import MAY_BE_KEPT

KEEP, FORGET = "Keep help lines on this device", "Take them off this device"
#: All that the browser keeps by itself: each kept address with its words.
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const address = new URL(request.url);
            const words = await (await cache.match(request)).text();
            found.push([address.pathname + address.search, words]);
        }
    }
    return found;
}"""
REGISTERED = "async () => (await navigator.serviceWorker.getRegistrations()).length"


@pytest.fixture
def window(demo_site: Site, open_window: OpenWindow) -> Window:
    """Sam's window, in which the help lines were kept."""
    window = open_window(demo_site, demo_site.resident("Sam"))
    window.visit("/help-now/keep")
    assert window.page.evaluate(REGISTERED) == 0
    assert window.page.evaluate(KEPT) == []
    window.page.get_by_role("button", name=KEEP).click()
    expect(window.page.get_by_text("Kept on this device")).to_be_visible()
    return window


def headings(page: Page) -> list[str]:
    return page.get_by_role("heading", level=1).all_inner_texts()


def test_help_lines_and_guides_are_read_without_a_network(window: Window) -> None:
    window.page.reload()
    window.context.set_offline(True)
    try:
        for path, heading in (
            ("/help-now", "Help now"),
            ("/", "Help now"),
            ("/my", "Help now"),
            ("/guides/your-first-session", "Your first session: what to expect"),
        ):
            window.page.goto(window.faults.base_url + path)
            assert headings(window.page) == [heading]
            size = window.page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
            assert float(size.removesuffix("px")) > 24, "the style sheets were kept as well"
        expect(window.page.locator("body")).not_to_have_attribute("data-personal", re.compile(""))
    finally:
        window.context.set_offline(False)
        # What no network has is no fault of a page.
        window.faults.found[:] = [
            fault for fault in window.faults.found if "ERR_INTERNET_DISCONNECTED" not in fault
        ]


def test_nothing_personal_is_ever_kept(window: Window) -> None:
    for path in ("/my", "/account", "/my/news", "/help-now", "/guides"):
        window.visit(path)
    kept = window.page.evaluate(KEPT)
    assert len(kept) > 10
    assert [path for path, _words in kept if not MAY_BE_KEPT.fullmatch(path)] == []
    pages = {path: words for path, words in kept if not path.startswith("/static/")}
    assert [path for path, words in pages.items() if "Sign in" not in words] == []
    assert [path for path, words in pages.items() if "data-personal" in words] == []


def test_it_is_taken_off_again(window: Window) -> None:
    window.page.get_by_role("button", name=FORGET).click()
    expect(window.page.get_by_role("button", name=KEEP)).to_be_visible()
    assert window.page.evaluate(KEPT) == []
    assert window.page.evaluate(REGISTERED) == 0
