from datetime import timedelta

import pytest
from sqlalchemy import func, select

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import SignIn, SignInLink
from supportgroups.accounts.services import sign_ins as services
from supportgroups.accounts.services.profiles import choose_password
from supportgroups.db import db, transaction
from supportgroups.errors import TooManyTries
from supportgroups.outbox.models import OutboxJob
from tests.accounts.conftest import FIREFOX, GOOD_PASSWORD
from tests.browser_client import visible_text
from tests.watching import at_once

FORM = {"email": "sam@example.org", "password": "demo-password"}
WRONG = "The address or the password is not right."


@pytest.fixture
def come_in(app, now):
    """Sign Sam in with a password, from anywhere."""

    def come_in(password="demo-password", *, email="sam@example.org", caller="", later=None):
        return services.sign_in(
            email,
            password,
            is_kept=False,
            device_name="Test browser",
            caller=caller,
            replacing=None,
            now=now + (later or timedelta(0)),
        )

    return come_in


class TestSignInView:
    def test_it_works(self, browser, cast, now):
        assert browser.get("/sign-in").status_code == 200
        response = browser.post("/sign-in", FORM, headers={"User-Agent": FIREFOX})
        assert (response.status_code, response.location) == (303, "/my")
        assert browser.get("/account").status_code == 200
        (device,) = queries.list_sign_ins(cast.sam, now=now)
        assert (device.device_name, device.is_kept, device.is_by_link) == (
            "Firefox on Linux",
            False,
            False,
        )

    def test_the_address_may_be_written_in_any_case(self, browser, cast):
        assert browser.post("/sign-in", FORM | {"email": " SAM@Example.org "}).status_code == 303

    def test_the_cookie_ends_with_the_browser_unless_it_is_asked_to_stay(self, browser, cast, now):
        cookie = browser.post("/sign-in", FORM).headers["Set-Cookie"]
        assert "Expires" not in cookie
        assert "Max-Age" not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        cookie = browser.post("/sign-in", FORM | {"is_kept": "y"}).headers["Set-Cookie"]
        assert "Expires=Wed, 23 Dec 2026" in cookie
        (device,) = queries.list_sign_ins(cast.sam, now=now)
        assert device.is_kept

    def test_staying_signed_in_is_not_ticked_for_anybody(self, browser):
        assert " checked" not in browser.get("/sign-in").text

    def test_the_session_of_before_is_not_carried_on(self, browser, other_browser, cast):
        browser.get("/sign-in")
        with browser.client.session_transaction() as session:
            session["planted"] = "by somebody else"
            before = dict(session)
        browser.post("/sign-in", FORM)
        with browser.client.session_transaction() as session:
            assert "planted" not in session
            assert session.get("csrf_token") != before["csrf_token"]
            assert session["_user_id"]

    def test_another_account_on_this_browser_is_signed_out(self, browser, cast, now):
        browser.sign_in(cast.rosa)
        browser.post("/sign-in", FORM)
        assert queries.list_sign_ins(cast.rosa, now=now) == []
        assert len(queries.list_sign_ins(cast.sam, now=now)) == 1

    def test_signing_in_again_leaves_one_device(self, browser, cast, now):
        browser.post("/sign-in", FORM)
        browser.post("/sign-in", FORM)
        assert len(queries.list_sign_ins(cast.sam, now=now)) == 1

    def test_who_is_in_already_goes_on(self, browser, cast):
        browser.sign_in(cast.sam)
        assert browser.get("/sign-in").location == "/my"
        assert browser.get("/sign-in?next=/account").location == "/account"

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"email": ""}, "Enter your e-mail address"),
            ({"email": "sam"}, "Enter an e-mail address, such as name@example.org"),
            ({"password": ""}, "Enter your password"),
            ({"password": "wrong password"}, WRONG),
            ({"email": "nobody@example.org"}, WRONG),
        ],
    )
    def test_bad_input_is_explained_and_kept(self, browser, cast, data, message):
        response = browser.post("/sign-in", FORM | {"is_kept": "y"} | data)
        assert response.status_code == 200
        assert message in visible_text(response.text)
        assert "<title>Error: Sign in</title>" in response.text
        assert " checked" in response.text
        email = data.get("email", FORM["email"])
        if email:
            assert f'value="{email}"' in response.text
        assert "demo-password" not in response.text
        assert "wrong password" not in response.text
        assert db.session.execute(select(func.count(SignIn.id))).scalar_one() == 0

    def test_without_a_token_of_ours_nobody_comes_in(self, browser, cast):
        assert browser.send("POST", "/sign-in", data=FORM).status_code == 400
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert browser.post("/sign-in", FORM, headers=headers).status_code == 400

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_wrong_method(self, browser, method):
        assert browser.send(method, "/sign-in").status_code in {400, 405}

    def test_the_page_about_too_many_tries_is_calm(self, browser, cast):
        for _ in range(10):
            assert WRONG in browser.post("/sign-in", FORM | {"password": "wrong"}).text
        response = browser.post("/sign-in", FORM)
        assert response.status_code == 429
        assert "Nothing is wrong with your account" in response.text


