"""Pages that are the same for everybody who is not signed in, kept until something changes.

A view says `keep_page()` about a page that depends on its address, the language, the database and the time of
day alone. What it answered is then given again, byte for byte and header for header, to whoever asks
the same without a cookie, before the framework is even called. A copy is given for a few seconds, and
only while nothing at all has been changed in the database. See docs/adr/0010-kept-pages.md.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, current_app, request

from supportgroups.clock import utc_now
from supportgroups.database_state import DatabaseState
from supportgroups.logs import log_answer

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

#: So long a copy is given: pages tell what is open, full or over by the minute.
LIVES_FOR = timedelta(seconds=10)
#: So many copies are held by one process; a page of 20 KB makes that about 2 MB.
MOST = 100
#: All of a request that such an answer may depend on.
DEPENDS_ON = (
    "wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_IF_NONE_MATCH",
)  # fmt: skip
_ORIGIN = "supportgroups.origin"


class Origin(NamedTuple):
    """Which view made an answer, when, and in which state of the database."""

    endpoint: str | None
    made_at: datetime
    state: str


class Copy(NamedTuple):
    """One answer, and where it comes from."""

    origin: Origin
    status: str
    headers: Headers
    body: bytes


class KeptPages:
    """Stands before the application and answers for it where it can."""

    def __init__(self, application: Callable[..., Iterable[bytes]], state: DatabaseState) -> None:
        """Stand before a WSGI application."""
        self.application = application
        self.state = state
        self.copies: OrderedDict[tuple[str | None, ...], Copy] = OrderedDict()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with a copy, or with what the application says."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_COOKIE" in environ:
            return self.application(environ, start_response)
        began, now = time.perf_counter(), utc_now()
        key = tuple(environ.get(name) for name in DEPENDS_ON)
        copy = self.copies.get(key)
        # A clock that was set back makes no copy live longer.
        if copy is None or not timedelta() <= now - copy.origin.made_at < LIVES_FOR:
            return self._ask(key, environ, start_response)
        if copy.origin.state != self.state.word():
            return self._ask(key, environ, start_response)
        start_response(copy.status, copy.headers.copy())
        log_answer(copy.origin.endpoint, "GET", int(copy.status[:3]), time.perf_counter() - began)
        return [copy.body]

    def forget(self) -> None:
        """Forget every copy, and let go of the database."""
        self.copies.clear()
        self.state.close()

    def _ask(
        self, key: tuple[str | None, ...], environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        said: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, *failure: Any) -> Any:
            said[:] = [(status, headers.copy())]
            return start_response(status, headers, *failure)

        parts = self.application(environ, note)
        made: Origin | None = environ.get(_ORIGIN)
        if made is None or not said or not _is_the_same_for_all(*said[0]):
            return parts
        body = b"".join(parts)
        if callable(close := getattr(parts, "close", None)):
            close()
        self.copies[key] = Copy(made, *said[0], body)
        while len(self.copies) > MOST:
            self.copies.popitem(last=False)
        return [body]


def _is_the_same_for_all(status: str, headers: Headers) -> bool:
    return status[:3] in {"200", "304"} and all(name != "Set-Cookie" for name, _value in headers)


def keep_page() -> None:
    """Let the answer to this request be given to others too; a view says so before it reads anything."""
    if request.method != "GET" or request.cookies:
        return
    # What is changed while the page is made, makes it a copy that nobody is given.
    state = current_app.extensions["kept_pages"].state.word()
    if state is not None:
        request.environ[_ORIGIN] = Origin(request.endpoint, utc_now(), state)


def init_app(app: Flask) -> None:
    """Stand before the application."""
    kept = KeptPages(app.wsgi_app, DatabaseState(app))
    app.extensions["kept_pages"] = kept
    app.wsgi_app = kept  # type: ignore[method-assign]
