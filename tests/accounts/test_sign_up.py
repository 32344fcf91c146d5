from datetime import timedelta

import pytest
from sqlalchemy import func, select

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import SignIn, SignInLink, SignUp, UserAccount
from supportgroups.accounts.services import sign_ups as services
from supportgroups.accounts.services.sign_ins import LinkUnusable
from supportgroups.db import db
from supportgroups.errors import TooManyTries
from supportgroups.outbox.models import OutboxJob
from tests.accounts.conftest import FIREFOX, GOOD_PASSWORD
from tests.browser_client import visible_text
from tests.watching import at_once

FORM = {"display_name": "Robin", "email": "robin@example.org", "password": ""}


def find_robin():
    return queries.find_user_by_email("robin@example.org")


class TestSignUpView:
    def test_it_works(self, browser, outbox, next_link):
        assert browser.get("/sign-up").status_code == 200
        response = browser.post("/sign-up", FORM)
        assert (response.status_code, response.location) == (303, "/check-mail")
        assert "Check your mail" in visible_text(browser.get("/check-mail").text)
        assert find_robin() is None, "nobody has an account before the link was used"
        link = next_link()
        assert link.startswith("/sign-up/")
        assert outbox.letters[-1]["To"] == "robin@example.org"
        assert "One more step" in browser.get(link).text
        response = browser.post(link, headers={"User-Agent": FIREFOX})
        assert (response.status_code, response.location) == (303, "/my")
        robin = find_robin()
        assert (robin.display_name, robin.time_zone) == ("Robin", "Europe/London")
        assert robin.password_hash is None
        assert robin.is_email_verified
        assert not robin.is_site_admin
        (device,) = queries.list_sign_ins(robin, now=robin.created_at)
        assert device.device_name == "Firefox on Linux"
        assert not device.is_kept
        page = browser.get("/account").text
        assert "Welcome. Your account is ready." in page
        assert "robin@example.org" in page

    def test_a_password_is_not_needed_and_the_page_says_so(self, browser):
        page = visible_text(browser.get("/sign-up").text)
        assert "You need no password." in page
        assert "Password (optional)" in page

    def test_a_password_typed_here_is_kept(self, browser, other_browser, next_link):
        browser.post("/sign-up", FORM | {"password": GOOD_PASSWORD})
        browser.post(next_link())
        assert "another browser" not in browser.get("/account").text
        form = {"email": "robin@example.org", "password": GOOD_PASSWORD}
        assert other_browser.post("/sign-in", form).location == "/my"

    def test_a_password_typed_elsewhere_is_dropped_and_the_page_says_so(
        self, browser, other_browser, next_link
    ):
        browser.post("/sign-up", FORM | {"password": GOOD_PASSWORD})
        other_browser.post(next_link())
        page = visible_text(other_browser.get("/account").text)
        assert "in another browser, so we did not keep the password" in page
        assert "None: we mail you a link" in page
        assert find_robin().password_hash is None

    def test_who_typed_no_password_reads_nothing_about_one(self, browser, other_browser, next_link):
        browser.post("/sign-up", FORM)
        other_browser.post(next_link())
        assert "another browser" not in other_browser.get("/account").text

    def test_people_go_on_to_where_they_were_going(self, browser, other_browser, next_link):
        page = browser.get("/sign-up?next=/account/devices").text
        assert 'value="/account/devices"' in page
        browser.post("/sign-up", FORM | {"next": "/account/devices"})
        assert other_browser.post(next_link()).location == "/account/devices"

    def test_nobody_is_sent_elsewhere(self, browser, next_link):
        browser.post("/sign-up", FORM | {"next": "//evil.example"})
        assert browser.post(next_link()).location == "/my"

    def test_who_is_in_already_goes_on(self, browser, cast):
        browser.sign_in(cast.sam)
        assert browser.get("/sign-up").location == "/my"

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"display_name": ""}, "Enter any name you like"),
            ({"display_name": " \t\x00 "}, "Enter any name you like"),
            ({"display_name": "x" * 61}, "Use 60 characters or fewer"),
            ({"email": ""}, "Enter your e-mail address"),
            ({"email": "robin"}, "Enter an e-mail address, such as name@example.org"),
            ({"email": "robin@" + "x" * 250 + ".org"}, "Use 254 characters or fewer"),
            ({"password": "short"}, "Use at least 10 characters"),
            ({"password": "x1" * 65}, "Use 128 characters or fewer"),
            ({"password": "password12"}, "tried first by people who guess"),
            ({"password": "robin12345"}, "close to your name or address"),
        ],
    )
    def test_bad_input_is_explained_and_kept(self, browser, data, message):
        response = browser.post("/sign-up", FORM | data)
        assert response.status_code == 200
        assert "Please look at this again" in response.text
        assert message in visible_text(response.text)
        assert "<title>Error: Sign up</title>" in response.text
        if "email" not in data:
            assert 'value="robin@example.org"' in response.text
        if data.get("password"):
            assert data["password"] not in response.text, "a password is never sent back"
        assert db.session.execute(select(func.count(SignUp.id))).scalar_one() == 0

    def test_what_is_typed_is_tidied(self, browser, next_link):
        browser.post(
            "/sign-up", {"display_name": "  Robin\u202e  Red ", "email": " Robin@EXAMPLE.org "}
        )
        browser.post(next_link())
        assert find_robin().display_name == "Robin Red"

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    def test_wrong_method(self, browser, method):
        assert browser.send(method, "/sign-up").status_code in {400, 405}


