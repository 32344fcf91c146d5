"""Facts that stop an act, and the pages that tell a person what to do next."""

from http import HTTPStatus

import structlog
from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests

from supportgroups.db import Busy, db

log = structlog.get_logger()

#: The errors with a page of their own; every other one borrows the page of its kind.
PAGES = frozenset({400, 403, 404, 405, 410, 429, 500, 503})
RETRY_AFTER_SECONDS = 5
#: How long somebody waits who asked for too much in a minute.
CROWDED_SECONDS = 60


class DomainError(Exception):
    """Something the rules of the product do not allow; its name says what."""


class PermissionDenied(DomainError):
    """The actor may not do this."""


class TooManyTries(DomainError):
    """A limit on how often something may be tried has been reached."""


class SignInNeeded(DomainError):
    """A guest may see this, but only somebody signed in could do it."""


def init_app(app: Flask) -> None:
    """Show a calm page for every error."""
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(PermissionDenied, lambda _: _error_page(403))
    app.register_error_handler(TooManyTries, lambda _: _error_page(429, is_crowded=False))
    app.register_error_handler(TooManyRequests, lambda _: _show_crowd())
    app.register_error_handler(SignInNeeded, lambda _: go_to_sign_in())
    app.register_error_handler(Busy, _show_busy)
    app.register_error_handler(Exception, _show_failure)


def go_to_sign_in() -> ResponseReturnValue:
    """Send a guest to the sign-in page, and back here afterwards if this was only a look."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=here), HTTPStatus.SEE_OTHER)


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error, SecurityError):
        # Somebody reached us under a forged host: a page could not say where its links lead.
        return Response("This is not the address of this site.\n", status, mimetype="text/plain")
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name in {"Allow", "Retry-After"}
    }
    return _error_page(status, headers)


def _show_busy(_error: Busy) -> ResponseReturnValue:
    log.warning("busy", endpoint=request.endpoint)
    return _error_page(503, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def _show_crowd() -> ResponseReturnValue:
    # Whoever asks too much gets a page that asks the database nothing.
    g.is_failing = True
    return _error_page(429, {"Retry-After": str(CROWDED_SECONDS)}, is_crowded=True)


def _show_failure(error: Exception) -> ResponseReturnValue:
    # The message may hold what a person typed, so only its kind and place are logged.
    log.error("failure", endpoint=request.endpoint, kind=type(error).__name__, at=place_of(error))
    db.session.rollback()
    return _error_page(500)


def place_of(error: Exception) -> list[str]:
    """Return where the error passed through, as `file:line function`, outermost first."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places


def _error_page(
    status: int, headers: dict[str, str] | None = None, **words: object
) -> ResponseReturnValue:
    if status >= 500:  # noqa: PLR2004
        # Whatever renders this page must not ask the database, which may be what fails.
        g.is_failing = True
    page = status if status in PAGES else 500 if status >= 500 else 400  # noqa: PLR2004
    return render_template(f"errors/{page}.html", **words), status, headers or {}
