"""Offers, details and the order of the line in the browser."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import RsvpStatus, WaitingListOffer
from supportgroups.rsvps.offer_links import offer_token
from supportgroups.rsvps.services import answers, waiting_list
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(cast: Cast) -> UserAccount:
    """Another member, who has the only place."""
    person = factories.make_user("Ben")
    factories.make_membership(cast.group, person)
    with transaction():
        cast.session.capacity = 1
    answers.respond(cast.session, actor=person, status=ACCEPTED, now=factories.LONG_AGO)
    return person


@pytest.fixture
def waiting(cast: Cast, ben: UserAccount, now: datetime) -> None:
    """Sam waits."""
    answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)


@pytest.fixture
def morning(cast: Cast) -> datetime:
    """Ten o'clock on the day of the session."""
    return cast.session.starts_at - 9 * HOUR


@pytest.fixture
def offer(cast: Cast, ben: UserAccount, waiting: None, morning: datetime) -> WaitingListOffer:
    """What Sam is offered that morning."""
    answers.respond(cast.session, actor=ben, status=DECLINED, now=morning)
    found = queries.find_standing(cast.session, cast.sam, now=morning).offer
    assert found is not None
    return found


def status_of(cast: Cast, person: UserAccount) -> RsvpStatus:
    db.session.rollback()
    rsvp = queries.find_rsvp(cast.session, person)
    assert rsvp is not None
    return rsvp.status


