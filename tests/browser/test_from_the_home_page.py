"""How few steps lead from the first page to an answer."""

from collections.abc import Callable

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
            slug = group_of(rosa, robin, name=f"Two steps {way.name.lower()}")
            session = weekly_sessions_of(slug, rosa, title=f"Tea {way.name.lower()}")[0]
        window = open_window(demo_site, robin, way, width=390)
        window.visit("/")
        window.go(window.main.locator(f'a[href="{session}"]').first)
        window.press("I’m coming")
        window.heads("You’re expected")
        record_property("presses", window.presses)
        assert window.presses <= 2
        assert window.fields == 0