class TestRequestSignInLinkView:
    def test_it_works(self, browser, other_browser, cast, outbox, next_link, now):
        response = browser.post("/sign-in/link", {"email": "sam@example.org", "next": "/account"})
        assert (response.status_code, response.location) == (303, "/check-mail")
        link = next_link()
        assert link.startswith("/sign-in/")
        letter = outbox.letters[-1]
        assert (letter["To"], letter["Subject"]) == ("sam@example.org", "Your link")
        assert letter.get_content().startswith("Here is the link you asked for.")
        # It works in any browser: letters are often read on another device.
        assert "Press the button to come in" in other_browser.get(link).text
        response = other_browser.post(link)
        assert (response.status_code, response.location) == (303, "/account")
        (device,) = queries.list_sign_ins(cast.sam, now=now)
        assert device.is_by_link
        assert not device.is_kept

    def test_the_password_beside_it_does_not_matter(self, browser, cast, next_link):
        browser.post("/sign-in/link", {"email": "sam@example.org", "password": "wrong"})
        assert browser.post(next_link()).status_code == 303

    def test_bad_input_is_explained_and_kept(self, browser):
        response = browser.post("/sign-in/link", {"email": "sam"})
        assert response.status_code == 200
        assert "Enter an e-mail address" in response.text
        assert 'value="sam"' in response.text

    def test_an_unknown_address_gets_no_letter(self, browser, outbox):
        response = browser.post("/sign-in/link", {"email": "nobody@example.org"})
        assert response.location == "/check-mail"
        outbox.run()
        assert outbox.letters == []
        assert db.session.execute(select(func.count(SignInLink.id))).scalar_one() == 0

    def test_five_letters_an_hour_and_then_the_same_answer(self, browser, cast, outbox):
        for _ in range(7):
            response = browser.post("/sign-in/link", {"email": "sam@example.org"})
            assert (response.status_code, response.location) == (303, "/check-mail")
        outbox.run()
        assert len(outbox.letters) == 5

    def test_nobody_asks_for_many_people(self, browser, outbox):
        for number in range(20):
            browser.post("/sign-in/link", {"email": f"nobody{number}@example.org"})
        response = browser.post("/sign-in/link", {"email": "sam@example.org"})
        assert response.status_code == 429

    def test_who_comes_here_by_hand_is_shown_the_page_with_the_button(self, browser):
        assert browser.get("/sign-in/link").location == "/sign-in"


class TestUseSignInLinkView:
    @pytest.fixture
    def link(self, browser, cast, next_link):
        browser.post("/sign-in/link", {"email": "sam@example.org"})
        return next_link()

    def test_opening_the_link_does_nothing(self, browser, link, cast, now):
        for _ in range(3):
            assert browser.get(link).status_code == 200
        assert queries.list_sign_ins(cast.sam, now=now) == []
        assert browser.get("/account").status_code == 303
        assert browser.post(link).status_code == 303

    def test_it_works_once(self, browser, other_browser, link):
        browser.post(link)
        for response in (other_browser.get(link), other_browser.post(link)):
            assert response.status_code == 410
            assert "This link no longer works" in response.text
        assert "You are signed in already" in browser.get(link).text

    def test_it_can_be_kept_on_this_device(self, browser, link, cast, now):
        browser.post(link, {"is_kept": "y"})
        (device,) = queries.list_sign_ins(cast.sam, now=now)
        assert device.is_kept

    def test_nonsense_is_a_link_that_does_not_work(self, browser):
        assert browser.get("/sign-in/nonsense").status_code == 410
        assert browser.post("/sign-in/nonsense").status_code == 410

    def test_without_a_token_of_ours_nobody_comes_in(self, browser, link):
        assert browser.send("POST", link).status_code == 400
        assert browser.post(link).status_code == 303

    def test_wrong_method(self, browser, link):
        assert browser.send("DELETE", link).status_code in {400, 405}


