"""Pages in a language with longer words that is written from the right: nothing sticks out or is cut off.

The words are those of `tests/house/pseudo.py`, a third longer than English, as many languages are. One
look at each page at the narrowest width and at a desk; what a page says is looked at elsewhere.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Page, Route

from tests.browser.crawl import SAMPLES, crawl, look
from tests.browser.looks import DESK, NARROWEST, misfits, turn
from tests.browser.site import Site
from tests.browser.window import OpenWindow
from tests.house.pseudo import pseudo_language


@contextmanager
def from_the_right(app: Flask) -> Iterator[None]:
    """Let every page of this process speak the longer language, from the right."""
    with pseudo_language(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.jinja_env.globals, "page_direction", lambda: "rtl")
        yield


def show(page: Page, base_url: str, html: str) -> None:
    """Open a page whose words come from this process, with the style sheets of the site."""

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route(f"{base_url}/from-the-right", answer, times=1)
    page.goto(f"{base_url}/from-the-right")


def test_longer_words_from_the_right_fit(
    demo_site: Site, open_window: OpenWindow, record_property: Callable[[str, object], None]
) -> None:
    page = open_window(demo_site).page
    looked_at: set[str] = set()
    wrong: list[str] = []
    looks = 0
    # Somebody who organizes comes to nearly every page, and a guest to the rest.
    for someone in (demo_site.resident("Rosa"), None):
        client = demo_site.app.test_client()
        if someone is not None:
            client.set_cookie("session", someone.cookie)
        known = frozenset({*looked_at, SAMPLES})
        with from_the_right(demo_site.app):
            for found in crawl(demo_site.app, someone):
                if not found.is_page or not found.is_new or found.endpoint in known:
                    continue
                looked_at.add(found.endpoint)
                looks += 1
                html = look(client, found.path).text
                assert 'dir="rtl"' in html
                show(page, demo_site.base_url, html)
                for width in (NARROWEST, DESK):
                    turn(page, width)
                    wrong += misfits(page, f"at {width} px in {found.path} ({found.endpoint})")
    record_property("pages", looks)
    assert not wrong, "\n".join([f"{len(wrong)} faults on {looks} pages:", *wrong])
