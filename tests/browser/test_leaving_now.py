"""The way out that works at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.test_coming_in import shows_nothing_private
from tests.browser.window import OpenWindow, Way, Window


@pytest.mark.whole_browser
class TestLeaveNow:
    def test_the_link_leads_away_and_signs_out(
        self, demo_site: Site, open_window: OpenWindow, way: Way
    ) -> None:
        window = self.reader_of_private_pages(demo_site, open_window, way)
        window.go(window.page.get_by_role("link", name="Leave now"))
        self.is_gone(window, demo_site)

    def test_shift_three_times_does_the_same(
        self, demo_site: Site, open_window: OpenWindow
    ) -> None:
        window = self.reader_of_private_pages(demo_site, open_window, Way.SCRIPTED)
        with window.page.expect_navigation(url=demo_site.outside):
            for _press in range(3):
                window.page.keyboard.press("Shift")
        self.is_gone(window, demo_site)

    def test_writing_in_capitals_does_not(self, demo_site: Site, open_window: OpenWindow) -> None:
        window = open_window(demo_site)
        window.visit("/groups")
        window.page.get_by_label("Search").focus()
        window.page.keyboard.type("AB C")
        for letter in "XYZ":
            window.page.keyboard.press(f"Shift+{letter}")
        expect(window.page.get_by_label("Search")).to_have_value("AB CXYZ")
        window.heads("Find a group")

    def test_the_page_is_blank_before_the_network_is_asked(
        self,
        demo_site: Site,
        open_window: OpenWindow,
        record_property: Callable[[str, object], None],
    ) -> None:
        window = self.reader_of_private_pages(demo_site, open_window, Way.SCRIPTED)
        with window.page.expect_navigation(url=demo_site.outside):
            title, parts, is_hidden, milliseconds = window.page.evaluate(
                """() => {
                    const before = performance.now();
                    document.querySelector("[data-leave]").click();
                    // Still the same moment: nothing was sent yet.
                    const { title, body, documentElement } = document;
                    const after = performance.now();
                    return [title, body.childNodes.length, documentElement.hidden, after - before];
                }"""
            )
        assert (title.strip("\u200b"), parts, is_hidden) == ("", 0, True)
        record_property("milliseconds until the page is blank", milliseconds)
        assert milliseconds < 100
        self.is_gone(window, demo_site)

    def test_a_private_page_that_the_browser_kept_is_hidden_and_asked_for_again(
        self, demo_site: Site, open_window: OpenWindow
    ) -> None:
        """As when somebody goes back to a page that was put away while they were signed in."""
        window = open_window(demo_site, demo_site.newcomer())
        window.visit("/account/devices")
        window.context.clear_cookies()
        with window.page.expect_navigation():
            is_hidden = window.page.evaluate(
                """() => {
                    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
                    return document.documentElement.hidden;
                }"""
            )
        assert is_hidden
        assert window.path == "/sign-in"

    @staticmethod
    def reader_of_private_pages(site: Site, open_window: OpenWindow, way: Way) -> Window:
        site.visitors.clear()
        window = open_window(site, site.newcomer(), way)
        for path in ("/my", "/account/devices"):
            window.visit(path)
            expect(window.page.locator("body")).to_contain_text("Sign out")
        return window

    @staticmethod
    def is_gone(window: Window, site: Site) -> None:
        assert window.page.url == site.outside
        window.heads("Elsewhere")
        (visitor,) = site.visitors
        assert {"cookie", "referer", "origin"} & set(visitor) == set()
        shows_nothing_private(window)
        window.visit("/my")
        assert window.path == "/sign-in"
