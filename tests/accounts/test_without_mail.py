"""A site whose operator has no mail server: accounts are made at once, and stay unverified."""

import pytest
from sqlalchemy import func, select

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import ManageLink, SignUp, UserAccount
from supportgroups.accounts.services import guests, sign_ins, tries
from supportgroups.accounts.services import sign_ups as services
from supportgroups.accounts.services.sign_ins import open_device
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied, TooManyTries
from supportgroups.outbox.models import OutboxJob
from supportgroups.tokens import hash_secret
from tests import factories
from tests.accounts.conftest import GOOD_PASSWORD
from tests.browser_client import visible_text
from tests.watching import at_once

FORM = {"display_name": "Robin", "email": "robin@example.org", "password": GOOD_PASSWORD}


@pytest.mark.usefixtures("no_mail")
class TestSignUpView:
    def test_it_works(self, browser):
        page = visible_text(browser.get("/sign-up").text)
        assert "Password (optional)" not in page
        assert "mail you a link" not in page
        response = browser.post("/sign-up", FORM | {"next": "/account/devices"})
        assert response.location == "/sign-in?next=/account/devices"
        page = visible_text(browser.get(response.location).text)
        assert "If this address was new here, your account is ready." in page
        assert "Mail me a link" not in page
        robin = queries.find_user_by_email("robin@example.org")
        assert not robin.is_email_verified
        assert browser.post("/sign-in", FORM).location == "/my"
        assert db.session.execute(select(func.count(OutboxJob.id))).scalar_one() == 0
        assert db.session.execute(select(func.count(SignUp.id))).scalar_one() == 0

    def test_a_password_is_needed(self, browser):
        response = browser.post("/sign-up", FORM | {"password": ""})
        assert "Choose a password" in response.text
        assert queries.find_user_by_email("robin@example.org") is None

    def test_an_account_that_exists_is_not_touched_and_not_told(self, browser, other_browser, cast):
        kept = cast.sam.password_hash
        known = browser.post("/sign-up", FORM | {"email": "sam@example.org"})
        unknown = other_browser.post("/sign-up", FORM)
        assert known.status_code == unknown.status_code
        assert known.data == unknown.data
        assert known.location == unknown.location
        sam = queries.find_user_by_email("sam@example.org")
        assert (sam.display_name, sam.password_hash) == ("Sam", kept)
        assert sam.is_email_verified
        form = {"email": "sam@example.org", "password": GOOD_PASSWORD}
        assert "is not right" in browser.post("/sign-in", form).text

    def test_the_pages_offer_no_mailed_link(self, browser, cast):
        assert "link" not in visible_text(browser.get("/sign-in").text)
        form = {"email": "sam@example.org"}
        assert browser.post("/sign-in/link", form).status_code == 404
        browser.sign_in(cast.sam)
        assert browser.get("/account/email").status_code == 404
        assert "/account/email" not in browser.get("/account").text
        assert "link by mail" not in browser.get("/account/password").text


@pytest.mark.usefixtures("no_mail")
class TestSignUpWithoutMail:
    def test_many_at_once_make_one_account(self, app, details, now):
        def ask(caller):
            return lambda: services.sign_up_without_mail(details, caller=caller, now=now)

        outcomes = at_once(app, *[ask(str(number)) for number in range(8)])
        assert outcomes == [None] * 8
        db.session.rollback()
        assert db.session.execute(select(func.count(UserAccount.id))).scalar_one() == 1

    def test_five_an_hour_from_one_address(self, app, details, now):
        for _ in range(5):
            services.sign_up_without_mail(details, caller="192.0.2.7", now=now)
        with pytest.raises(TooManyTries):
            services.sign_up_without_mail(details, caller="192.0.2.7", now=now)

    def test_it_needs_a_password(self, app, details, now):
        nobody = services.SignUpDetails(**{**vars(details), "password": None})
        with pytest.raises(passwords.WeakPassword):
            services.sign_up_without_mail(nobody, caller="", now=now)