class TestSignIn:
    def test_it_gives_the_device_a_secret_that_is_kept_nowhere(self, cast, come_in):
        device = come_in()
        assert device.sign_in.secret_hash != device.secret
        assert queries.find_sign_in(device.secret, now=device.sign_in.signed_in_at) is not None

    def test_wrong_in_one_of_two_ways(self, cast, come_in):
        for wrong in ({"password": "x"}, {"email": "nobody@example.org"}):
            with pytest.raises(services.WrongEmailOrPassword):
                come_in(**wrong)

    def test_who_has_no_password_cannot_come_in_by_one(self, app, make_user, come_in):
        make_user("Robin", email="robin@example.org", password_hash=None)
        for password in ("", "None", "demo-password"):
            with pytest.raises(services.WrongEmailOrPassword):
                come_in(password, email="robin@example.org")

    def test_an_old_weak_hash_is_made_anew(self, cast, come_in):
        before = cast.sam.password_hash
        come_in()
        after = queries.find_user_by_email("sam@example.org").password_hash
        assert before != after
        assert not passwords._hasher.check_needs_rehash(after)
        come_in()
        assert queries.find_user_by_email("sam@example.org").password_hash == after

    def test_a_password_changed_in_the_same_moment_lets_nobody_in(self, cast, come_in, monkeypatch):
        verify = passwords.verify

        def verify_while_it_is_changed(password_hash, password):
            is_right = verify(password_hash, password)
            with transaction():
                queries.lock_user(cast.sam.id).password_hash = passwords.hash_password("new")
            return is_right

        monkeypatch.setattr(passwords, "verify", verify_while_it_is_changed)
        with pytest.raises(services.WrongEmailOrPassword):
            come_in()
        assert db.session.execute(select(SignIn)).first() is None

    def test_a_change_of_password_and_a_sign_in_with_the_old_one_at_once(
        self, app, cast, come_in, now
    ):
        first = come_in().sign_in
        number = first.id

        def change():
            device = db.session.get(SignIn, number)
            return choose_password(device, present="demo-password", new=GOOD_PASSWORD, now=now)

        outcomes = at_once(app, *[come_in] * 4, change)
        assert not isinstance(outcomes[-1], Exception)
        db.session.rollback()
        # Whoever came in before the change is out again, whoever came after never was in.
        assert [device.id for device in queries.list_sign_ins(cast.sam, now=now)] == [
            outcomes[-1].sign_in.id
        ]


