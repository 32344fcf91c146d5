"""How few steps lead from the first page to an answer, and from there to having left no trace."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from supportgroups.clock import to_zone, utc_now
from supportgroups.groups.models import Visibility
from tests.browser.site import Site, group_of, weekly_sessions_of
from tests.browser.window import OpenWindow, Way


class TestAnswering:
    def test_a_member_answers_in_two_clicks(
        self,
        demo_site: Site,
        open_window: OpenWindow,
        way: Way,
        record_property: Callable[[str, object], None],
    ) -> None:
        rosa, robin = demo_site.newcomer("Rosalind"), demo_site.newcomer()
        with demo_site.app.app_context():
            # In no list, so that what guests see on the first page stays as it is.
            slug = group_of(
                rosa,
                robin,
                name=f"Two steps {way.name.lower()}",
                visibility=Visibility.UNLISTED,
            )
            session = weekly_sessions_of(slug, rosa, title=f"Tea {way.name.lower()}")[0]
        window = open_window(demo_site, robin, way, width=390)
        window.visit("/")
        window.go(window.main.locator(f'a[href="{session}"]').first)
        window.press("I’m coming")
        window.heads("You’re expected")
        record_property("presses", window.presses)
        assert window.presses <= 2
        assert window.fields == 0

    def test_a_guest_needs_a_name_and_four_clicks(
        self,
        demo_site: Site,
        open_window: OpenWindow,
        way: Way,
        record_property: Callable[[str, object], None],
    ) -> None:
        rosa = demo_site.newcomer("Rosalind")
        with demo_site.app.app_context():
            # So soon that it stands on the first page, whatever else is planned.
            london = to_zone(utc_now(), "Europe/London").replace(second=0, microsecond=0)
            soon = london.replace(tzinfo=None) + timedelta(hours=1)
            slug = group_of(rosa, confirmed_at=utc_now())
            weekly_sessions_of(slug, rosa, first=soon, title=f"Soon {way}")
        window = open_window(demo_site, way=way, width=390)
        window.visit("/")
        window.go(window.main.get_by_role("link", name=f"Soon {way}").first)
        window.follow("I’m coming")
        window.write("Name to use here", "Gesa")
        window.press("I’m coming")
        window.heads("You’re expected")
        record_property("presses", window.presses)
        record_property("fields", window.fields)
        assert window.presses <= 4
        assert window.fields <= 2
        own_link = window.main.get_by_role("textbox", name="Your own link").input_value()

        elsewhere = open_window(demo_site, way=way)
        elsewhere.page.goto(own_link)
        elsewhere.press("Open my page")
        elsewhere.says("You’re expected")
        elsewhere.visit("/account")
        before = elsewhere.presses
        elsewhere.follow("Erase everything about me")
        elsewhere.press("Erase everything about me")
        elsewhere.heads("Everything about you is erased")
        assert elsewhere.presses - before == 2
        # The first device is signed in no more either.
        window.visit("/my")
        assert window.path == "/sign-in"
        elsewhere.faults.expected.add(410)
        elsewhere.page.goto(own_link)
        expect(elsewhere.main).not_to_contain_text("Welcome back")
