"""A browser for tests: it carries the token of every form, and looks over every page it gets."""

import re
from collections import Counter
from collections.abc import Iterator
from contextvars import Context
from typing import Any

from flask import Flask
from flask import session as flask_session
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from supportgroups.accounts.models import SignIn, UserAccount
from supportgroups.clock import utc_now
from supportgroups.db import db, transaction
from supportgroups.tokens import hash_secret, new_secret

#: The tags that `check_page` looks at. Our templates write what HTML asks for, each attribute in double
#: quotes; other tests hold them to that, and so this one can be quick: it looks at every page of every test.
TAG = re.compile(r"<(/?)(h1|label|input|select|textarea)\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
ID = re.compile(r'\sid="([^"]*)"')
FIELDS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit"})
TITLE = re.compile(r"<title>([^<]*)</title>")


def check_page(html: str) -> None:
    """Fail on a page without one h1, a title, unique ids, a language or a label for each input."""
    tags = [
        (name, bool(ends), dict(ATTRIBUTE.findall(rest))) for ends, name, rest in TAG.findall(html)
    ]
    begun = [(name, attributes) for name, ends, attributes in tags if not ends]
    headings = [name for name, _attributes in begun].count("h1")
    assert headings == 1, f"a page has one h1, this one {headings}"
    titles = TITLE.findall(html)
    assert len(titles) == 1, f"a page has one title, this one {len(titles)}"
    assert titles[0].strip(), "a title says something"
    assert re.search(r'<html [^>]*lang="[^"]', html), "a page says its language"
    repeated = [name for name, times in Counter(ID.findall(html)).items() if times > 1]
    assert repeated == [], f"ids must be unique: {repeated}"
    labelled = {attributes.get("for") for name, attributes in begun if name == "label"}
    unlabelled = [found for found in _inputs_outside_labels(tags) if not _is_named(found, labelled)]
    assert unlabelled == [], f"inputs need a label: {unlabelled}"


def _inputs_outside_labels(
    tags: list[tuple[str, bool, dict[str, str]]],
) -> Iterator[dict[str, str]]:
    labels_open = 0
    for name, ends, attributes in tags:
        if name == "label":
            labels_open += -1 if ends else 1
        elif name in FIELDS and not (ends or labels_open or attributes.get("type") in UNLABELLED):
            yield attributes


def _is_named(found: dict[str, str], labelled: set[str | None]) -> bool:
    has_label = "id" in found and found["id"] in labelled
    return has_label or bool(found.get("aria-label") or found.get("aria-labelledby"))


class Browser:
    """One browser with its own cookies."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def sign_in(self, user: UserAccount) -> None:
        """Sign `user` in on this browser, without going through the form."""
        secret = new_secret()
        with transaction():
            db.session.add(
                SignIn(
                    secret_hash=hash_secret(secret),
                    user_id=user.id,
                    device_name="Test browser",
                    is_kept=False,
                    signed_in_at=utc_now(),
                    last_seen_at=utc_now(),
                )
            )
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = secret
            session["_fresh"] = True

    def sign_out(self) -> None:
        """Forget who was here, without going through the page."""
        with self.client.session_transaction() as session:
            session.clear()

    def get(self, url: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.send("GET", url, **options)

    def post(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the token that its page would have carried."""
        data = {"csrf_token": self._token(), **(data or {})}
        return self.send("POST", url, data=data, **options)

    def send(self, method: str, url: str, **options: Any) -> TestResponse:
        """Send any request, as it is.

        It runs outside the application context of the test. Inside it, all requests of a test
        would share `g`, and with it who is signed in and what was checked, and the database
        session, and with it what was read and what was never committed.
        """
        _let_go()
        response = Context().run(self.client.open, url, method=method, **options)
        _let_go()
        return self._look(response)

    def _token(self) -> str:
        with self.client.session_transaction() as session:
            kept = session.get("csrf_token")
        token, raw = Context().run(self._make_token, kept)
        with self.client.session_transaction() as session:
            session["csrf_token"] = raw
        return token

    def _make_token(self, kept: str | None) -> tuple[str, str]:
        with self.app.test_request_context():
            if kept is not None:
                flask_session["csrf_token"] = kept
            return str(generate_csrf()), flask_session["csrf_token"]

    def _look(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303}:
            check_page(response.text)
        return response


def _let_go() -> None:
    """End what the test reads, so that it sees afterwards what a request has changed."""
    unsaved = [*db.session.new, *db.session.dirty, *db.session.deleted]
    assert unsaved == [], "a request sees only what was committed"
    db.session.rollback()
    db.session.expire_all()


def visible_text(html: str) -> str:
    """Return the words of a page without its tags, for a look at what a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()