class TestLimits:
    def test_ten_tries_for_one_account(self, cast, come_in):
        for number in range(10):
            with pytest.raises(services.WrongEmailOrPassword):
                come_in("wrong", caller=f"192.0.2.{number}")
        with pytest.raises(TooManyTries):
            come_in(caller="192.0.2.99")
        come_in(email="rosa@example.org", caller="192.0.2.99")
        come_in(caller="192.0.2.99", later=timedelta(minutes=15))

    def test_an_address_that_nobody_has_is_counted_alike(self, app, come_in):
        for number in range(10):
            with pytest.raises(services.WrongEmailOrPassword):
                come_in(email="nobody@example.org", caller=f"192.0.2.{number}")
        with pytest.raises(TooManyTries):
            come_in(email="nobody@example.org", caller="192.0.2.99")

    def test_twenty_tries_from_one_address(self, cast, come_in):
        for number in range(20):
            with pytest.raises(services.WrongEmailOrPassword):
                come_in(email=f"nobody{number}@example.org", caller="192.0.2.7")
        with pytest.raises(TooManyTries):
            come_in(caller="192.0.2.7")
        come_in(caller="192.0.2.8")

    def test_exactly_ten_of_many_racing_tries_pass(self, app, cast, come_in):
        def knock(number):
            return lambda: come_in("wrong", caller=f"192.0.2.{number}")

        outcomes = at_once(app, *[knock(number) for number in range(24)])
        passed = [o for o in outcomes if isinstance(o, services.WrongEmailOrPassword)]
        stopped = [o for o in outcomes if isinstance(o, TooManyTries)]
        assert (len(passed), len(stopped)) == (10, 14)

    def test_exactly_twenty_of_many_racing_callers_pass(self, app, cast, come_in):
        def knock(number):
            return lambda: come_in("wrong", email=f"n{number}@example.org", caller="192.0.2.7")

        outcomes = at_once(app, *[knock(number) for number in range(28)])
        passed = [o for o in outcomes if isinstance(o, services.WrongEmailOrPassword)]
        stopped = [o for o in outcomes if isinstance(o, TooManyTries)]
        assert (len(passed), len(stopped)) == (20, 8)

    def test_exactly_five_of_many_racing_letters_are_asked_for(self, app, cast, now):
        def ask(number):
            return lambda: services.request_sign_in_link(
                "sam@example.org", next_path=None, caller=f"192.0.2.{number}", now=now
            )

        assert at_once(app, *[ask(number) for number in range(16)]) == [None] * 16
        db.session.rollback()
        assert db.session.execute(select(func.count(OutboxJob.id))).scalar_one() == 5


class TestSignInByLink:
    @pytest.fixture
    def secret(self, cast, now):
        services.request_sign_in_link("sam@example.org", next_path=None, caller="", now=now)
        number = db.session.execute(select(SignInLink.id)).scalar_one()
        secret = services.issue_sign_in_link(number, now=now).secret
        db.session.rollback()
        return secret

    def use(self, secret, now):
        return services.sign_in_by_link(
            secret, is_kept=False, device_name="", replacing=None, now=now
        )

    def test_it_works_for_ten_minutes(self, secret, now):
        late = now + timedelta(minutes=10)
        assert queries.find_sign_in_link(secret, now=late) is None
        with pytest.raises(services.LinkUnusable):
            self.use(secret, late)
        self.use(secret, late - timedelta(seconds=1))

    def test_of_many_at_once_one_comes_in(self, app, secret, now):
        outcomes = at_once(app, *[lambda: self.use(secret, now)] * 8)
        assert sum(isinstance(o, services.LinkUnusable) for o in outcomes) == 7
        db.session.rollback()
        assert db.session.execute(select(func.count(SignIn.id))).scalar_one() == 1

    def test_it_keeps_no_secret(self, secret):
        kept = db.session.execute(select(SignInLink.secret_hash)).scalar_one()
        assert kept != secret
        assert secret not in kept

    def test_the_ten_minutes_begin_when_the_letter_leaves(self, cast, now):
        services.request_sign_in_link("sam@example.org", next_path=None, caller="", now=now)
        number = db.session.execute(select(SignInLink.id)).scalar_one()
        later = now + timedelta(minutes=9)
        secret = services.issue_sign_in_link(number, now=later).secret
        device, _next_path = self.use(secret, later + timedelta(minutes=9))
        assert device.sign_in.user_id == cast.sam.id

    def test_nobody_waits_for_a_letter_that_did_not_come(self, cast, now):
        services.request_sign_in_link("sam@example.org", next_path=None, caller="", now=now)
        number = db.session.execute(select(SignInLink.id)).scalar_one()
        assert services.issue_sign_in_link(number, now=now + timedelta(minutes=10)) is None

    def test_the_password_stays(self, secret, cast, now):
        kept = cast.sam.password_hash
        self.use(secret, now)
        assert queries.find_user_by_email("sam@example.org").password_hash == kept

    def test_a_change_of_password_ends_it(self, secret, cast, come_in, now):
        device = come_in().sign_in
        choose_password(device, present="demo-password", new=GOOD_PASSWORD, now=now)
        with pytest.raises(services.LinkUnusable):
            self.use(secret, now)
