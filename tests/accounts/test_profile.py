from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from supportgroups.accounts import queries
from supportgroups.accounts.models import SignIn
from supportgroups.accounts.services import profiles as services
from supportgroups.accounts.services.sign_ins import (
    open_device,
    sign_in,
)
from supportgroups.db import db, transaction
from supportgroups.errors import TooManyTries
from tests.accounts.conftest import GOOD_PASSWORD
from tests.browser_client import visible_text
from tests.watching import at_once

ALL = [
    ("GET", "/account"),
    ("POST", "/account"),
    ("GET", "/account/password"),
    ("POST", "/account/password"),
    ("GET", "/account/email"),
    ("POST", "/account/email"),
    ("GET", "/account/email/x"),
    ("POST", "/account/email/x"),
    ("GET", "/account/devices"),
    ("POST", "/account/devices/00000000-0000-7000-8000-000000000000/end"),
    ("POST", "/account/devices/end-others"),
    ("POST", "/account/write-again"),
]


@pytest.mark.parametrize(("method", "path"), ALL)
def test_guests_are_asked_to_sign_in(browser, method, path):
    response = browser.get(path) if method == "GET" else browser.post(path)
    assert response.status_code == 303
    assert response.location.startswith("/sign-in")


@pytest.mark.parametrize("path", sorted({path for _, path in ALL}))
def test_wrong_method(browser, cast, path):
    browser.sign_in(cast.sam)
    assert browser.send("DELETE", path).status_code in {400, 405}
    if "/devices/" in path:
        assert browser.get(path).status_code == 405


PROFILE = {"display_name": "Samira", "time_zone": "Asia/Tokyo"}


class TestProfileView:
    @pytest.mark.usefixtures("at_home")
    def test_it_works(self, browser):
        page = browser.get("/account").text
        assert 'value="Sam"' in page
        assert '<option selected value="Europe/London">' in page
        assert "sam@example.org" in page
        response = browser.post("/account", PROFILE)
        assert (response.status_code, response.location) == (303, "/account")
        page = browser.get("/account").text
        assert 'value="Samira"' in page
        assert '<option selected value="Asia/Tokyo">' in page
        assert "Saved." in page
        sam = queries.find_user_by_email("sam@example.org")
        assert (sam.display_name, sam.time_zone, sam.language) == ("Samira", "Asia/Tokyo", None)

    @pytest.mark.usefixtures("at_home")
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"display_name": ""}, "Enter any name you like"),
            ({"display_name": "x" * 61}, "Use 60 characters or fewer"),
            ({"time_zone": "Mars/Olympus"}, "Choose one of the answers"),
            ({"time_zone": ""}, "Choose a time zone"),
        ],
    )
    def test_bad_input_is_explained_and_kept(self, browser, data, message):
        response = browser.post("/account", PROFILE | data)
        assert response.status_code == 200
        assert message in visible_text(response.text)
        if "time_zone" in data:
            assert 'value="Samira"' in response.text
        assert queries.find_user_by_email("sam@example.org").display_name == "Sam"

    @pytest.mark.usefixtures("at_home")
    def test_a_language_can_be_chosen(self, browser):
        assert "As my browser asks" in browser.get("/account").text
        browser.post("/account", PROFILE | {"language": "es"})
        assert queries.find_user_by_email("sam@example.org").language == "es"
        page = browser.get("/account").text
        assert '<html lang="es"' in page
        assert "Tu cuenta" in page
        browser.post("/account", PROFILE | {"language": ""})
        assert queries.find_user_by_email("sam@example.org").language is None