class TestSessionPage:
    def page(self, browser: Browser, cast: Cast, moment: datetime) -> str:
        with time_machine.travel(moment, tick=False):
            browser.sign_in(cast.sam)
            return visible_text(browser.get(f"/sessions/{cast.session.public_id}").text)

    def test_full(self, browser: Browser, cast: Cast, ben: UserAccount, now: datetime) -> None:
        answers.respond(cast.session, actor=cast.kofi, status=ACCEPTED, now=now)
        answers.respond(cast.session, actor=cast.rosa, status=ACCEPTED, now=now)
        page = self.page(browser, cast, now)
        assert "Full. 2 people are waiting." in page
        assert "Who has waited longest gets the next free place." in page
        assert "Join the waiting list" in page

    @pytest.mark.usefixtures("waiting")
    def test_waiting(self, browser: Browser, cast: Cast, now: datetime) -> None:
        page = self.page(browser, cast, now)
        assert "You are number 1. If a place opens we’ll write to you." in page
        assert "Leave the list" in page
        assert "Maybe" not in page

    @pytest.mark.usefixtures("waiting")
    def test_waiting_without_an_address(self, browser: Browser, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.sam.email = None
        assert "If a place opens, this page says so." in self.page(browser, cast, now)

    @pytest.mark.usefixtures("offer")
    def test_offered(self, browser: Browser, cast: Cast, morning: datetime) -> None:
        with transaction():
            cast.sam.time_zone = "Europe/Paris"
        page = self.page(browser, cast, morning)
        assert "A place is free for you" in page
        assert "Tuesday 1 December 2026, 15:00 (Paris time)" in page
        assert "Yes, I’m coming" in page
        assert "No, pass it on" in page

    @pytest.mark.usefixtures("offer")
    def test_my_page_says_so_first(self, browser: Browser, cast: Cast, morning: datetime) -> None:
        with time_machine.travel(morning, tick=False):
            browser.sign_in(cast.sam)
            page = visible_text(browser.get("/my").text)
        assert page.index("A place is free for you") < page.index("My sessions")
        assert "Tuesday 1 December 2026, 14:00 (London time)" in page

    @pytest.mark.usefixtures("offer")
    def test_passed(self, browser: Browser, cast: Cast, morning: datetime) -> None:
        waiting_list.pass_on_places(now=morning + 4 * HOUR)
        page = self.page(browser, cast, morning + 4 * HOUR)
        assert "The place went to somebody else" in page
        assert "I’m coming" in page

    @pytest.mark.usefixtures("ben")
    def test_a_place_kept_for_newcomers(self, browser: Browser, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.session.capacity = 2
            cast.series.newcomer_seats = 1
        page = self.page(browser, cast, now)
        assert "Join the waiting list" in page
        assert "One place is kept for somebody who has never been here." in page
        form = {"status": "accepted", "has_details": "1", "is_first_time": "y"}
        browser.post(f"/sessions/{cast.session.public_id}/rsvp", form)
        assert status_of(cast, cast.sam) is ACCEPTED


class TestAnswerOfferView:
    @pytest.fixture
    def url(self, offer: WaitingListOffer) -> str:
        """The link in the letter."""
        return f"/offers/{offer_token(offer.public_id)}"

    def test_looking_answers_nothing(
        self, browser: Browser, cast: Cast, url: str, morning: datetime
    ) -> None:
        with time_machine.travel(morning, tick=False):
            page = browser.get(url).text
        assert "14:00 (London time)" in visible_text(page)
        assert cast.group.name not in page
        assert status_of(cast, cast.sam) is WAITLISTED

    @pytest.mark.parametrize(
        ("answer", "status", "words"),
        [
            ("accepted", ACCEPTED, "You’re expected"),
            ("declined", DECLINED, "You passed the place on"),
        ],
    )
    def test_it_works_without_signing_in(
        self,
        browser: Browser,
        cast: Cast,
        url: str,
        morning: datetime,
        answer: str,
        status: RsvpStatus,
        words: str,
    ) -> None:
        with time_machine.travel(morning, tick=False):
            response = browser.post(url, {"status": answer})
            assert response.status_code == 303
            assert words in browser.get(url).text
        assert status_of(cast, cast.sam) is status

    def test_too_late(self, browser: Browser, cast: Cast, url: str, morning: datetime) -> None:
        with time_machine.travel(morning + 4 * HOUR, tick=False):
            browser.post(url, {"status": "accepted"})
            assert "The place went to somebody else" in browser.get(url).text
        assert status_of(cast, cast.sam) is not ACCEPTED

    @pytest.mark.parametrize("data", [{}, {"status": ""}, {"status": "tentative"}])
    def test_a_bad_answer_is_explained(
        self, browser: Browser, url: str, morning: datetime, data: dict[str, str]
    ) -> None:
        with time_machine.travel(morning, tick=False):
            response = browser.post(url, data)
        assert response.status_code == 400
        assert "error-summary" in response.text

    @pytest.mark.parametrize("token", ["nothing", "a.b.c", "IjAxIg.aaaa.bbbb"])
    def test_a_link_that_was_not_made_here_is_not_found(
        self, browser: Browser, cast: Cast, token: str
    ) -> None:
        assert browser.get(f"/offers/{token}").status_code == 404

    def test_other_methods_are_refused(self, browser: Browser, url: str) -> None:
        assert browser.client.delete(url).status_code == 405


class TestDetails:
    @pytest.fixture
    def url(self, cast: Cast) -> str:
        """Where Sam, who comes, may say more."""
        with transaction():
            cast.series.max_plus_count = 2
            cast.session.capacity = 2
        answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, now=factories.LONG_AGO)
        return f"/sessions/{cast.session.public_id}/rsvp"

    def test_it_works(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.sam)
        details = {"has_details": "1", "plus_count": "1", "is_first_time": "y", "note": "Hello"}
        assert browser.post(url, {"status": "accepted", **details}).status_code == 303
        rsvp = queries.find_rsvp(cast.session, cast.sam)
        assert rsvp is not None
        assert (rsvp.plus_count, rsvp.is_first_time, rsvp.note) == (1, True, "Hello")
        assert "Hello" in browser.get(url).text

    def test_a_bare_button_leaves_them(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.sam)
        browser.post(url, {"status": "accepted", "has_details": "1", "note": "Hello"})
        browser.post(url, {"status": "tentative"})
        rsvp = queries.find_rsvp(cast.session, cast.sam)
        assert rsvp is not None
        assert rsvp.note == "Hello"

    @pytest.mark.parametrize(
        ("details", "words"),
        [
            ({"plus_count": "2"}, "There is not room for so many"),
            ({"plus_count": "3"}, "Choose one of the answers"),
            ({"note": "x" * 301}, "Use 300 characters or fewer"),
        ],
    )
    def test_it_explains_what_does_not_fit(
        self, browser: Browser, cast: Cast, url: str, details: dict[str, str], words: str
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(url, {"status": "accepted", "has_details": "1", **details})
        assert response.status_code == 400
        assert words in visible_text(response.text)
        assert queries.find_seats(cast.session, now=factories.LONG_AGO).taken == 1

    def test_those_who_lead_see_notes_and_numbers_but_not_who_is_new(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.sign_in(cast.sam)
        details = {"has_details": "1", "plus_count": "1", "is_first_time": "y", "note": "Hello"}
        browser.post(url, {"status": "accepted", **details})
        browser.sign_in(cast.kofi)
        page = visible_text(browser.get(f"/sessions/{cast.session.public_id}/answers").text)
        assert "2 coming of 2 places" in page
        assert "One person is here for the first time." in page
        row = page[page.index("Sam") :]
        assert "with one more person" in row
        assert "Hello" in row
        assert "first time" not in row


class TestFormKeys:
    def test_every_page_gives_each_form_another_key(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.sam)
        pages = [browser.get(f"/sessions/{cast.session.public_id}").text for _look in range(2)]
        keys = [re.findall(r'name="form_key" value="([^"]+)"', page) for page in pages]
        assert all(keys)
        assert not set(keys[0]) & set(keys[1])

    def test_a_form_that_arrives_again_changes_nothing(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.sam)
        url = f"/sessions/{cast.session.public_id}/rsvp"
        browser.post(url, {"status": "accepted", "form_key": "one tab"})
        browser.post(url, {"status": "declined", "form_key": "another tab"})
        answer = browser.post(url, {"status": "accepted", "form_key": "one tab"})
        assert answer.status_code == 303
        assert status_of(cast, cast.sam) is DECLINED


class TestMoveUpView:
    @pytest.fixture
    def url(self, cast: Cast, waiting: None, now: datetime) -> str:
        """Sam waits, then Kofi."""
        answers.respond(cast.session, actor=cast.kofi, status=ACCEPTED, now=now)
        return f"/sessions/{cast.session.public_id}/waiting-list"

    def test_it_works(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.rosa)
        page = browser.get(f"/sessions/{cast.session.public_id}/answers").text
        (turn,) = re.findall(r'name="turn" value="(\d+)"', page)
        response = browser.post(url, {"turn": turn}, follow_redirects=True)
        assert "1. Kofi" in visible_text(response.text)
        assert [rsvp.user_id for rsvp in queries.list_waiting(cast.session)] == [
            cast.kofi.id,
            cast.sam.id,
        ]

    def test_it_says_that_somebody_has_left(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.rosa)
        response = browser.post(url, {"turn": "99"}, follow_redirects=True)
        assert "does not wait any more" in response.text

    def test_a_form_without_a_ticket_is_refused(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.sign_in(cast.rosa)
        assert browser.post(url, {}).status_code == 400

    @pytest.mark.parametrize("who", ["kofi", "sam", "stan"])
    def test_nobody_else_may(self, browser: Browser, cast: Cast, url: str, who: str) -> None:
        browser.sign_in(getattr(cast, who))
        assert browser.post(url, {"turn": "2"}).status_code == 403

    def test_it_only_takes_forms(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.rosa)
        assert browser.get(url).status_code == 405