class TestConfirmSignUpView:
    @pytest.fixture
    def link(self, browser, next_link):
        browser.post("/sign-up", FORM)
        return next_link()

    def test_opening_the_link_does_nothing(self, browser, link):
        for _ in range(3):
            assert browser.get(link).status_code == 200
        assert find_robin() is None
        assert browser.post(link).status_code == 303

    def test_it_works_once(self, browser, other_browser, link):
        browser.post(link)
        for response in (other_browser.get(link), other_browser.post(link)):
            assert response.status_code == 410
            assert "This link no longer works" in response.text
            assert "If you have used it, your account is ready: sign in" in response.text
        assert "You are signed in already" in browser.get(link).text
        assert db.session.execute(select(func.count(UserAccount.id))).scalar_one() == 1

    def test_it_works_for_an_hour(self, app, browser, link, now):
        almost = now + timedelta(minutes=59, seconds=59)
        secret = link.rpartition("/")[2]
        assert queries.find_sign_up(secret, now=almost) is not None
        assert queries.find_sign_up(secret, now=now + timedelta(hours=1)) is None
        with pytest.raises(LinkUnusable):
            services.confirm_sign_up(
                secret,
                browser_secret=None,
                device_name="",
                replacing=None,
                now=now + timedelta(hours=1),
            )
        assert find_robin() is None

    @pytest.mark.parametrize("token", ["nonsense", "x" * 2000, "%00", "..%2f"])
    def test_nonsense_is_a_link_that_does_not_work(self, browser, token):
        assert browser.get(f"/sign-up/{token}").status_code in {404, 410}
        assert browser.post(f"/sign-up/{token}").status_code in {404, 410}

    def test_the_second_of_two_letters_says_that_the_account_is_ready(
        self, browser, next_link, link
    ):
        browser.post("/sign-up", FORM | {"display_name": "Robin again"})
        second = next_link()
        assert second != link
        assert browser.post(link).status_code == 303
        browser.sign_out()
        response = browser.post(second)
        assert response.status_code == 410
        assert "sign in" in response.text
        assert find_robin().display_name == "Robin"

    def test_both_letters_work_until_one_was_used(self, browser, next_link, link):
        browser.post("/sign-up", FORM | {"display_name": "Robin again"})
        second = next_link()
        assert browser.get(link).status_code == browser.get(second).status_code == 200
        browser.post(second)
        assert find_robin().display_name == "Robin again"

    def test_another_account_on_this_browser_is_signed_out(self, browser, cast, link):
        browser.sign_in(cast.sam)
        browser.post(link)
        assert queries.list_sign_ins(cast.sam, now=find_robin().created_at) == []
        assert "robin@example.org" in browser.get("/account").text

    def test_without_a_token_of_ours_nothing_happens(self, browser, link):
        assert browser.send("POST", link).status_code == 400
        assert find_robin() is None

    def test_wrong_method(self, browser, link):
        assert browser.send("PUT", link).status_code in {400, 405}


