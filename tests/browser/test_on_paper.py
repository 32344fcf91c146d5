"""What people print: a guide, a sheet to fill in by hand, and the numbers to call."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.window import OpenWindow, Window

SHEETS = ("/guides/sheets/gratitude", "/guides/sheets/one-small-goal")
HELP = "/help-now?country=GB"
#: What browsers leave blank around a page, more or less.
MARGIN = "12mm"


def sides(window: Window, size: str) -> int:
    """Print what the window shows; return on how many sides."""
    margin = dict.fromkeys(("top", "right", "bottom", "left"), MARGIN)
    paper = window.page.pdf(format=size, margin=margin)
    return len(re.findall(rb"/Type\s*/Page\b", paper))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", SHEETS)
def test_a_sheet_fits_on_one_side(
    demo_site: Site, open_window: OpenWindow, path: str, language: str
) -> None:
    window = open_window(demo_site, locale=language)
    window.visit(path)
    expect(window.page.locator("html")).to_have_attribute("lang", language)
    assert [sides(window, size) for size in ("A4", "Letter")] == [1, 1]


def test_numbers_are_words_on_paper(demo_site: Site, open_window: OpenWindow) -> None:
    window = open_window(demo_site)
    window.visit(HELP)
    assert sides(window, "A4") <= 2
    window.page.emulate_media(media="print")
    for words in ("Call 999", "Call 116 123", "Text SHOUT to 85258"):
        [shown] = [
            one for one in window.main.get_by_text(words, exact=True).all() if one.is_visible()
        ]
        assert "button" not in (shown.get_attribute("class") or "")


def test_a_guide_brings_its_sources_and_the_numbers_to_call(
    demo_site: Site, open_window: OpenWindow
) -> None:
    window = open_window(demo_site)
    window.visit("/guides/when-someone-is-in-crisis")
    expect(window.page.get_by_text("https://www.spbh.org/")).not_to_be_visible()
    window.page.emulate_media(media="print")
    expect(window.page.get_by_text("https://www.spbh.org/")).to_be_visible()
    expect(window.page.get_by_role("link", name="Call 999")).to_be_visible()
    for of_the_screen in ("On this page", "Was this guide helpful?", "Leave now"):
        expect(window.page.get_by_text(of_the_screen)).not_to_be_visible()
