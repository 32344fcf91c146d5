"""One guide."""

from datetime import UTC, datetime

import pytest
import time_machine

from supportgroups.guides.library import our_library
from tests.browser_client import visible_text

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
        assert "Last reviewed on 23 November 2026. Next review by 23 November 2027." in words
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
        overdue = "This guide was due for a review on 23 November 2027."
        assert overdue not in browser.get(URL).text
        with time_machine.travel(datetime(2027, 11, 24, tzinfo=UTC), tick=False):
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

    @pytest.mark.parametrize(
        "slug", ["nothing-of-the-kind", "YOUR-FIRST-SESSION", "tea.md", "..%2f"]
    )
    def test_an_unknown_guide_is_not_found(self, browser, slug):
        assert browser.get(f"/guides/{slug}").status_code == 404

    def test_it_can_only_be_read(self, browser):
        assert browser.post(URL).status_code == 405
