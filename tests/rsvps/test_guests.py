"""Coming without an account: one name is enough, and nobody learns anything by it."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from supportgroups.accounts.models import ManageLink, SignIn, UserAccount
from supportgroups.accounts.services.tries import GUESTS_PER_CALLER
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied, TooManyTries
from supportgroups.groups.models import Admission, Membership, Visibility
from supportgroups.groups.services.members import AgreementChanged, remove_member
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.services import guests
from supportgroups.rsvps.services.answers import (
    SessionAlreadyStarted,
    SessionIsCancelled,
    respond,
)
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

KEY = "a key that was made for this page alone"
MAIL = "somebody@example.org"


def count(model: type) -> int:
    """Return how many rows a table has."""
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def come(cast: Cast, now: datetime, *, key: str = KEY, **details: object) -> guests.Arrival:
    """Let somebody come who is called Mina."""
    given = {
        "display_name": "Mina",
        "email": None,
        "agreement_version": 1,
        "is_first_time": True,
        "language": None,
    }
    return guests.come_as_guest(
        cast.session,
        guests.GuestDetails(**(given | details)),
        form_key=key,
        device_name="Firefox on Android",
        caller="192.0.2.1",
        now=now,
    )


class TestComingAsAGuest:
    def test_it_makes_a_person_a_member_and_an_answer(self, cast: Cast, now: datetime) -> None:
        guest = come(cast, now).device.sign_in.user
        assert guest.is_light
        assert (guest.display_name, guest.email, guest.password_hash) == ("Mina", None, None)
        membership = db.session.get_one(Membership, (cast.group.id, guest.id))
        assert (membership.display_name, membership.agreement_version) == ("Mina", 1)
        rsvp = queries.find_rsvp(cast.session, guest)
        assert rsvp is not None
        assert rsvp.status is RsvpStatus.ACCEPTED
        assert rsvp.is_first_time

    def test_the_secret_is_kept_as_a_hash_alone(self, cast: Cast, now: datetime) -> None:
        arrival = come(cast, now)
        (link,) = db.session.execute(select(ManageLink)).scalars()
        assert link.secret_hash is not None
        assert arrival.link_secret not in (link.secret_hash, "")
        assert KEY not in arrival.link_secret

    def test_a_form_that_is_sent_again_finds_the_same_person(
        self, cast: Cast, now: datetime
    ) -> None:
        first, again = come(cast, now), come(cast, now)
        assert again.link_secret == first.link_secret
        assert again.device.sign_in.user_id == first.device.sign_in.user_id
        assert count(Rsvp) == 1
        assert count(ManageLink) == 1

    def test_sent_again_later_it_changes_no_answer(self, cast: Cast, now: datetime) -> None:
        guest = come(cast, now).device.sign_in.user
        respond(cast.session, actor=guest, status=RsvpStatus.DECLINED, now=now)
        come(cast, now)
        rsvp = queries.find_rsvp(cast.session, guest)
        assert rsvp is not None
        assert rsvp.status is RsvpStatus.DECLINED

    def test_a_key_is_good_for_one_session(self, cast: Cast, now: datetime) -> None:
        first = come(cast, now)
        cast.session = factories.make_session(
            factories.make_series(cast.group, title="Another evening")
        )
        assert come(cast, now).link_secret != first.link_secret

    def test_a_full_session_has_a_waiting_list(self, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.session.capacity = 1
        come(cast, now)
        second = come(cast, now, key=KEY * 2).device.sign_in.user
        rsvp = queries.find_rsvp(cast.session, second)
        assert rsvp is not None
        assert rsvp.status is RsvpStatus.WAITLISTED

    def test_an_address_of_somebody_else_changes_nothing(self, cast: Cast, now: datetime) -> None:
        guest = come(cast, now, email=cast.sam.email).device.sign_in.user
        assert (guest.email, guest.contact_email) == (None, cast.sam.email)
        assert guest.id != cast.sam.id

    @pytest.mark.parametrize("admission", [Admission.REQUEST, Admission.INVITATION])
    def test_only_an_open_group_takes_guests(
        self, cast: Cast, now: datetime, admission: Admission
    ) -> None:
        with transaction():
            cast.group.admission = admission
        with pytest.raises(PermissionDenied):
            come(cast, now)

    def test_a_private_group_takes_no_guests(self, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        with pytest.raises(PermissionDenied):
            come(cast, now)

    def test_what_stands_in_the_way_makes_nobody(self, cast: Cast, now: datetime) -> None:
        people = count(UserAccount)
        with pytest.raises(AgreementChanged):
            come(cast, now, agreement_version=7)
        with pytest.raises(SessionAlreadyStarted):
            come(cast, cast.session.starts_at)
        with transaction():
            cast.series.admission = WayIn.DROP_IN
        with pytest.raises(guests.NoBookingNeeded):
            come(cast, now)
        with transaction():
            cast.series.admission = WayIn.RESERVE
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        with pytest.raises(SessionIsCancelled):
            come(cast, now)
        assert count(UserAccount) == people
        assert count(SignIn) == 0

    def test_one_address_does_not_fill_a_session(self, cast: Cast, now: datetime) -> None:
        for number in range(GUESTS_PER_CALLER):
            come(cast, now, key=f"{KEY} {number}")
        with pytest.raises(TooManyTries):
            come(cast, now, key=f"{KEY} more")
        # A form that is sent again is nobody new.
        come(cast, now, key=f"{KEY} 0")
        assert count(Rsvp) == GUESTS_PER_CALLER


class TestTheLetter:
    def test_it_brings_a_link_that_works(
        self, cast: Cast, now: datetime, outbox: OutboxRunner, browser: Browser
    ) -> None:
        come(cast, now, email=MAIL)
        outbox.run()
        (letter,) = outbox.letters
        assert letter["To"] == MAIL
        words = letter.get_body(("plain",)).get_content()
        path = words.split("http://localhost")[1].split()[0]
        assert browser.post(path).location == "/my"
        assert "Hello" in browser.get("/my").text

    def test_without_an_address_there_is_none(
        self, cast: Cast, now: datetime, outbox: OutboxRunner
    ) -> None:
        come(cast, now)
        assert count(OutboxJob) == 0

    def test_nobody_s_mailbox_is_flooded(
        self, cast: Cast, now: datetime, outbox: OutboxRunner
    ) -> None:
        for number in range(7):
            come(cast, now, key=f"{KEY} {number}", email=MAIL)
        outbox.run()
        assert len(outbox.letters) == 5

    def test_news_of_the_session_goes_there(
        self, cast: Cast, now: datetime, outbox: OutboxRunner
    ) -> None:
        come(cast, now, email=MAIL)
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        assert [letter["To"] for letter in outbox.letters] == [MAIL, MAIL]

    def test_who_waited_hears_of_a_place(
        self, cast: Cast, now: datetime, outbox: OutboxRunner
    ) -> None:
        with transaction():
            cast.session.capacity = 1
        first = come(cast, now).device.sign_in.user
        come(cast, now, key=KEY * 2, email=MAIL)
        respond(cast.session, actor=first, status=RsvpStatus.DECLINED, now=now)
        outbox.run()
        subjects = [letter["Subject"] for letter in outbox.letters]
        assert "A place is free for you" in subjects


class TestComeView:
    @pytest.fixture
    def url(self, cast: Cast) -> str:
        """Where somebody comes for the first time."""
        return f"/sessions/{cast.session.public_id}/come"

    FORM = {"display_name": "Mina", "agreement_version": "1", "key": KEY}  # noqa: RUF012

    def test_it_works(self, browser: Browser, cast: Cast, url: str) -> None:
        session_page = browser.get(f"/sessions/{cast.session.public_id}")
        assert url in session_page.text
        assert "Set-Cookie" not in session_page.headers
        page = browser.get(url).text
        # What happens and what one agrees to is read before the button.
        order = ["Your first visit", "Group agreement", "By pressing the button", "I’m coming"]
        assert sorted(order, key=page.index) == order
        assert page.count("required") == 1
        response = browser.post(url, self.FORM)
        assert response.location == f"/sessions/{cast.session.public_id}/rsvp"
        page = browser.get(response.location).text
        assert "You’re expected" in page
        assert "/my/link/" in page

    def test_the_link_comes_back_on_another_device(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.post(url, self.FORM)
        page = browser.get(f"/sessions/{cast.session.public_id}/rsvp").text
        path = page.split('value="http://localhost')[1].split('"')[0]
        browser.sign_out()
        assert browser.get(path).text.count("Mina") == 0
        assert browser.post(path).location == "/my"
        assert "Mina" in browser.get("/my").text

    def test_a_lost_answer_is_given_again(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.post(url, self.FORM)
        people = count(UserAccount)
        browser.sign_out()
        response = browser.post(url, self.FORM, follow_redirects=True)
        assert "You’re expected" in response.text
        assert count(UserAccount) == people

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"display_name": " "}, "Enter any name you like"),
            ({"display_name": "x" * 61}, "Use 60 characters or fewer"),
            ({"email": "no address"}, "Enter an e-mail address"),
            ({"key": "short"}, "Please press the button once more"),
            ({"agreement_version": "0"}, "The agreement has just changed"),
        ],
    )
    def test_it_explains_what_is_wrong_and_loses_nothing(
        self, browser: Browser, url: str, change: dict[str, str], words: str
    ) -> None:
        response = browser.post(url, {**self.FORM, "email": MAIL, **change})
        assert response.status_code == 400
        assert words in response.text
        assert change.get("email", MAIL) in response.text
        assert count(Rsvp) == 0

    def test_an_address_that_is_taken_looks_like_any_other(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        seen = []
        for key, address in ((KEY, cast.sam.email), (KEY * 2, "nobody-has-this@example.org")):
            response = browser.post(url, {**self.FORM, "key": key, "email": address})
            page = visible_text(browser.get(response.location).text)
            seen.append((response.status_code, page))
            browser.sign_out()
        assert seen[0] == seen[1]

    def test_somebody_signed_in_joins_and_comes(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.sign_in(cast.stan)
        page = browser.get(url).text
        assert 'value="Stan"' in page
        assert 'name="email"' not in page
        people = count(UserAccount)
        response = browser.post(url, self.FORM, follow_redirects=True)
        assert "You’re expected" in response.text
        assert "/my/link/" not in response.text
        assert count(UserAccount) == people
        rsvp = queries.find_rsvp(cast.session, cast.stan)
        assert rsvp is not None

    def test_a_member_answers_on_the_session_s_page(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.sign_in(cast.sam)
        assert browser.get(url).location == f"/sessions/{cast.session.public_id}"

    def test_who_was_removed_does_not_come(
        self, browser: Browser, cast: Cast, url: str, now: datetime
    ) -> None:
        membership = factories.find_membership(cast.group, cast.sam)
        remove_member(membership, actor=cast.rosa, now=now)
        browser.sign_in(cast.sam)
        assert browser.get(url).status_code == 403
        assert browser.post(url, self.FORM).status_code == 403

    def test_a_group_that_is_asked_first_sends_to_sign_in(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        with transaction():
            cast.group.admission = Admission.REQUEST
        assert browser.get(url).location.startswith("/sign-in")

    def test_a_session_that_takes_no_answers_sends_to_its_page(
        self, browser: Browser, cast: Cast, url: str, now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        for response in (browser.get(url), browser.post(url, self.FORM)):
            assert response.location == f"/sessions/{cast.session.public_id}"

    def test_too_many_are_told_so(self, browser: Browser, url: str) -> None:
        for number in range(GUESTS_PER_CALLER):
            browser.post(url, {**self.FORM, "key": f"{KEY} {number}"})
            browser.sign_out()
        assert browser.post(url, {**self.FORM, "key": f"{KEY} more"}).status_code == 429

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser: Browser, url: str, method: str) -> None:
        assert getattr(browser.client, method)(url).status_code == 405