class TestSomebodySignsUpWithTheAddressOfAnother:
    """The attacker chooses a password, and waits for the owner to use the link."""

    ATTACK = "the attacker knows it"

    @pytest.fixture
    def attacker(self, other_browser):
        form = {"display_name": "Mallory", "email": "robin@example.org", "password": self.ATTACK}
        other_browser.post("/sign-up", form)
        return other_browser

    def test_the_password_of_the_attacker_never_works(self, attacker, browser, next_link):
        browser.post(next_link())
        form = {"email": "robin@example.org", "password": self.ATTACK}
        assert "is not right" in attacker.post("/sign-in", form).text
        assert attacker.get("/account").status_code == 303

    def test_not_even_when_the_owner_signs_up_too(self, attacker, browser, next_link):
        stolen = next_link()
        browser.post("/sign-up", FORM | {"password": GOOD_PASSWORD})
        own = next_link()
        # The owner opens the wrong one of the two letters.
        browser.post(stolen)
        assert find_robin().password_hash is None
        assert attacker.post(own).status_code == 410
        for known in (self.ATTACK, GOOD_PASSWORD):
            form = {"email": "robin@example.org", "password": known}
            assert "is not right" in attacker.post("/sign-in", form).text

    def test_a_copied_marker_of_another_browser_is_of_no_use(self, app, details, now, outbox):
        services.request_sign_up(details, browser_secret="theirs", caller="", now=now)
        number = db.session.execute(select(SignUp.id)).scalar_one()
        secret = services.issue_sign_up_link(number, now=now).secret
        newcomer = services.confirm_sign_up(
            secret, browser_secret="mine", device_name="", replacing=None, now=now
        )
        assert newcomer.is_password_dropped
        assert newcomer.device.sign_in.user.password_hash is None


class TestRequestSignUp:
    def test_it_keeps_no_secret_and_no_password(self, app, details, now):
        services.request_sign_up(details, browser_secret="b", caller="", now=now)
        row = db.session.execute(select(SignUp)).scalar_one()
        assert row.secret_hash is None
        assert row.password_hash.startswith("$argon2id$")
        assert row.expires_at == now + timedelta(hours=1)
        job = db.session.execute(select(OutboxJob)).scalar_one()
        assert (job.kind, job.payload) == ("accounts.confirm_sign_up", {"sign_up_id": row.id})

    def test_it_refuses_a_weak_password(self, app, details, now):
        weak = services.SignUpDetails(**{**vars(details), "password": "password12"})
        with pytest.raises(passwords.WeakPassword):
            services.request_sign_up(weak, browser_secret="b", caller="", now=now)
        assert db.session.execute(select(SignUp)).first() is None

    def test_five_an_hour_from_one_address(self, app, details, now):
        def ask(number, caller="192.0.2.7", later=timedelta(0)):
            other = {**vars(details), "email": f"robin{number}@example.org", "password": None}
            services.request_sign_up(
                services.SignUpDetails(**other),
                browser_secret="b",
                caller=caller,
                now=now + later,
            )

        for number in range(5):
            ask(number)
        with pytest.raises(TooManyTries):
            ask(5)
        ask(6, caller="192.0.2.8")
        ask(7, later=timedelta(hours=1))

    def test_the_page_about_too_many_is_calm(self, browser):
        for number in range(5):
            browser.post("/sign-up", FORM | {"email": f"robin{number}@example.org"})
        response = browser.post("/sign-up", FORM)
        assert response.status_code == 429
        assert "take a short break" in response.text

    def test_five_letters_an_hour_to_one_address(self, app, details, now, outbox):
        for number in range(7):
            services.request_sign_up(
                details, browser_secret="b", caller=f"192.0.2.{number}", now=now
            )
        outbox.run()
        assert len(outbox.letters) == 5


