"""One guide."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from supportgroups.db import db
from supportgroups.formatting import calendar_day
from supportgroups.groups.models import Group, Visibility
from supportgroups.groups.topics import Topic
from supportgroups.guides.library import CONTENT_FOLDER, load_library, our_library
from supportgroups.sessions.models import SeriesKind
from tests.browser_client import visible_text
from tests.factories import make_membership

URL = "/guides/your-first-session"
SLUGS = [guide.slug for guide in our_library()]


class TestShowView:
    @pytest.mark.parametrize("slug", SLUGS)
    def test_it_works_for_every_guide(self, browser, slug):
        page = browser.get(f"/guides/{slug}")
        assert page.status_code == 200

    def test_it_shows_contents_sources_and_the_day_of_the_review(self, browser):
        guide = next(guide for guide in our_library() if guide.slug == "your-first-session")
        page = browser.get(URL)
        for heading in guide.headings:
            assert f'<a href="#{heading.anchor}">' in page.text
            assert f'<h2 id="{heading.anchor}">' in page.text
        words = visible_text(page.text)
        for source in guide.sources:
            assert source.url in words
        reviewed, review_by = map(calendar_day, (guide.reviewed, guide.review_by))
        assert f"Last reviewed on {reviewed}. Next review by {review_by}." in words
        assert "5 minutes to read" in words

    def test_help_comes_before_the_text(self, browser):
        page = browser.get(URL).text
        main = page[page.index("<main") :]
        assert main.index('href="/help-now"') < main.index('<div class="prose"')

    def test_every_link_out_says_nothing_about_us(self, browser):
        for link in browser.get(URL).text.split("<a ")[1:]:
            opening = link.partition(">")[0]
            if 'href="http' in opening:
                assert 'rel="noopener noreferrer"' in opening

    def test_it_admits_that_its_review_is_overdue(self, browser):
        review_by = our_library().find("your-first-session").review_by
        overdue = f"This guide was due for a review on {calendar_day(review_by)}."
        assert overdue not in browser.get(URL).text
        later = datetime.combine(review_by + timedelta(days=1), time(), UTC)
        with time_machine.travel(later, tick=False):
            assert overdue in browser.get(URL).text

    def test_a_person_who_is_signed_in_reads_the_same(self, browser, cast):
        as_guest = browser.get(URL).text
        browser.sign_in(cast.sam)
        as_member = browser.get(URL).text
        start, end = "<h1", "</main>"
        assert (
            as_guest[as_guest.index(start) : as_guest.index(end)]
            == (as_member[as_member.index(start) : as_member.index(end)])
        )

    def test_it_says_first_what_may_be_hard(self, browser):
        words = visible_text(browser.get("/guides/when-someone-is-in-crisis").text)
        assert words.index("Before you read") < words.index("If it is happening now")

    def test_it_leads_on_to_related_guides(self, browser):
        page = browser.get(URL).text
        rest = page[page.index('id="related"') :]
        for slug in our_library().find("your-first-session").related:
            assert f'href="/guides/{slug}"' in rest

    def test_a_slow_circle_is_shut_until_somebody_opens_it(self, browser):
        page = browser.get("/guides/mindfulness-without-the-hype").text
        assert '<details class="pacer no-print">' in page
        assert "pacer" not in browser.get(URL).text

    @pytest.mark.parametrize(
        "slug", ["nothing-of-the-kind", "YOUR-FIRST-SESSION", "tea.md", "..%2f"]
    )
    def test_an_unknown_guide_is_not_found(self, browser, slug):
        assert browser.get(f"/guides/{slug}").status_code == 404

    def test_it_can_only_be_read(self, browser):
        assert browser.post(URL).status_code == 405


class TestComingSessions:
    """A guide leads to what comes next, and to nothing that a stranger may not know of."""

    CONNECTION = "/guides/building-connection"

    @pytest.fixture(autouse=True)
    def one_group_of_each_kind(self, make_group, make_series, make_session):
        for name, topic, visibility in [
            ("Lonely hearts", Topic.LONELINESS, Visibility.LISTED),
            ("Long sleepers", Topic.WORK, Visibility.LISTED),
            ("Behind a curtain", Topic.LONELINESS, Visibility.UNLISTED),
            ("Behind a wall", Topic.LONELINESS, Visibility.PRIVATE),
        ]:
            group = make_group(name, topics=[topic], visibility=visibility)
            make_session(make_series(group))

    def test_those_of_listed_groups_about_its_topic(self, browser):
        words = visible_text(browser.get(self.CONNECTION).text)
        assert "Lonely hearts" in words
        for name in ("Long sleepers", "Behind a curtain", "Behind a wall"):
            assert name not in words

    def test_a_member_reads_no_more_than_a_guest(self, browser, cast):
        hidden = db.session.scalars(select(Group).where(Group.name == "Behind a wall")).one()
        make_membership(hidden, cast.sam)
        browser.sign_in(cast.sam)
        assert "Behind a wall" not in browser.get(self.CONNECTION).text

    def test_a_guide_without_a_topic_leads_to_any_group(self, browser):
        words = visible_text(browser.get(URL).text)
        assert "Lonely hearts" in words
        assert "Long sleepers" in words
        assert "Behind" not in words

    def test_a_guide_for_organizers_leads_to_none(self, browser):
        assert "Coming sessions" not in browser.get("/guides/starting-a-group").text

    def test_what_is_over_or_cancelled_is_left_out(self, browser, make_group, make_series, now):
        with time_machine.travel(now + timedelta(days=400), tick=False):
            assert "Coming sessions" not in browser.get(self.CONNECTION).text


class TestComingCourses:
    def test_the_guide_to_courses_leads_to_courses_alone(
        self, browser, make_group, make_series, make_session
    ):
        for name, kind in [("Six evenings", SeriesKind.COURSE), ("Forever", SeriesKind.SCHEDULE)]:
            make_session(make_series(make_group(name), kind=kind))
        words = visible_text(browser.get("/guides/workshops-and-courses").text)
        assert "Coming courses" in words
        assert "Six evenings" in words
        assert "Forever" not in words


class TestSheetView:
    @pytest.mark.parametrize("sheet", ["gratitude", "one-small-goal"])
    def test_it_works(self, browser, sheet):
        page = browser.get(f"/guides/sheets/{sheet}")
        assert page.status_code == 200
        assert 'class="sheet__line" aria-hidden="true"' in page.text

    def test_its_guide_leads_to_it(self, browser):
        page = browser.get("/guides/gratitude-alone-or-with-others").text
        assert 'class="button button--secondary" href="/guides/sheets/gratitude"' in page

    @pytest.mark.parametrize("sheet", ["nothing", "../index", "_layout"])
    def test_an_unknown_sheet_is_not_found(self, browser, sheet):
        assert browser.get(f"/guides/sheets/{sheet}").status_code == 404

    def test_it_can_only_be_read(self, browser):
        assert browser.post("/guides/sheets/gratitude").status_code == 405


class TestLanguages:
    """A reader gets a translation where there is one, and the original where they ask for it."""

    @pytest.fixture(autouse=True)
    def a_translation(self, app, monkeypatch, tmp_path):
        folder = tmp_path / "guides" / "es"
        folder.mkdir(parents=True)
        header = f"""\
