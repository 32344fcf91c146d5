"""What the tests of accounts share."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask

from supportgroups.accounts import passwords, queries
from supportgroups.accounts.models import SignIn
from supportgroups.accounts.services import sign_ups
from tests.browser_client import Browser
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

#: Good for everybody: a few words that are nobody's own.
GOOD_PASSWORD = "my kettle sings"

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _quick_hashes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Hash cheaply, except where hashing itself is looked at."""
    if request.path.name != "test_passwords.py":
        quick = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
        monkeypatch.setattr(passwords, "_hasher", quick)
        passwords._make_dummy_hash.cache_clear()
    yield
    passwords._make_dummy_hash.cache_clear()


@pytest.fixture
def other_browser(app: Flask) -> Browser:
    """Another browser, which shares nothing with the first."""
    return Browser(app)


@pytest.fixture
def next_link(outbox: OutboxRunner) -> Callable[[], str]:
    """Run the worker and return the path of the link in the newest letter."""

    def next_link() -> str:
        outbox.run()
        text = outbox.letters[-1].get_content()
        found = re.search(r"http://localhost(/\S+)", text)
        assert found is not None, text
        return urlsplit(found[0]).path

    return next_link


@pytest.fixture
def no_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site have no mail server, and be nobody's development site."""
    config = replace(app.config["SETTINGS"], development=False, smtp_url=None)
    monkeypatch.setitem(app.config, "SETTINGS", config)
    monkeypatch.setitem(app.jinja_env.globals, "can_send_mail", False)
    assert not config.can_send_mail


@pytest.fixture
def details() -> sign_ups.SignUpDetails:
    """What Robin types to sign up."""
    return sign_ups.SignUpDetails(
        display_name="Robin",
        email="robin@example.org",
        password=GOOD_PASSWORD,
        language="en",
        next_path=None,
    )


@pytest.fixture
def at_home(browser: Browser, cast: Cast, now: datetime) -> SignIn:
    """The device on which Sam is signed in with a password, in the first browser."""
    browser.sign_in(cast.sam)
    return queries.list_sign_ins(cast.sam, now=now)[0]


@pytest.fixture
def by_link(browser: Browser, cast: Cast, next_link: Callable[[], str], now: datetime) -> SignIn:
    """The device on which Sam has just come in by a mailed link, in the first browser."""
    browser.post("/sign-in/link", {"email": "sam@example.org"})
    browser.post(next_link())
    return queries.list_sign_ins(cast.sam, now=now)[0]