class TestIssueSignUpLink:
    def ask(self, details, now):
        services.request_sign_up(details, browser_secret="b", caller="", now=now)
        return db.session.execute(select(SignUp.id)).scalar_one()

    def test_each_letter_has_a_secret_of_its_own(self, app, details, now):
        number = self.ask(details, now)
        first = services.issue_sign_up_link(number, now=now)
        second = services.issue_sign_up_link(number, now=now)
        assert first.secret != second.secret
        assert queries.find_sign_up(first.secret, now=now) is None
        assert queries.find_sign_up(second.secret, now=now) is not None

    def test_the_hour_begins_when_the_letter_leaves(self, app, details, now):
        number = self.ask(details, now)
        later = now + timedelta(minutes=50)
        secret = services.issue_sign_up_link(number, now=later).secret
        assert queries.find_sign_up(secret, now=later + timedelta(minutes=59)) is not None

    def test_nobody_waits_for_a_letter_of_yesterday(self, app, details, now):
        number = self.ask(details, now)
        assert services.issue_sign_up_link(number, now=now + timedelta(hours=1)) is None
        assert services.issue_sign_up_link(number + 1, now=now) is None

    def test_who_has_an_account_gets_a_link_to_sign_in(self, app, details, now, make_user):
        robin = make_user("Robin", email="robin@example.org")
        number = self.ask(details, now)
        letter = services.issue_sign_up_link(number, now=now)
        assert letter.has_account
        assert queries.find_sign_up(letter.secret, now=now) is None
        assert queries.find_sign_in_link(letter.secret, now=now).user_id == robin.id
        assert db.session.execute(select(SignUp.password_hash)).scalar_one() is None

    def test_a_worker_that_died_may_write_the_letter_again(self, app, details, now, make_user):
        make_user("Robin", email="robin@example.org")
        number = self.ask(details, now)
        services.issue_sign_up_link(number, now=now)
        again = services.issue_sign_up_link(number, now=now)
        assert queries.find_sign_in_link(again.secret, now=now) is not None


class TestConfirmSignUp:
    def test_two_letters_at_the_same_moment_make_one_account(self, app, details, now):
        for number in (1, 2):
            services.request_sign_up(details, browser_secret="b", caller=str(number), now=now)
        numbers = db.session.execute(select(SignUp.id)).scalars().all()
        secrets = [services.issue_sign_up_link(number, now=now).secret for number in numbers]
        db.session.rollback()

        def confirm(secret):
            return lambda: services.confirm_sign_up(
                secret, browser_secret=None, device_name="", replacing=None, now=now
            )

        outcomes = at_once(app, *[confirm(secret) for secret in secrets * 4])
        assert sum(isinstance(outcome, services.NewPerson) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, LinkUnusable) for outcome in outcomes) == 7
        db.session.rollback()
        assert db.session.execute(select(func.count(UserAccount.id))).scalar_one() == 1
        assert db.session.execute(select(func.count(SignIn.id))).scalar_one() == 1
        assert db.session.execute(select(func.count(SignUp.id))).scalar_one() == 0

    def test_an_address_that_was_taken_meanwhile_stays_with_its_owner(
        self, app, details, now, make_user
    ):
        services.request_sign_up(details, browser_secret="b", caller="", now=now)
        number = db.session.execute(select(SignUp.id)).scalar_one()
        secret = services.issue_sign_up_link(number, now=now).secret
        make_user("Robin the first", email="robin@example.org")
        with pytest.raises(LinkUnusable):
            services.confirm_sign_up(
                secret, browser_secret="b", device_name="", replacing=None, now=now
            )
        assert find_robin().display_name == "Robin the first"


class TestSignUpLetters:
    def test_the_letter_says_nothing_about_the_site(self, browser, outbox, next_link):
        browser.post("/sign-up", FORM | {"display_name": "Buy pills at evil.example"})
        link = next_link()
        letter = outbox.letters[-1]
        assert letter["Subject"] == "Your link"
        assert letter["From"] == "Updates <updates@gatherings.example>"
        text = letter.get_content()
        assert text.splitlines()[0].startswith("Here is the link you asked for.")
        assert f"Finish signing up: http://localhost{link}" in text.splitlines()
        # Whoever typed the name wrote it to somebody else's mailbox.
        assert "evil" not in text
        assert "support" not in text.lower()
        assert "group" not in text.lower()

    def test_who_has_an_account_learns_that_somebody_used_the_address(
        self, browser, cast, outbox, next_link, now
    ):
        browser.post("/sign-up", FORM | {"email": "sam@example.org", "next": "/account/devices"})
        link = next_link()
        letter = outbox.letters[-1]
        assert letter["To"] == "sam@example.org"
        assert letter["Subject"] == "Your link"
        assert "You have an account already." in letter.get_content()
        assert link.startswith("/sign-in/")
        assert browser.post(link).location == "/account/devices"
        assert len(queries.list_sign_ins(cast.sam, now=now)) == 1
        assert db.session.execute(select(func.count(SignInLink.id))).scalar_one() == 0
