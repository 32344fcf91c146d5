"""The door at which private feeds are handed out before the application is asked.

Apps ask for them day and night, and nearly always nothing is new. What signs people in, looks for
routes and runs hooks has no say in the answer, but costs several times as much. So this answers an
app that comes with a working address and leaves everything else to the route, `views.feeds.private_feed`,
which gives the same answer to the same question. Nothing is logged here: the first visit in an hour goes to
the route, and the others are no happenings. See docs/adr/0011-feed-door.md.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from flask import Flask

from supportgroups.calendars import queries
from supportgroups.calendars.answers import FOR_ONE, Answer, Asked, answer
from supportgroups.calendars.feeds import Site, private_feed
from supportgroups.calendars.services.links import is_worth_noting
from supportgroups.clock import utc_now
from supportgroups.config import Config
from supportgroups.db import db
from supportgroups.headers import NOT_INDEXED, headers_of_all

BEGINNING, END = "/calendar/", ".ics"
METHODS = frozenset({"GET", "HEAD"})


class FeedDoor:
    """A WSGI application around the site's own."""

    def __init__(self, app: Flask, config: Config) -> None:
        """Stand before what `app` answers so far."""
        self.behind = app.wsgi_app
        self._app = app
        self._host = config.host
        with app.app_context():
            self._engine = db.engine
        self._site = Site.of(config)
        self._headers = list((headers_of_all(config) | NOT_INDEXED).items())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a poll, or let the application answer it."""
        secret = self._secret_in(environ)
        found = self._find(secret, environ) if secret else None
        if found is None:
            return self.behind(environ, start_response)
        status = found.status
        headers = [*found.headers.items(), *self._headers]
        if found.body:
            headers.append(("Content-Length", str(len(found.body))))
        start_response(f"{status.value} {status.phrase.upper()}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [found.body]

    def _secret_in(self, environ: dict[str, Any]) -> str | None:
        """Return the secret that is asked for at the site's own address."""
        path: str = environ["PATH_INFO"]
        if (
            not path.startswith(BEGINNING)
            or not path.endswith(END)
            or environ["REQUEST_METHOD"] not in METHODS
            or environ.get("HTTP_HOST") != self._host
        ):
            return None
        return path[len(BEGINNING) : -len(END)]

    def _find(self, secret: str, environ: dict[str, Any]) -> Answer | None:
        """Return the feed of a link that works and was fetched within the hour."""
        now = utc_now()
        try:
            link = queries.find_known_link(self._engine, secret)
            if (
                link is None
                or link.revoked_at is not None
                or link.expires_at <= now
                or is_worth_noting(link.last_fetched_at, now)
            ):
                return None
            feed, asked = private_feed(link, self._site, now=now), Asked.of(environ)
            with nullcontext() if asked.has(feed) else self._app.app_context():
                return answer(feed, asked, FOR_ONE)
        except Exception:  # noqa: BLE001 (the route meets it too, and knows what to say)
            return None


def init_app(app: Flask, config: Config) -> None:
    """Put the door before the application."""
    app.wsgi_app = FeedDoor(app, config)  # type: ignore[method-assign]
