"""Coming in and going out, as people do it."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from supportgroups.groups.models import Admission, Visibility
from tests.browser.site import Site, group_of
from tests.browser.window import OpenWindow, Way, Window

#: What only somebody who is signed in reads.
PRIVATE = re.compile("Sign out|Hello|My page|Where you are signed in")


class TestMailedLink:
    def test_it_lets_somebody_in(self, demo_site: Site, open_window: OpenWindow, way: Way) -> None:
        robin = demo_site.newcomer()
        window = open_window(demo_site, way=way)
        window.visit("/sign-in?next=/my/calendars")
        window.write("E-mail address", robin.email)
        window.press("Mail me a link instead")
        window.heads("Check your mail")
        window.read_letter(robin.email)
        window.follow_letter()
        window.press("Sign in")
        assert window.path == "/my/calendars"


class TestInvitation:
    def test_a_guest_signs_up_first(
        self, demo_site: Site, open_window: OpenWindow, way: Way
    ) -> None:
        rosa = demo_site.newcomer("Rosalind")
        with demo_site.app.app_context():
            slug = group_of(
                rosa,
                name="Behind the blue door",
                visibility=Visibility.PRIVATE,
                admission=Admission.INVITATION,
            )
        address = self.make_link(open_window(demo_site, rosa, way), slug)

        email = f"guest.{way.name.lower()}@example.org"
        guest = open_window(demo_site, way=way)
        guest.page.goto(address)
        guest.heads("Somebody invites you")
        expect(guest.page.locator("body")).not_to_contain_text("Behind the blue door")
        guest.follow("Sign up")
        guest.write("Name to use here", "Gesa")
        guest.write("E-mail address", email)
        guest.press("Sign up")
        guest.read_letter(email)
        guest.follow_letter()
        guest.press("Make my account")
        guest.heads("Join Behind the blue door")
        guest.tick("I have read the group agreement and I will keep to it")
        guest.press("Join the group")
        guest.heads("Behind the blue door")
        guest.says("You are here as Gesa.")

    @staticmethod
    def make_link(window: Window, slug: str) -> str:
        window.visit(f"/groups/{slug}")
        window.follow("Members")
        window.write("What is this link for?", "flyer at the library")
        window.press("Make a link")
        return window.main.get_by_label("Address to send on").input_value()


@pytest.mark.whole_browser
class TestSignOut:
    def test_the_way_back_shows_nothing_private(
        self, demo_site: Site, open_window: OpenWindow, way: Way
    ) -> None:
        window = open_window(demo_site, demo_site.newcomer(), way)
        for path in ("/my", "/account", "/account/devices"):
            window.visit(path)
            expect(window.page.locator("body")).to_contain_text("Sign out")
        window.follow_at_the_head("Sign out")
        window.press("Sign out")
        window.heads("You are signed out")
        shows_nothing_private(window)

    def test_it_would_if_we_let_the_browser_keep_pages(
        self, demo_site: Site, open_window: OpenWindow
    ) -> None:
        """Shows that the test above can fail: this browser does keep pages (safety.md, trap 5)."""
        window = open_window(demo_site, demo_site.newcomer(), Way.PLAIN)
        window.context.add_cookies(
            [{"name": "keeps-pages", "value": "yes", "url": demo_site.base_url}]
        )
        window.visit("/account/devices")
        window.follow_at_the_head("Sign out")
        window.press("Sign out")
        window.heads("You are signed out")
        with pytest.raises(AssertionError, match="Where you are signed in"):
            shows_nothing_private(window)


def shows_nothing_private(window: Window, steps: int = 4) -> None:
    """Go back as far as somebody else at this device might."""
    for _step in range(steps):
        # Where there is no way back the browser stays where it is.
        with suppress(Error):
            window.page.go_back(wait_until="commit")
        expect(window.page.locator("body")).to_be_attached()
        shown = window.page.locator("body").inner_text()
        assert not PRIVATE.search(shown), f"after going back to {window.page.url}: {shown}"
