from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts import current, queries
from supportgroups.accounts.current import SEEN_EVERY
from supportgroups.accounts.models import EmailChange, SignIn, SignInLink, SignUp
from supportgroups.accounts.queries import IDLE_LIMIT, KEPT_LIMIT, SESSION_LIMIT
from supportgroups.accounts.services import profiles, sign_ups
from supportgroups.accounts.services import sign_ins as services
from supportgroups.accounts.views.sign_out import HARMLESS_PAGE
from supportgroups.db import db, transaction
from tests.browser_client import Browser, visible_text

SECOND = timedelta(seconds=1)


def count_devices():
    return db.session.execute(select(func.count(SignIn.id))).scalar_one()


@pytest.fixture
def thief(app, browser):
    """A browser with a copy of the cookie that the first one has now."""

    def thief():
        copy = Browser(app)
        cookie = browser.client.get_cookie("session")
        copy.client.set_cookie("session", cookie.value)
        return copy

    return thief


class TestSignOutView:
    def test_it_works(self, browser, cast):
        browser.sign_in(cast.sam)
        page = browser.get("/sign-out")
        assert "Sign out of this device?" in page.text
        assert count_devices() == 1, "looking at the page signs nobody out"
        response = browser.post("/sign-out")
        assert (response.status_code, response.location) == (303, "/goodbye")
        assert count_devices() == 0
        assert browser.client.get_cookie("session") is None
        assert "You are signed out" in browser.get("/goodbye").text
        assert browser.get("/account").location == "/sign-in?next=/account"

    def test_guests_are_told_that_they_are_out(self, browser):
        assert browser.get("/sign-out").location == "/goodbye"
        assert browser.post("/sign-out").location == "/goodbye"

    def test_without_a_token_of_ours_nobody_is_signed_out(self, browser, cast):
        browser.sign_in(cast.sam)
        assert browser.send("POST", "/sign-out").status_code == 400
        assert count_devices() == 1

    def test_wrong_method(self, browser):
        assert browser.send("DELETE", "/sign-out").status_code in {400, 405}


class TestGoodbye:
    def test_the_page_loads_the_part_that_clears_the_browser(self, browser):
        page = browser.get("/goodbye").text
        assert '<link rel="stylesheet" href="/goodbye.css">' in page
        response = browser.get("/goodbye.css")
        assert response.status_code == 200
        assert response.headers["Clear-Site-Data"] == '"cache"'
        assert response.mimetype == "text/css"
        assert response.headers["Cache-Control"] == "no-store", "it is asked for each time"

    def test_no_other_page_clears_the_browser(self, browser, cast):
        browser.sign_in(cast.sam)
        for path in ("/", "/account", "/sign-out", "/goodbye"):
            assert "Clear-Site-Data" not in browser.get(path).headers

    def test_it_leaves_no_cookie(self, browser, cast):
        browser.sign_in(cast.sam)
        browser.post("/sign-out")
        browser.get("/goodbye")
        assert browser.client.get_cookie("session") is None

    def test_wrong_method(self, browser):
        assert browser.post("/goodbye").status_code == 405
        assert browser.post("/goodbye.css").status_code == 405


class TestLeave:
    @pytest.mark.parametrize("comes_from", ["same-origin", "none", None])
    def test_it_signs_out_and_goes_somewhere_harmless(self, browser, cast, comes_from):
        browser.sign_in(cast.sam)
        headers = {"Sec-Fetch-Site": comes_from} if comes_from else {}
        response = browser.get("/leave", headers=headers)
        assert (response.status_code, response.location) == (303, HARMLESS_PAGE)
        assert count_devices() == 0
        assert browser.client.get_cookie("session") is None
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert browser.get("/account").status_code == 303

    @pytest.mark.parametrize("comes_from", ["cross-site", "same-site"])
    def test_another_site_cannot_sign_anybody_out(self, browser, cast, comes_from):
        browser.sign_in(cast.sam)
        response = browser.get("/leave", headers={"Sec-Fetch-Site": comes_from})
        assert response.location == HARMLESS_PAGE
        assert count_devices() == 1
        assert browser.get("/account").status_code == 200

    def test_guests_go_there_too_and_as_often_as_they_like(self, browser):
        for _ in range(2):
            assert browser.get("/leave").location == HARMLESS_PAGE

    def test_wrong_method(self, browser):
        assert browser.post("/leave").status_code == 405