class TestPasswordView:
    @pytest.mark.usefixtures("at_home")
    def test_it_works(self, browser, other_browser, cast, outbox):
        other_browser.sign_in(cast.sam)
        assert "Change your password" in browser.get("/account/password").text
        form = {"present": "demo-password", "new": GOOD_PASSWORD}
        response = browser.post("/account/password", form)
        assert (response.status_code, response.location) == (303, "/account")
        assert "Your password is changed." in browser.get("/account").text
        assert other_browser.get("/account").status_code == 303
        form = {"email": "sam@example.org", "password": "demo-password"}
        assert "is not right" in other_browser.post("/sign-in", form).text
        assert other_browser.post("/sign-in", form | {"password": GOOD_PASSWORD}).status_code == 303
        outbox.run()
        letter = outbox.letters[-1]
        assert (letter["To"], letter["Subject"]) == ("sam@example.org", "Your account")
        assert "The password of your account was changed" in letter.get_content()

    def test_who_has_none_is_not_asked_for_one(self, browser, make_user):
        robin = make_user("Robin", email="robin@example.org", password_hash=None)
        browser.sign_in(robin)
        page = browser.get("/account/password").text
        assert "Choose a password" in page
        assert "present" not in page
        assert browser.post("/account/password", {"new": GOOD_PASSWORD}).status_code == 303

    @pytest.mark.usefixtures("at_home")
    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"present": ""}, "Enter the password you have now"),
            ({"present": "wrong"}, "This is not your password now."),
            ({"new": ""}, "Choose a password"),
            ({"new": "short"}, "Use at least 10 characters"),
            ({"new": "password12"}, "tried first by people who guess"),
            ({"new": "sam1234567"}, "close to your name or address"),
        ],
    )
    def test_bad_input_is_explained_and_never_sent_back(self, browser, data, message, cast):
        kept = cast.sam.password_hash
        form = {"present": "demo-password", "new": GOOD_PASSWORD} | data
        response = browser.post("/account/password", form)
        assert response.status_code == 200
        assert message in visible_text(response.text)
        assert GOOD_PASSWORD not in response.text
        assert "demo-password" not in response.text
        assert queries.find_user_by_email("sam@example.org").password_hash == kept

    @pytest.mark.usefixtures("by_link")
    def test_a_forgotten_one_is_replaced_after_a_mailed_link(self, browser):
        assert "present" not in browser.get("/account/password").text
        assert browser.post("/account/password", {"new": GOOD_PASSWORD}).status_code == 303

    @pytest.mark.usefixtures("at_home")
    def test_the_present_password_cannot_be_left_out(self, browser):
        response = browser.post("/account/password", {"new": GOOD_PASSWORD})
        assert "Enter the password you have now" in response.text

    @pytest.mark.usefixtures("at_home")
    def test_ten_tries_at_the_present_one(self, browser):
        for _ in range(10):
            browser.post("/account/password", {"present": "wrong", "new": GOOD_PASSWORD})
        form = {"present": "demo-password", "new": GOOD_PASSWORD}
        assert browser.post("/account/password", form).status_code == 429


class TestChoosePassword:
    def test_a_mailed_link_proves_the_mailbox_for_half_an_hour(self, by_link, now):
        assert not services.needs_password(by_link, now=now + timedelta(minutes=29))
        late = now + timedelta(minutes=30)
        assert services.needs_password(by_link, now=late)
        with pytest.raises(services.WrongPassword):
            services.choose_password(by_link, present=None, new=GOOD_PASSWORD, now=late)

    def test_it_keeps_what_this_device_is(self, cast, now):
        with transaction():
            device = open_device(cast.sam, device_name="Firefox on Mac", is_kept=True, now=now)
        renewed = services.choose_password(
            device.sign_in, present="demo-password", new=GOOD_PASSWORD, now=now
        )
        assert renewed.secret != device.secret
        assert (renewed.sign_in.device_name, renewed.sign_in.is_kept) == ("Firefox on Mac", True)
        assert queries.find_sign_in(device.secret, now=now) is None
        assert queries.find_sign_in(renewed.secret, now=now) is not None

    def test_the_new_device_proves_no_mailbox_any_more(self, by_link, now):
        renewed = services.choose_password(by_link, present=None, new=GOOD_PASSWORD, now=now)
        assert services.needs_password(renewed.sign_in, now=now)

    def test_two_at_once_leave_one_password_and_one_device(self, app, cast, now):
        numbers = []
        for _ in range(2):
            with transaction():
                numbers.append(open_device(cast.sam, device_name="", now=now).sign_in.id)

        def change(number, new):
            return lambda: services.choose_password(
                db.session.get(SignIn, number), present="demo-password", new=new, now=now
            )

        outcomes = at_once(
            app, change(numbers[0], GOOD_PASSWORD), change(numbers[1], "other kettles sing")
        )
        db.session.rollback()
        assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
        assert db.session.execute(select(func.count(SignIn.id))).scalar_one() == 1

    def test_an_unverified_address_gets_no_letter(self, make_user, outbox, now):
        robin = make_user("Robin", email="robin@example.org", is_email_verified=False)
        with transaction():
            device = open_device(robin, device_name="", now=now)
        services.choose_password(
            device.sign_in, present="demo-password", new=GOOD_PASSWORD, now=now
        )
        outbox.run()
        assert outbox.letters == []


