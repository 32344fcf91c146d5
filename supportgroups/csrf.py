"""No other site may act in a person's name: a token in every form, and a look at the caller."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, request
from flask_wtf import CSRFProtect

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

protection = CSRFProtect()

View = TypeVar("View", bound=Callable[..., Any])


def needs_no_token(view: View) -> View:
    """Mark a view that programs call without a form of ours; knowing its address is the proof."""
    protection.exempt(view)
    return view


def init_app(app: Flask) -> None:
    """Refuse unsafe requests that another site sent, or that carry no token of ours."""
    # A form may stay open for as long as the sign-in lives; the session ends it, not a timer.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # We send no Referer and ask for none: tokens and Sec-Fetch-Site do the work.
    app.config["WTF_CSRF_SSL_STRICT"] = False

    @app.before_request
    def refuse_other_sites() -> None:
        comes_from_elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
        if comes_from_elsewhere and request.method not in SAFE_METHODS:
            abort(400)

    protection.init_app(app)