class TestAnOldCookie:
    def test_it_works_while_the_device_is_signed_in(self, browser, cast, thief):
        browser.sign_in(cast.sam)
        assert thief().get("/account").status_code == 200

    @pytest.mark.parametrize("way_out", ["sign-out", "leave", "end", "end-others", "password"])
    def test_it_is_not_accepted_afterwards(self, browser, other_browser, cast, thief, way_out, now):
        browser.sign_in(cast.sam)
        copy = thief()
        (device,) = queries.list_sign_ins(cast.sam, now=now)
        if way_out == "sign-out":
            browser.post("/sign-out")
        elif way_out == "leave":
            browser.get("/leave")
        elif way_out == "end":
            browser.post(f"/account/devices/{device.public_id}/end")
        elif way_out == "end-others":
            other_browser.sign_in(cast.sam)
            other_browser.post("/account/devices/end-others")
        else:
            form = {"present": "demo-password", "new": "my kettle sings"}
            assert browser.post("/account/password", form).status_code == 303
            assert browser.get("/account").status_code == 200
        response = copy.get("/account")
        assert (response.status_code, response.location) == (303, "/sign-in?next=/account")
        assert "Sign out" not in visible_text(copy.get("/").text)

    def test_a_cookie_that_we_did_not_sign_is_nobody_s(self, browser, cast):
        browser.client.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb")
        assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("is_kept", "after_sign_in", "after_last_use", "is_alive"),
    [
        (False, timedelta(0), timedelta(0), True),
        (False, IDLE_LIMIT - SECOND, IDLE_LIMIT - SECOND, True),
        (False, IDLE_LIMIT, IDLE_LIMIT, False),
        (False, SESSION_LIMIT - SECOND, timedelta(0), True),
        (False, SESSION_LIMIT, timedelta(0), False),
        (False, timedelta(days=2), timedelta(days=2), False),
        (True, timedelta(days=2), timedelta(days=2), True),
        (True, KEPT_LIMIT - SECOND, KEPT_LIMIT - SECOND, True),
        (True, KEPT_LIMIT, timedelta(0), False),
    ],
)
class TestHowLongADeviceLives:
    @pytest.fixture
    def device(self, make_user, is_kept, after_sign_in, after_last_use, now):
        robin = make_user("Robin")
        with transaction():
            device = services.open_device(
                robin, device_name="", is_kept=is_kept, now=now - after_sign_in
            )
            device.sign_in.last_seen_at = now - after_last_use
        return device

    def test_its_secret_opens(self, device, is_alive, now):
        assert (queries.find_sign_in(device.secret, now=now) is not None) is is_alive

    def test_it_is_listed(self, device, is_alive, now):
        listed = queries.list_sign_ins(device.sign_in.user, now=now)
        assert [found.id for found in listed] == [device.sign_in.id] * is_alive

    def test_its_row_is_deleted_when_it_is_over(self, device, is_alive, now):
        services.forget_expired(now=now)
        assert count_devices() == is_alive


def test_the_limits_are_those_that_we_promise():
    assert timedelta(minutes=30) == IDLE_LIMIT
    assert timedelta(hours=12) == SESSION_LIMIT
    assert timedelta(days=30) == KEPT_LIMIT


class TestForgetExpired:
    def test_links_and_half_finished_sign_ups_go_too(self, cast, details, now, outbox):
        services.request_sign_in_link("sam@example.org", next_path=None, caller="", now=now)
        sign_ups.request_sign_up(details, browser_secret="b", caller="", now=now)
        with transaction():
            device = services.open_device(cast.sam, device_name="", is_kept=True, now=now)
        profiles.request_email_change(
            device.sign_in, email="new@example.org", present="demo-password", now=now
        )
        services.forget_expired(now=now + timedelta(minutes=9))
        for table in (SignInLink, SignUp, EmailChange):
            assert db.session.execute(select(func.count(table.id))).scalar_one() == 1, table
        services.forget_expired(now=now + timedelta(hours=1))
        for table in (SignInLink, SignUp, EmailChange):
            assert db.session.execute(select(func.count(table.id))).scalar_one() == 0, table
        assert count_devices() == 1

    def test_the_worker_does_it(self, app, make_user, outbox, now):
        robin = make_user("Robin")
        with transaction():
            services.open_device(robin, device_name="", now=now - timedelta(days=1))
        outbox.run_tasks()
        assert count_devices() == 0


class TestNotingUse:
    def test_it_is_written_down_every_five_minutes_and_keeps_the_device_alive(
        self, app, browser, cast, now
    ):
        browser.sign_in(cast.sam)
        for minutes in range(0, 61, 20):
            with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
                assert browser.get("/account").status_code == 200
        last = db.session.execute(select(SignIn.last_seen_at)).scalar_one()
        assert last == now + timedelta(minutes=60)
        with time_machine.travel(now + timedelta(minutes=60) + SEEN_EVERY, tick=False):
            browser.get("/account")
        assert db.session.execute(select(SignIn.last_seen_at)).scalar_one() == last
        with time_machine.travel(now + timedelta(minutes=91), tick=False):
            assert browser.get("/account").status_code == 303

    def test_a_device_that_is_signed_out_in_this_moment_is_no_failure(
        self, app, browser, cast, now, monkeypatch
    ):
        with transaction():
            device = services.open_device(cast.sam, device_name="", now=now)
        found = db.session.execute(
            select(SignIn).where(SignIn.id == device.sign_in.id).options(joinedload(SignIn.user))
        ).scalar_one()
        number = found.id
        services.sign_out(found)
        current._note_seen(number)
        assert count_devices() == 0