def test_where_mail_works_nobody_gets_an_account_without_a_link(app, details, now):
    with pytest.raises(RuntimeError):
        services.sign_up_without_mail(details, caller="", now=now)


def test_whoever_shows_the_mailbox_gets_the_account_and_the_password_is_dropped(
    app, browser, other_browser, make_user, next_link, now
):
    robin = make_user("Robin", email="robin@example.org", is_email_verified=False)
    other_browser.sign_in(robin)
    browser.post("/sign-in/link", {"email": "robin@example.org"})
    assert browser.post(next_link()).location == "/my"
    robin = queries.find_user_by_email("robin@example.org")
    assert robin.is_email_verified
    assert robin.password_hash is None
    assert other_browser.get("/account").status_code == 303
    with pytest.raises(sign_ins.WrongEmailOrPassword):
        sign_ins.sign_in(
            "robin@example.org",
            "demo-password",
            is_kept=False,
            device_name="",
            caller="",
            replacing=None,
            now=now,
        )


MINAS_FORM = {"email": "mina@example.org", "new": GOOD_PASSWORD}


@pytest.mark.usefixtures("no_mail")
class TestSomebodyWithTheirOwnLink:
    """They have no mailbox to show, so an address and a password are taken as they are typed."""

    @pytest.fixture
    def mina(self, app, now):
        person = factories.make_user("Mina", email=None, password_hash=None)
        with transaction():
            db.session.add(
                ManageLink(user_id=person.id, secret_hash=hash_secret("minas"), created_at=now)
            )
        return person

    def test_they_can_sign_in_anywhere_then(self, browser, other_browser, mina):
        browser.post("/my/link/minas")
        assert "/account/password" in browser.get("/account").text
        page = visible_text(browser.get("/account/password").text)
        assert "This site sends no mail" in page
        assert browser.post("/account/password", MINAS_FORM).location == "/account"
        assert "mina@example.org" in browser.get("/account").text
        assert other_browser.get("/my/link/minas").status_code == 410
        form = {"email": "mina@example.org", "password": GOOD_PASSWORD}
        assert other_browser.post("/sign-in", form).location == "/my"
        db.session.expire_all()
        person = db.session.get_one(UserAccount, mina.id)
        assert (person.is_light, person.is_email_verified) == (False, False)

    def test_an_address_of_somebody_else_changes_nothing(self, browser, cast, mina):
        kept = cast.sam.password_hash
        browser.post("/my/link/minas")
        browser.post("/account/password", MINAS_FORM | {"email": "sam@example.org"})
        db.session.expire_all()
        assert db.session.get_one(UserAccount, mina.id).is_light
        assert db.session.get_one(UserAccount, cast.sam.id).password_hash == kept
        browser.sign_out()
        assert browser.post("/my/link/minas").location == "/my"

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"email": "mina"}, "Enter an e-mail address"),
            ({"new": ""}, "Choose a password"),
            ({"new": "mina@example.org"}, "password"),
        ],
    )
    def test_what_cannot_be_taken_is_explained(self, browser, mina, form, words):
        browser.post("/my/link/minas")
        response = browser.post("/account/password", MINAS_FORM | form)
        assert response.status_code != 303
        assert words in response.text
        db.session.expire_all()
        assert db.session.get_one(UserAccount, mina.id).is_light

    def test_they_cannot_try_addresses_for_ever(self, browser, cast, mina):
        browser.post("/my/link/minas")
        for _try in range(tries.SIGN_UPS_PER_CALLER):
            browser.post("/account/password", MINAS_FORM | {"email": "sam@example.org"})
        response = browser.post("/account/password", MINAS_FORM)
        assert response.status_code == 429

    def test_it_is_for_nobody_else(self, cast, mina, now):
        with transaction():
            device = open_device(cast.sam, device_name="", now=now).sign_in
        with pytest.raises(PermissionDenied):
            guests.become_full(
                device, email="x@example.org", new=GOOD_PASSWORD, caller="here", now=now
            )
