"""What the tests of calendars share."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from werkzeug.test import TestResponse

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import feeds
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.replies import Verdict
from supportgroups.calendars.services.invitations import (
    bring_calendars_into_step,
    choose_invitations,
)
from supportgroups.calendars.services.links import KEPT_UNUSED, create_feed_link
from supportgroups.calendars.services.replies import take_reply
from supportgroups.db import transaction
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import respond
from tests import watching
from tests.browser_client import Browser
from tests.calendars.reply_files import reply_file
from tests.conftest import NOW, Cast
from tests.ical_lint import lint
from tests.outbox_runner import OutboxRunner


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
        with transaction():
            # However long ago it was made: apps have come since.
            link.expires_at = NOW + KEPT_UNUSED
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


@pytest.fixture
def takes_replies(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers to invitations arrive at a domain."""
    config = replace(app.config["SETTINGS"], reply_domain="reply.example")
    monkeypatch.setitem(app.config, "SETTINGS", config)


@pytest.fixture
def invite(app: Flask, outbox: OutboxRunner) -> Callable[..., list[EmailMessage]]:
    """Do what the worker does within the next minutes; return the letters that came of it."""

    def invite(now: datetime = NOW) -> list[EmailMessage]:
        before = len(outbox.letters)
        bring_calendars_into_step(now=now)
        outbox.run(now=now)
        return outbox.letters[before:]

    return invite


@pytest.fixture
def invited(cast: Cast, invite: Any, takes_replies: None, now: datetime) -> EmailMessage:
    """Sam chose invitations and said yes; this is the letter that came."""
    choose_invitations(actor=cast.sam, discretion=Discretion.NEUTRAL, neutral_word="Appointment")
    respond(cast.session, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
    (letter,) = invite()
    return letter


@pytest.fixture
def rcpt(invited: EmailMessage) -> str:
    """The address at which Sam's answers arrive."""
    return parseaddr(invited["From"])[1]


@pytest.fixture
def message(cast: Cast, rcpt: str) -> Callable[..., bytes]:
    """Return what a file of `replies/` holds, as Sam's program would have sent it."""

    def message(name: str, answer: str, *, at: datetime, **facts: object) -> bytes:
        values: dict[str, object] = {
            "to": rcpt,
            "me": cast.sam.email,
            "ME": str(cast.sam.email).upper(),
            "uid": cast.session.uid,
            "sequence": 0,
            "stamp": f"{at:%Y%m%dT%H%M%SZ}",
            "answer": answer,
        }
        return reply_file(name, **values | facts)

    return message


@pytest.fixture
def send(message: Any, rcpt: str, now: datetime) -> Callable[..., Verdict]:
    """Hand in the message of a file, as the mail server does."""

    def send(
        name: str = "programs/gmail",
        answer: str = "DECLINED",
        *,
        at: datetime = now,
        recipient: str = rcpt,
        **facts: object,
    ) -> Verdict:
        return take_reply(message(name, answer, at=at, **facts), recipient=recipient, now=at)

    return send
