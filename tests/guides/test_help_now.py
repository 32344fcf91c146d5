"""Help now, and the strip that every page carries."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from supportgroups.app import create_app
from supportgroups.guides.help_lines import BadHelpLines, our_help_book
from tests.browser_client import visible_text
from tests.conftest import make_config

OWN_LINES = """\
[[directory]]
name = "Our own list"
url = "https://lines.example/"
about = "Lines near you."

[[emergency]]
country = "GB"
number = "998"
"""


def main_part(html: str) -> str:
    """Return the page without the strip at its foot, which has numbers of its own."""
    return html[html.index("<main") : html.index("</main>")]


class TestHelpNowView:
    def test_it_shows_the_country_of_the_site_with_the_emergency_number_first(self, browser):
        page = browser.get("/help-now")
        assert page.status_code == 200
        main = main_part(page.text)
        assert main.index('href="tel:999"') < main.index('href="tel:116123"')
        assert 'href="sms:85258?body=SHOUT"' in main
        assert '<option value="GB" selected>United Kingdom</option>' in main

    def test_it_says_that_nobody_here_answers(self, browser):
        words = visible_text(browser.get("/help-now").text)
        assert "Nobody on this site reads messages in real time" in words

    def test_each_line_says_when_it_was_checked(self, browser):
        words = visible_text(browser.get("/help-now").text)
        assert words.count("Checked on 23 November 2026.") == 3

    def test_every_country_has_a_page(self, browser):
        for country in our_help_book().countries:
            page = browser.get(f"/help-now?country={country}")
            assert page.status_code == 200
            assert f'<option value="{country}" selected>' in page.text

    @pytest.mark.parametrize("country", ["DE", "de", " de "])
    def test_the_chooser_shows_another_country(self, browser, country):
        main = main_part(browser.get("/help-now", query_string={"country": country}).text)
        assert "TelefonSeelsorge" in main
        assert "Samaritans" not in main
        assert "Languages: German" in visible_text(main)

    def test_a_country_without_a_line_offers_the_directories(self, browser):
        page = main_part(browser.get("/help-now?country=CZ").text)
        assert 'href="tel:112"' in page
        assert "We know no line in Czechia" in page
        assert 'href="https://findahelpline.com/"' in page

    @pytest.mark.parametrize("country", ["XX", "Germany", "<script>", "G\x00B", "💚"])
    def test_an_unknown_country_falls_back_kindly(self, browser, country):
        page = browser.get("/help-now", query_string={"country": country})
        assert page.status_code == 200
        main = main_part(page.text)
        assert "We have no numbers for the place you asked for." in main
        assert 'href="tel:116123"' in main
        assert '<option value="GB" selected>' in main
        assert "<script>" not in page.text

    def test_no_country_is_no_mistake(self, browser):
        assert "We have no numbers" not in browser.get("/help-now?country=").text

    @pytest.mark.parametrize(
        ("moment", "is_closed"),
        [
            (datetime(2026, 11, 23, 20, 0, tzinfo=UTC), False),
            (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), True),
        ],
    )
    def test_it_says_when_a_line_is_closed(self, browser, moment, is_closed):
        with time_machine.travel(moment, tick=False):
            page = browser.get("/help-now?country=PT").text
        assert "Every day from 15:30 to half past midnight" in page
        assert ("Closed at the moment" in page) is is_closed

    @pytest.mark.parametrize(
        ("moment", "shown", "warned"),
        [
            (datetime(2027, 5, 23, tzinfo=UTC), True, False),
            (datetime(2027, 5, 24, tzinfo=UTC), True, True),
            (datetime(2027, 11, 23, tzinfo=UTC), True, True),
            (datetime(2027, 11, 24, tzinfo=UTC), False, False),
        ],
    )
    def test_an_old_check_is_admitted_and_a_very_old_one_hides_the_line(
        self, browser, moment, shown, warned
    ):
        with time_machine.travel(moment, tick=False):
            page = main_part(browser.get("/help-now").text)
        assert ('href="tel:116123"' in page) is shown
        assert ("more than six months ago" in page) is warned
        assert 'href="tel:999"' in page
        assert 'href="https://findahelpline.com/"' in page

    def test_it_sets_no_cookie(self, browser):
        page = browser.get("/help-now?country=DE")
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "public, max-age=300"

    def test_every_link_out_says_nothing_about_us(self, browser):
        for link in browser.get("/help-now?country=SG").text.split("<a ")[1:]:
            opening = link.partition(">")[0]
            if 'href="http' in opening:
                assert 'rel="noopener noreferrer"' in opening

    def test_it_can_only_be_read(self, browser):
        assert browser.post("/help-now").status_code == 405


class TestOpenFirst:
    """Who answers now stands before who does not; the emergency number is always first."""

    LATE = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    EARLY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    DAYS = """