class TestDevicesView:
    @pytest.fixture
    def phone(self, at_home, cast, now):
        with transaction():
            return open_device(
                cast.sam, device_name="Firefox on Android", is_kept=True, now=now
            ).sign_in

    @pytest.mark.usefixtures("phone")
    def test_it_shows_where_one_is_signed_in(self, browser, cast, make_user, now):
        with transaction():
            open_device(cast.rosa, device_name="Chrome on Windows", now=now)
        page = visible_text(browser.get("/account/devices").text)
        assert "Firefox on Android" in page
        assert "Test browser This device" in page
        assert page.count("This device") == 1
        assert "Last used 23 Nov 2026, 09:00" in page
        assert "kept for 30 days" in page
        assert "Chrome on Windows" not in page, "that one is Rosa's"

    def test_one_device_can_be_signed_out(self, browser, phone, cast, now):
        response = browser.post(f"/account/devices/{phone.public_id}/end")
        assert (response.status_code, response.location) == (303, "/account/devices")
        assert "That device is signed out." in browser.get("/account/devices").text
        assert len(queries.list_sign_ins(cast.sam, now=now)) == 1

    def test_this_device_can_be_signed_out_as_well(self, browser, at_home):
        response = browser.post(f"/account/devices/{at_home.public_id}/end")
        assert response.location == "/goodbye"
        assert browser.client.get_cookie("session") is None
        assert browser.get("/account").status_code == 303

    @pytest.mark.usefixtures("at_home")
    def test_nobody_signs_out_the_device_of_another(self, browser, cast, now):
        with transaction():
            theirs = open_device(cast.rosa, device_name="", now=now).sign_in
        hidden = browser.post(f"/account/devices/{theirs.public_id}/end")
        missing = browser.post(f"/account/devices/{uuid4()}/end")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.data == missing.data
        assert len(queries.list_sign_ins(cast.rosa, now=now)) == 1

    @pytest.mark.usefixtures("phone")
    def test_all_others_can_be_signed_out(self, browser, cast, now):
        with transaction():
            open_device(cast.rosa, device_name="", now=now)
        response = browser.post("/account/devices/end-others")
        assert (response.status_code, response.location) == (303, "/account/devices")
        page = visible_text(browser.get("/account/devices").text)
        assert "All other devices are signed out." in page
        assert "Sign out all other devices" not in page
        assert len(queries.list_sign_ins(cast.sam, now=now)) == 1
        assert len(queries.list_sign_ins(cast.rosa, now=now)) == 1

    @pytest.mark.usefixtures("at_home")
    def test_without_a_token_of_ours_nothing_happens(self, browser, phone, cast, now):
        for path in (f"/account/devices/{phone.public_id}/end", "/account/devices/end-others"):
            assert browser.send("POST", path).status_code == 400
        assert len(queries.list_sign_ins(cast.sam, now=now)) == 2


def test_a_wrong_present_password_counts_as_a_try_to_sign_in(at_home, now):
    for _ in range(10):
        with pytest.raises(services.WrongPassword):
            services.request_email_change(
                at_home, email="new@example.org", present="wrong", now=now
            )
    with pytest.raises(TooManyTries):
        sign_in(
            "sam@example.org",
            "demo-password",
            is_kept=False,
            device_name="",
            caller="192.0.2.7",
            replacing=None,
            now=now,
        )
