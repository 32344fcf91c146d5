"""The pages on which organizers write, and those on which members read."""

from datetime import timedelta

import pytest

from supportgroups.announcements import queries
from supportgroups.announcements.services import A_DAY, UNDO, announce
from supportgroups.rsvps.models import RsvpStatus
from tests.browser_client import visible_text
from tests.factories import make_rsvp

WORDS = "We meet in the small room.\n\nBring a cup."


@pytest.fixture
def urls(cast):
    """The addresses of the pages."""
    group = f"/groups/{cast.group.slug}/announcements"
    return {
        "written": group,
        "write": f"{group}/new",
        "write about": f"/sessions/{cast.session.public_id}/announcements/new",
        "nothing": f"{group}/0192d3c4-0000-7000-8000-000000000000/take-back",
    }


class TestWriteView:
    def test_write_look_and_send(self, browser, cast, urls):
        browser.sign_in(cast.rosa)
        assert "Write to all members" in browser.get(urls["write"]).text
        preview = browser.post(urls["write"], {"words": WORDS})
        text = visible_text(preview.text)
        assert "3 people get this letter" in text
        assert "Bring a cup." in text
        assert "nobody; the letter says so" in text
        assert queries.list_written(cast.group) == []
        response = browser.post(urls["write"], {"words": WORDS, "confirmed": "y"})
        assert (response.status_code, response.location) == (303, urls["written"])
        page = visible_text(browser.get(urls["written"]).text)
        assert "Your message leaves in ten minutes" in page
        assert "To 3 people by letter" in page
        assert queries.list_written(cast.group)[0].words == WORDS

    def test_about_a_session(self, browser, cast, urls):
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        browser.sign_in(cast.rosa)
        assert "Write to those who answered" in browser.get(urls["write about"]).text
        preview = visible_text(browser.post(urls["write about"], {"words": WORDS}).text)
        assert "One person gets this letter." in preview
        browser.post(urls["write about"], {"words": WORDS, "confirmed": "y"})
        assert queries.list_written(cast.group)[0].group_session_id == cast.session.id

    def test_the_words_can_be_changed(self, browser, cast, urls):
        browser.sign_in(cast.rosa)
        page = browser.post(urls["write"], {"words": WORDS, "back": "y"})
        assert "Bring a cup.</textarea>" in page.text

    @pytest.mark.parametrize(
        ("words", "message"),
        [("", "Write what people should know"), (" \n ", "Write what"), ("x" * 2001, "2000")],
    )
    def test_bad_input_is_explained(self, browser, cast, urls, words, message):
        browser.sign_in(cast.rosa)
        response = browser.post(urls["write"], {"words": words, "confirmed": "y"})
        assert response.status_code == 400
        assert message in response.text
        assert queries.list_written(cast.group) == []

    def test_one_too_many_keeps_what_was_typed(self, browser, cast, urls, now):
        for _ in range(A_DAY):
            announce(cast.group, "Hello", actor=cast.rosa, now=now)
        browser.sign_in(cast.rosa)
        response = browser.post(urls["write"], {"words": WORDS, "confirmed": "y"})
        assert response.status_code == 400
        assert "can send 3 messages a day" in response.text
        assert "Bring a cup." in response.text

    def test_markup_stays_words(self, browser, cast, urls):
        browser.sign_in(cast.rosa)
        page = browser.post(urls["write"], {"words": '<b>bold</b>\n\n"><script>x</script>'})
        assert "<b>bold" not in page.text
        assert "<script>x" not in page.text
        assert "&lt;b&gt;bold&lt;/b&gt;" in visible_text(page.text)

    @pytest.mark.parametrize("page", ["written", "write", "write about"])
    def test_who_may_not(self, browser, cast, urls, page):
        assert browser.get(urls[page]).location.startswith("/sign-in")
        for person in (cast.stan, cast.sam, cast.kofi):
            browser.sign_in(person)
            assert browser.get(urls[page]).status_code == 403

    def test_wrong_method(self, browser, cast, urls):
        browser.sign_in(cast.rosa)
        assert browser.get(urls["nothing"]).status_code == 405
        assert browser.post(urls["nothing"]).status_code == 404


class TestTakeBackView:
    def test_it_works(self, browser, cast, urls, now):
        announce(cast.group, WORDS, actor=cast.rosa, now=now)
        browser.sign_in(cast.rosa)
        assert "Take it back" in browser.get(urls["written"]).text
        (announcement,) = queries.list_written(cast.group)
        response = browser.post(f"{urls['written']}/{announcement.public_id}/take-back")
        assert (response.status_code, response.location) == (303, urls["written"])
        page = visible_text(browser.get(urls["written"]).text)
        assert "Taken back. Nobody has read it." in page
        assert "Its words are erased." in page

    def test_too_late(self, browser, cast, urls, now):
        announce(cast.group, WORDS, actor=cast.rosa, now=now - UNDO)
        browser.sign_in(cast.rosa)
        (announcement,) = queries.list_written(cast.group)
        browser.post(f"{urls['written']}/{announcement.public_id}/take-back")
        page = visible_text(browser.get(urls["written"]).text)
        assert "It is too late" in page
        assert "Bring a cup." in page


class TestReadingPages:
    def test_a_member_reads_it_on_their_own_page_and_that_of_the_group(self, browser, cast, now):
        announce(cast.group, WORDS, actor=cast.rosa, now=now - UNDO)
        browser.sign_in(cast.sam)
        for path in ("/my", f"/groups/{cast.group.slug}"):
            assert "Bring a cup." in browser.get(path).text
        session_page = browser.get(f"/sessions/{cast.session.public_id}")
        assert "Bring a cup." not in session_page.text

    def test_nobody_else_does(self, browser, cast, now):
        announce(cast.group, WORDS, actor=cast.rosa, now=now - UNDO)
        assert "Bring a cup." not in browser.get(f"/groups/{cast.group.slug}").text
        browser.sign_in(cast.stan)
        for path in ("/my", f"/groups/{cast.group.slug}"):
            assert "Bring a cup." not in browser.get(path).text

    def test_one_about_a_session_stands_there(self, browser, cast, now):
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        announce(
            cast.group,
            WORDS,
            group_session=cast.session,
            actor=cast.rosa,
            now=now - UNDO - timedelta(minutes=1),
        )
        path = f"/sessions/{cast.session.public_id}"
        assert "Bring a cup." not in browser.get(path).text
        browser.sign_in(cast.sam)
        assert "Bring a cup." in browser.get(path).text
        assert "Bring a cup." not in browser.get(f"/groups/{cast.group.slug}").text