[[line]]
country = "GB"
name = "{name}"
kind = "crisis"
audience = "anyone"
phone = ["{phone}"]
hours = "{hours}"
open = [{{ days = ["mon"], from = {start}, to = {end} }}]
zone = "Europe/London"
languages = ["en"]
cost = "free"
source = {{ body = "Owls", url = "https://owls.example/" }}
verified_on = 2026-11-23
"""

    @pytest.fixture
    def client(self, tmp_path):
        lines = [
            self.DAYS.format(
                name="Larks", phone="111", hours="Mornings", start="05:00:00", end="12:00:00"
            ),
            self.DAYS.format(
                name="Noon", phone="222", hours="Noon", start="12:00:00", end="13:00:00"
            ),
            self.DAYS.format(
                name="Owls", phone="333", hours="Evenings", start="18:00:00", end="23:00:00"
            ),
        ]
        (tmp_path / "help_lines.toml").write_text(OWN_LINES + "".join(lines))
        return create_app(make_config(tmp_path)).test_client()

    @pytest.mark.parametrize(
        ("moment", "order"),
        [(EARLY, ["998", "111", "222", "333"]), (LATE, ["998", "333", "111", "222"])],
    )
    def test_on_the_page(self, client, moment, order):
        with time_machine.travel(moment, tick=False):
            main = main_part(client.get("/help-now").text)
        assert re.findall(r'href="tel:(\d+)"', main) == order
        assert visible_text(main).count("Open now") == 1

    @pytest.mark.parametrize(
        ("moment", "order"), [(EARLY, ["998", "111", "222"]), (LATE, ["998", "333", "111"])]
    )
    def test_in_the_strip(self, client, moment, order):
        with time_machine.travel(moment, tick=False):
            footer = client.get("/nothing").text.partition("<footer")[2]
        assert re.findall(r'href="tel:(\d+)"', footer) == order


class TestWarning:
    """Those who run the site hear of lines that nobody has checked for six months."""

    @pytest.mark.parametrize("path", ["/help-now", "/my"])
    @pytest.mark.parametrize(
        ("moment", "is_warned"),
        [
            (datetime(2027, 5, 23, 23, 0, tzinfo=UTC), False),
            (datetime(2027, 5, 24, 1, 0, tzinfo=UTC), True),
            (datetime(2027, 12, 1, tzinfo=UTC), True),
        ],
    )
    def test_they_read_it_on_their_own_pages(self, browser, cast, path, moment, is_warned):
        with time_machine.travel(moment, tick=False):
            browser.sign_in(cast.ola)
            words = visible_text(browser.get(path).text)
        assert ("Please check these help lines" in words) is is_warned
        assert (", checked on 23 November 2026" in words) is is_warned

    def test_nobody_else_does(self, browser, cast):
        with time_machine.travel(datetime(2027, 6, 1, tzinfo=UTC), tick=False):
            assert "Please check" not in browser.get("/help-now").text
            browser.sign_in(cast.rosa)
            assert "Please check" not in browser.get("/my").text


class TestStrip:
    def test_every_page_carries_the_numbers(self, browser):
        footer = browser.get("/guides").text.partition("<footer")[2]
        assert 'href="tel:999"' in footer
        assert 'href="tel:116123"' in footer

    def test_a_page_that_does_not_exist_carries_them_too(self, browser):
        page = browser.get("/guides/nothing-of-the-kind")
        assert page.status_code == 404
        assert 'href="tel:999"' in page.text
        assert 'href="tel:116123"' in page.text

    def test_it_asks_the_database_nothing(self, app, monkeypatch):
        from supportgroups.db import db  # noqa: PLC0415
        from supportgroups.guides.views import help_now_strip  # noqa: PLC0415

        monkeypatch.setattr(db.session, "execute", lambda *_: pytest.fail("asked the database"))
        strip = help_now_strip()
        assert [line.name for line in strip.lines] == [
            "Samaritans",
            "NHS 111, option 2 (England)",
        ]


class TestOwnFile:
    def test_the_operators_own_file_replaces_ours(self, tmp_path):
        (tmp_path / "help_lines.toml").write_text(OWN_LINES)
        app = create_app(make_config(tmp_path))
        page = app.test_client().get("/help-now").text
        assert 'href="tel:998"' in page
        assert "Our own list" in page
        assert "Samaritans" not in page

    def test_a_mistake_in_it_stops_the_start(self, tmp_path):
        (tmp_path / "help_lines.toml").write_text(OWN_LINES.replace("998", "nine"))
        with pytest.raises(BadHelpLines, match="number: write a telephone number"):
            create_app(make_config(tmp_path))
