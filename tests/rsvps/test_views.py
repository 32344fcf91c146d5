"""Answering in the browser, and what those who lead see."""

from datetime import datetime, timedelta

import pytest
import time_machine

from supportgroups.db import transaction
from supportgroups.groups.models import Visibility
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import answers
from supportgroups.sessions.services import sessions as session_services
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast

ROOM = "https://meet.example.org/secret-room"


@pytest.fixture
def url(cast: Cast) -> str:
    """Where the cast's session is answered."""
    return f"/sessions/{cast.session.public_id}/rsvp"


def standing(cast: Cast) -> RsvpStatus | None:
    """Return where Sam stands."""
    rsvp = queries.find_rsvp(cast.session, cast.sam)
    return rsvp.status if rsvp is not None else None


class TestRespondView:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            ("accepted", "You’re expected"),
            ("tentative", "You said maybe"),
            ("declined", "You said that you can’t come"),
        ],
    )
    def test_it_works(
        self, browser: Browser, cast: Cast, url: str, status: str, words: str
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(url, {"status": status})
        assert response.status_code == 303
        assert standing(cast) == status
        assert words in browser.get(response.location).text

    def test_a_full_session_shows_the_position(
        self, browser: Browser, cast: Cast, url: str, now: datetime
    ) -> None:
        with transaction():
            cast.session.capacity = 1
        answers.respond(cast.session, actor=cast.kofi, status=RsvpStatus.ACCEPTED, now=now)
        browser.sign_in(cast.sam)
        browser.post(url, {"status": "accepted"})
        assert standing(cast) is RsvpStatus.WAITLISTED
        page = visible_text(browser.get(url).text)
        assert "You are on the waiting list" in page
        assert "You are number 1." in page

    @pytest.mark.parametrize(
        "data", [{}, {"status": ""}, {"status": "perhaps"}, {"status": "waitlisted"}]
    )
    def test_it_explains_a_bad_answer(
        self, browser: Browser, cast: Cast, url: str, data: dict[str, str]
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(url, data)
        assert response.status_code == 400
        assert "Choose one of the answers" in response.text
        assert standing(cast) is None

    def test_it_sends_guests_to_sign_in(self, browser: Browser, cast: Cast, url: str) -> None:
        response = browser.post(url, {"status": "accepted"})
        assert response.status_code == 303
        assert response.location.startswith("/sign-in")

    def test_it_is_for_members(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.stan)
        assert browser.post(url, {"status": "accepted"}).status_code == 403

    def test_it_hides_a_private_group_from_strangers(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        browser.sign_in(cast.stan)
        assert browser.post(url, {"status": "accepted"}).status_code == 404
        browser.sign_out()
        assert browser.post(url, {"status": "accepted"}).status_code == 404

    def test_it_needs_a_token(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.sam)
        assert browser.client.post(url, data={"status": "accepted"}).status_code == 400
        assert standing(cast) is None

    def test_it_says_that_the_session_has_begun(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        with time_machine.travel(cast.session.starts_at, tick=False):
            browser.sign_in(cast.sam)
            response = browser.post(url, {"status": "accepted"}, follow_redirects=True)
        assert "already begun" in response.text
        assert standing(cast) is None

    def test_it_says_that_the_session_is_cancelled(
        self, browser: Browser, cast: Cast, url: str, now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        browser.sign_in(cast.sam)
        response = browser.post(url, {"status": "accepted"}, follow_redirects=True)
        assert "is cancelled" in response.text
        assert standing(cast) is None

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser: Browser, url: str, method: str) -> None:
        assert getattr(browser.client, method)(url).status_code == 405

    def test_an_unknown_session_is_not_found(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.sam)
        unknown = "/sessions/00000000-0000-7000-8000-000000000000/rsvp"
        assert browser.post(unknown, {"status": "accepted"}).status_code == 404


class TestAnswersView:
    @pytest.fixture
    def url(self, cast: Cast, now: datetime) -> str:
        """The page of answers, with one on it."""
        answers.respond(cast.session, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        return f"/sessions/{cast.session.public_id}/answers"

    @pytest.mark.parametrize("who", ["rosa", "kofi"])
    def test_those_who_lead_see_names(
        self, browser: Browser, cast: Cast, url: str, who: str
    ) -> None:
        browser.sign_in(getattr(cast, who))
        page = visible_text(browser.get(url).text)
        assert "Sam" in page
        assert "1 coming of 12 places" in page

    @pytest.mark.parametrize(("who", "status"), [("sam", 403), ("stan", 403), ("ola", 403)])
    def test_nobody_else_does(
        self, browser: Browser, cast: Cast, url: str, who: str, status: int
    ) -> None:
        browser.sign_in(getattr(cast, who))
        assert browser.get(url).status_code == status

    def test_guests_sign_in_first(self, browser: Browser, url: str) -> None:
        assert browser.get(url).location.startswith("/sign-in")

    def test_it_says_that_nobody_has_answered(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.rosa)
        page = browser.get(f"/sessions/{cast.session.public_id}/answers")
        assert "Nobody has answered yet" in page.text

    def test_it_only_shows(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.rosa)
        assert browser.post(url).status_code == 405


class TestEnterView:
    @pytest.fixture(autouse=True)
    def _room(self, cast: Cast) -> None:
        with transaction():
            cast.session.online_link = ROOM

    @pytest.fixture
    def url(self, cast: Cast) -> str:
        """The door."""
        return f"/sessions/{cast.session.public_id}/enter"

    @pytest.mark.parametrize(
        ("minutes_from_start", "is_open"),
        [(-16, False), (-15, True), (0, True), (89, True), (90, False)],
    )
    def test_it_opens_a_quarter_of_an_hour_early_and_closes_at_the_end(
        self,
        browser: Browser,
        cast: Cast,
        url: str,
        now: datetime,
        minutes_from_start: int,
        is_open: bool,
    ) -> None:
        answers.respond(cast.session, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        then = cast.session.starts_at + timedelta(minutes=minutes_from_start)
        with time_machine.travel(then, tick=False):
            browser.sign_in(cast.sam)
            response = browser.get(url)
        assert (response.location == ROOM) is is_open
        assert ROOM not in response.text or is_open

    @pytest.mark.parametrize("status", [None, "tentative", "declined"])
    def test_it_is_for_expected_people(
        self, browser: Browser, cast: Cast, url: str, now: datetime, status: str | None
    ) -> None:
        if status:
            answers.respond(cast.session, actor=cast.sam, status=RsvpStatus(status), now=now)
        with time_machine.travel(cast.session.starts_at, tick=False):
            browser.sign_in(cast.sam)
            response = browser.get(url)
        assert response.status_code == 200
        assert ROOM not in response.text
        assert "for people who are expected" in response.text

    @pytest.mark.parametrize("who", ["rosa", "kofi"])
    def test_those_who_lead_always_get_in(
        self, browser: Browser, cast: Cast, url: str, who: str
    ) -> None:
        with time_machine.travel(cast.session.starts_at, tick=False):
            browser.sign_in(getattr(cast, who))
            assert browser.get(url).location == ROOM

    def test_a_cancelled_session_has_no_room(
        self, browser: Browser, cast: Cast, url: str, now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        with time_machine.travel(cast.session.starts_at, tick=False):
            browser.sign_in(cast.rosa)
            assert ROOM not in browser.get(url).text

    def test_a_stranger_is_told_what_is_needed(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        with time_machine.travel(cast.session.starts_at, tick=False):
            browser.sign_in(cast.stan)
            page = browser.get(url)
        assert "for people who are expected" in page.text
        assert ROOM not in page.text


class TestWhatPagesTell:
    def test_the_online_link_is_on_no_page_of_a_member(
        self, browser: Browser, cast: Cast, now: datetime
    ) -> None:
        with transaction():
            cast.session.online_link = ROOM
        answers.respond(cast.session, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        browser.sign_in(cast.sam)
        session_page = f"/sessions/{cast.session.public_id}"
        for page in (
            "/",
            "/my",
            f"/groups/{cast.group.slug}",
            session_page,
            f"{session_page}/rsvp",
        ):
            assert "secret-room" not in browser.get(page).text, page

    def test_no_member_sees_another(self, browser: Browser, cast: Cast, now: datetime) -> None:
        other = factories.make_user("Marker-of-another-member")
        factories.make_membership(cast.group, other)
        answers.respond(cast.session, actor=other, status=RsvpStatus.ACCEPTED, now=now)
        browser.sign_in(cast.sam)
        session_page = f"/sessions/{cast.session.public_id}"
        for page in (
            "/",
            "/my",
            f"/groups/{cast.group.slug}",
            session_page,
            f"{session_page}/rsvp",
        ):
            assert "Marker-of-another-member" not in browser.get(page).text, page