title = "Tu primera sesión"
summary = "Lo que pasa la primera vez."
translates = "{self.digest()}"
"""
        text = f"+++\n{header}+++\n\n## Es normal\n\nHace falta valor.\n"
        (folder / "your-first-session.md").write_text(text, encoding="utf-8")
        library = load_library(CONTENT_FOLDER, folder.parent)
        monkeypatch.setitem(app.extensions, "guide_library", library)

    def digest(self) -> str:
        return our_library().find("your-first-session").digest

    def test_a_link_leads_to_it_and_back(self, browser):
        assert (
            f'href="{URL}?language=es" hreflang="es" lang="es">Español</a>' in browser.get(URL).text
        )
        page = browser.get(f"{URL}?language=es").text
        assert '<h1 lang="es">Tu primera sesión</h1>' in page
        assert f'href="{URL}?language=en" hreflang="en" lang="en">English</a>' in page
        assert "the original has changed" not in page

    @pytest.mark.parametrize("language", ["fr", "", "../en", "ES"])
    def test_an_unknown_language_gets_the_original(self, browser, language):
        page = browser.get(URL, query_string={"language": language}).text
        assert '<h1 lang="en">Your first session: what to expect</h1>' in page


class TestTranslationThatIsBehind(TestLanguages):
    def digest(self) -> str:
        return "older"

    def test_a_link_leads_to_it_and_back(self, browser):
        words = visible_text(browser.get(f"{URL}?language=es").text)
        assert "the original has changed since it was made. Read the original" in words
