"""People without e-mail and password: their own link, and what pages say to them."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from supportgroups.accounts.models import EmailChange, ManageLink, SignIn, UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.services.groups import create_group
from supportgroups.tokens import hash_secret
from tests import factories
from tests.browser_client import Browser
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

SECRET = "the-secret-of-mina-and-of-nobody-else"
PATH = f"/my/link/{SECRET}"


@pytest.fixture
def mina(app: Flask, now: datetime) -> UserAccount:
    """Somebody who only gave a name."""
    person = factories.make_user("Mina", email=None, password_hash=None)
    with transaction():
        db.session.add(
            ManageLink(user_id=person.id, secret_hash=hash_secret(SECRET), created_at=now)
        )
    return person


class TestComingBack:
    def test_it_works_again_and_again(self, browser: Browser, mina: UserAccount) -> None:
        for _time in range(2):
            assert browser.post(PATH).location == "/my"
            assert "Mina" in browser.get("/my").text
            browser.sign_out()

    def test_opening_it_tells_nothing(self, browser: Browser, mina: UserAccount) -> None:
        page = browser.get(PATH)
        assert "Open my page" in page.text
        assert "Mina" not in page.text
        assert browser.get("/my").status_code == 303

    def test_the_device_is_not_kept(self, browser: Browser, mina: UserAccount) -> None:
        browser.post(PATH)
        (device,) = db.session.execute(select(SignIn)).scalars()
        assert not device.is_kept

    def test_an_unknown_one_is_over(self, browser: Browser, mina: UserAccount) -> None:
        for response in (browser.get(PATH + "x"), browser.post(PATH + "x")):
            assert response.status_code == 410

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser: Browser, app: Flask, method: str) -> None:
        assert getattr(browser.client, method)(PATH).status_code == 405


class TestAnotherLink:
    def test_it_ends_the_old_one_and_other_devices(
        self, browser: Browser, app: Flask, mina: UserAccount
    ) -> None:
        other = Browser(app)
        other.post(PATH)
        browser.post(PATH)
        response = browser.post("/my/new-link")
        assert response.location == "/my/link"
        page = browser.get("/my/link").text
        path = page.split('value="http://localhost')[1].split('"')[0]
        assert other.get("/my").status_code == 303
        assert other.get(PATH).status_code == 410
        assert other.post(path).location == "/my"

    def test_it_is_shown_for_ten_minutes(self, browser: Browser, mina: UserAccount) -> None:
        browser.post(PATH)
        browser.post("/my/new-link")
        with time_machine.travel(datetime_after(minutes=11), tick=False):
            page = browser.get("/my/link").text
        assert "own-link" not in page
        assert "Make a new one" in page

    def test_people_with_an_address_have_none(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.sam)
        assert browser.get("/my/link").location == "/account"
        assert browser.post("/my/new-link").status_code == 403

    def test_guests_sign_in_first(self, browser: Browser, app: Flask) -> None:
        assert browser.get("/my/link").location.startswith("/sign-in")


class TestPagesForPeopleWithoutAnAddress:
    @pytest.mark.parametrize(
        "path", ["/my", "/account", "/account/password", "/account/email", "/account/devices"]
    )
    def test_each_of_them_can_be_read(self, browser: Browser, mina: UserAccount, path: str) -> None:
        browser.sign_in(mina)
        page = browser.get(path)
        assert page.status_code == 200
        assert "None: we mail you a link" not in page.text

    def test_signing_out_asks_whether_they_kept_it(
        self, browser: Browser, mina: UserAccount
    ) -> None:
        browser.sign_in(mina)
        assert "Have you kept it?" in browser.get("/sign-out").text

    def test_they_start_no_group(
        self, browser: Browser, cast: Cast, mina: UserAccount, now: datetime
    ) -> None:
        browser.sign_in(mina)
        assert browser.get("/groups/new").location == "/account"
        with pytest.raises(PermissionDenied):
            create_group(None, actor=mina, now=now)


class TestBecomingAFullAccount:
    def test_an_address_replaces_the_link(
        self, browser: Browser, mina: UserAccount, outbox: OutboxRunner
    ) -> None:
        browser.post(PATH)
        browser.post("/account/email", {"email": "mina@example.org"})
        outbox.run()
        words = outbox.letters[-1].get_body(("plain",)).get_content()
        path = words.split("http://localhost")[1].split()[0]
        browser.post(path)
        db.session.expire_all()
        person = db.session.get_one(UserAccount, mina.id)
        assert (person.email, person.is_light) == ("mina@example.org", False)
        assert db.session.query(EmailChange).count() == 0
        assert browser.get(PATH).status_code == 410
        response = browser.post("/account/password", {"new": "seven grey herons stood"})
        assert response.location == "/account"


def datetime_after(*, minutes: int) -> datetime:
    """Return the moment so many minutes after the test."""
    return datetime.now(tz=None).astimezone() + timedelta(minutes=minutes)
