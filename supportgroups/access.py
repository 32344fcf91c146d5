"""Who may reach a view: every view says so with `@access(...)`.

`PUBLIC` is for everybody, `SIGNED_IN` for people with a session, `SITE` for whoever runs the site.
A permission (an entry of the table in `groups/permissions.py`) is decided by the loader that the
view must call; a response that was made without that check never leaves the site.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

View = TypeVar("View", bound=Callable[..., Any])

#: Below this a response shows something; from here on it is a refusal or an error.
REFUSALS_FROM = 400


class Audience(StrEnum):
    """The kinds of access that need no permission in a group."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    SITE = "site"


PUBLIC = Audience.PUBLIC
SIGNED_IN = Audience.SIGNED_IN
SITE = Audience.SITE


def access(rule: StrEnum) -> Callable[[View], View]:
    """Mark a view with who may reach it: `PUBLIC`, `SIGNED_IN`, `SITE` or a permission."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


def declared_access() -> StrEnum | None:
    """Return what the view of this request declared; none when there is no such view."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "access", None)


def note_check(permission: StrEnum) -> None:
    """Remember that a loader has decided about `permission` in this request."""
    g.setdefault("checked_permissions", set()).add(permission)


def init_app(app: Flask) -> None:
    """Hold back every response whose view declared a permission that nobody checked."""

    @app.after_request
    def refuse_unchecked(response: Response) -> Response:
        rule = declared_access()
        if rule is None or isinstance(rule, Audience) or response.status_code >= REFUSALS_FROM:
            return response
        if rule not in g.get("checked_permissions", ()):
            raise RuntimeError(f"{request.endpoint} declares {rule} but never checked it")
        return response
