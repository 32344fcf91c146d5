"""What the tests of calendars share."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from werkzeug.test import TestResponse

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import feeds
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.services.links import create_feed_link
from tests import watching
from tests.browser_client import Browser
from tests.conftest import NOW
from tests.ical_lint import lint


@pytest.fixture(autouse=True)
def _forget_kept_bytes() -> None:
    feeds.kept_events.clear()
    feeds.kept_bodies.clear()


class Subscriber(Browser):
    """A calendar app: it has no cookies and nobody is signed in."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.client = app.test_client(use_cookies=False)

    def ask(self, url: str, method: str = "GET", **headers: str) -> TestResponse:
        """Send a request; `If_None_Match` becomes a header. Look over every byte of a calendar."""
        response = self.send(
            method, url, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )
        assert "Set-Cookie" not in response.headers
        assert response.headers["X-Robots-Tag"] == "noindex"
        if response.mimetype == "text/calendar" and response.data:
            is_zipped = response.headers.get("Content-Encoding") == "gzip"
            lint(gzip.decompress(response.data) if is_zipped else response.data)
        return response

    def fetch(self, url: str) -> Calendar:
        """Return the calendar at `url`, as icalendar reads it."""
        response = self.ask(url)
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        return lint(response.data)


@pytest.fixture
def subscriber(app: Flask) -> Subscriber:
    """A calendar app."""
    return Subscriber(app)


@pytest.fixture
def make_link(app: Flask) -> Callable[..., tuple[FeedLink, str]]:
    """Make a private link; return it and the address of its feed."""

    def make(owner: UserAccount, **overrides: Any) -> tuple[FeedLink, str]:
        values: dict[str, Any] = {
            "name": "phone",
            "group": None,
            "discretion": Discretion.PLAIN,
            "neutral_word": "Appointment",
            "now": NOW,
        }
        link, secret = create_feed_link(actor=owner, **values | overrides)
        return link, f"/calendar/{secret}.ics"

    return make


@pytest.fixture
def statements(app: Flask) -> Any:
    """Count what the database is asked: `with statements() as asked: …`, then `len(asked)`."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        asked: list[str] = []
        with watching.statements() as seen:
            yield asked
        asked += [statement for statement in seen if not statement.startswith("BEGIN")]

    return listen
