from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups.accounts import queries
from supportgroups.accounts.models import EmailChange, SignInLink
from supportgroups.accounts.services import profiles as services
from supportgroups.accounts.services.sign_ins import (
    LinkUnusable,
    WrongEmailOrPassword,
    open_device,
    request_sign_in_link,
    sign_in,
)
from supportgroups.db import db, transaction
from tests.browser_client import visible_text
from tests.watching import at_once

NEW_EMAIL = {"email": "Sam.New@example.org", "present": "demo-password"}


class TestEmailView:
    @pytest.mark.usefixtures("at_home")
    def test_it_works(self, browser, outbox, next_link):
        assert "Use another address" in browser.get("/account/email").text
        response = browser.post("/account/email", NEW_EMAIL)
        assert (response.status_code, response.location) == (303, "/check-mail")
        link = next_link()
        assert outbox.letters[-1]["To"] == "sam.new@example.org"
        assert outbox.letters[-1]["Subject"] == "Your link"
        page = browser.get(link).text
        assert "sam.new@example.org" in page
        assert queries.find_user_by_email("sam@example.org") is not None, "looking changes nothing"
        response = browser.post(link)
        assert (response.status_code, response.location) == (303, "/account")
        assert "Your new address is in use." in browser.get("/account").text
        assert queries.find_user_by_email("sam@example.org") is None
        assert queries.find_user_by_email("sam.new@example.org").display_name == "Sam"
        outbox.run()
        letter = outbox.letters[-1]
        assert (letter["To"], letter["Subject"]) == ("sam@example.org", "Your account")
        assert "sam.new" not in letter.get_content()

    @pytest.mark.usefixtures("at_home")
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"email": ""}, "Enter your e-mail address"),
            ({"email": "sam"}, "Enter an e-mail address, such as"),
            ({"present": ""}, "Enter the password you have now"),
            ({"present": "wrong"}, "This is not your password."),
        ],
    )
    def test_bad_input_is_explained_and_kept(self, browser, data, message):
        response = browser.post("/account/email", NEW_EMAIL | data)
        assert response.status_code == 200
        assert message in visible_text(response.text)
        if "present" in data:
            assert 'value="sam.new@example.org"' in response.text
        assert db.session.execute(select(EmailChange)).first() is None

    @pytest.mark.usefixtures("at_home")
    def test_an_address_that_has_an_account_gets_another_letter_and_nobody_here_learns_it(
        self, browser, outbox
    ):
        taken = browser.post("/account/email", NEW_EMAIL | {"email": "rosa@example.org"})
        free = browser.post("/account/email", NEW_EMAIL)
        assert (taken.status_code, taken.location, taken.data) == (
            free.status_code,
            free.location,
            free.data,
        )
        # The second wish replaced the first, so that only one letter leaves.
        outbox.run()
        assert [letter["To"] for letter in outbox.letters] == ["sam.new@example.org"]
        browser.post("/account/email", NEW_EMAIL | {"email": "rosa@example.org"})
        outbox.run()
        letter = outbox.letters[-1]
        assert (letter["To"], letter["Subject"]) == ("rosa@example.org", "Your address")
        assert "http" not in letter.get_content()

    def test_the_link_is_of_no_use_to_anybody_else(self, browser, other_browser, cast, next_link):
        browser.sign_in(cast.sam)
        browser.post("/account/email", NEW_EMAIL)
        link = next_link()
        other_browser.sign_in(cast.stan)
        assert other_browser.get(link).status_code == 410
        assert other_browser.post(link).status_code == 410
        other_browser.sign_out()
        assert other_browser.post(link).status_code == 303, "a guest is asked to sign in"
        assert browser.post(link).status_code == 303
        assert browser.post(link).status_code == 410, "it works once"


class TestConfirmEmail:
    @pytest.fixture
    def secret(self, at_home, now):
        services.request_email_change(
            at_home, email="new@example.org", present="demo-password", now=now
        )
        number = db.session.execute(select(EmailChange.id)).scalar_one()
        return services.issue_email_link(number, now=now).secret

    def test_it_works_for_an_hour(self, secret, cast, now):
        with pytest.raises(LinkUnusable):
            services.confirm_email(secret, actor=cast.sam, now=now + timedelta(hours=1))
        services.confirm_email(secret, actor=cast.sam, now=now + timedelta(minutes=59))

    def test_an_address_that_was_taken_meanwhile_stays_with_its_owner(
        self, secret, cast, make_user, now
    ):
        make_user("Robin", email="new@example.org")
        with pytest.raises(LinkUnusable):
            services.confirm_email(secret, actor=cast.sam, now=now)
        assert queries.find_user_by_email("new@example.org").display_name == "Robin"

    def test_two_people_at_once_cannot_share_an_address(self, app, cast, now):
        pairs = []
        for person in (cast.sam, cast.stan):
            with transaction():
                device = open_device(person, device_name="", now=now).sign_in
            services.request_email_change(
                device, email="new@example.org", present="demo-password", now=now
            )
            number = db.session.execute(
                select(EmailChange.id).where(EmailChange.user_id == person.id)
            ).scalar_one()
            pairs.append((services.issue_email_link(number, now=now).secret, person.id))

        def confirm(secret, number):
            def work():
                actor = queries.lock_user(number)
                db.session.rollback()
                return services.confirm_email(secret, actor=actor, now=now)

            return work

        outcomes = at_once(app, *[confirm(*pair) for pair in pairs])
        assert sorted(map(repr, outcomes)) == ["LinkUnusable()", "None"]

    def test_links_mailed_to_the_address_of_before_end(self, secret, cast, now):
        request_sign_in_link("sam@example.org", next_path=None, caller="", now=now)
        services.confirm_email(secret, actor=cast.sam, now=now)
        assert db.session.execute(select(SignInLink)).first() is None

    def test_an_unverified_account_becomes_a_verified_one(self, make_user, now):
        robin = make_user("Robin", email=None, is_email_verified=False, password_hash=None)
        with transaction():
            device = open_device(robin, device_name="", now=now).sign_in
        services.request_email_change(device, email="new@example.org", present=None, now=now)
        number = db.session.execute(select(EmailChange.id)).scalar_one()
        secret = services.issue_email_link(number, now=now).secret
        services.confirm_email(secret, actor=robin, now=now)
        robin = queries.find_user_by_email("new@example.org")
        assert robin.is_email_verified
        assert db.session.execute(select(EmailChange)).first() is None

    def test_the_notice_is_not_lost_by_asking_for_another_change(
        self, secret, at_home, cast, outbox, now
    ):
        services.confirm_email(secret, actor=cast.sam, now=now)
        services.request_email_change(
            at_home, email="third@example.org", present="demo-password", now=now
        )
        outbox.run()
        assert "sam@example.org" in [letter["To"] for letter in outbox.letters]


def test_the_old_address_signs_nobody_in(at_home, cast, now):
    services.request_email_change(
        at_home, email="new@example.org", present="demo-password", now=now
    )
    number = db.session.execute(select(EmailChange.id)).scalar_one()
    secret = services.issue_email_link(number, now=now).secret
    services.confirm_email(secret, actor=cast.sam, now=now)

    def come_in(email):
        return sign_in(
            email,
            "demo-password",
            is_kept=False,
            device_name="",
            caller="",
            replacing=None,
            now=now,
        )

    with pytest.raises(WrongEmailOrPassword):
        come_in("sam@example.org")
    come_in("new@example.org")
