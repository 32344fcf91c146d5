"""Who is looking: the one place that knows how the framework remembers a person."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, abort, g, has_request_context, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import update

from supportgroups.access import SIGNED_IN, SITE, declared_access
from supportgroups.accounts import queries
from supportgroups.accounts.models import SignIn, UserAccount
from supportgroups.clock import utc_now
from supportgroups.db import db, transaction
from supportgroups.errors import go_to_sign_in
from supportgroups.languages import LANGUAGES

#: Somebody's own link stays readable for so long in the browser in which it was made.
OWN_LINK_SHOWN_FOR = timedelta(minutes=10)
#: Where this browser keeps it: its own signed cookie, never the database.
_OWN_LINK = "own_link"
#: A device's last use is written down at most this often, so that reading stays reading.
SEEN_EVERY = timedelta(minutes=5)

login_manager = LoginManager()
# The device's own row decides; addresses of phones change while people read.
login_manager.session_protection = None


class Device(UserMixin):
    """What the framework carries for a signed-in person: the device and its secret."""

    def __init__(self, sign_in: SignIn, secret: str) -> None:
        """Join a device with the secret that its cookie holds."""
        self.sign_in = sign_in
        self.secret = secret

    def get_id(self) -> str:
        """Return what goes into the signed cookie."""
        return self.secret


@login_manager.user_loader
def _load_device(secret: str) -> Device | None:
    sign_in = queries.find_sign_in(secret, now=utc_now())
    return Device(sign_in, secret) if sign_in is not None else None


def viewer() -> UserAccount | None:
    """Return the person who is signed in here, if anyone is."""
    device = current_device()
    return device.user if device is not None else None


def signed_in_viewer() -> UserAccount:
    """Return the person who is signed in here, in a view that lets nobody else in."""
    person = viewer()
    if person is None:
        raise RuntimeError("this view must be marked @access(SIGNED_IN) or check a permission")
    return person


def current_device() -> SignIn | None:
    """Return the device that this request comes from, if it is signed in."""
    if not has_request_context() or g.get("is_failing"):
        # A letter is written outside any request. The page about a failure must not ask the
        # database, which may be what fails.
        return None
    device = current_user
    return device.sign_in if device.is_authenticated else None


def signed_in_device() -> SignIn:
    """Return the device that this request comes from, in a view that lets nobody else in."""
    device = current_device()
    if device is None:
        raise RuntimeError("this view must be marked @access(SIGNED_IN)")
    return device


def remember(sign_in: SignIn, secret: str) -> None:
    """Let this browser carry the secret of a device, for as long as the device may live."""
    session.clear()
    session.permanent = sign_in.is_kept
    login_user(Device(sign_in, secret))


def forget() -> None:
    """Make this browser forget who was here."""
    logout_user()
    session.clear()


def keep_own_secret(secret: str) -> None:
    """Let this browser show the link of this secret for a few minutes."""
    session[_OWN_LINK] = [secret, (utc_now() + OWN_LINK_SHOWN_FOR).isoformat()]


def own_secret() -> str | None:
    """Return the secret of the person's own link, in the browser that made it a moment ago."""
    secret, until = session.get(_OWN_LINK, ("", ""))
    if not secret or datetime.fromisoformat(until) <= utc_now():
        return None
    return str(secret)


def select_language() -> str:
    """Return the locale of this page: the person's choice, or the best the browser asks for."""
    person = viewer() if has_request_context() else None
    if person is not None and person.language in LANGUAGES:
        return LANGUAGES[person.language]
    wanted = request.accept_languages if has_request_context() else None
    best = wanted.best_match(list(LANGUAGES)) if wanted is not None else None
    return LANGUAGES[best or "en"]


@transaction()
def _note_seen(sign_in_id: int) -> None:
    # By its number: the device may have been signed out in this moment.
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=utc_now()))


def init_app(app: Flask) -> None:
    """Ask for a sign-in where a view needs one, and tell templates who is looking."""
    login_manager.init_app(app)

    @app.before_request
    def require_sign_in() -> Any:
        rule = declared_access()
        if rule in {SIGNED_IN, SITE}:
            person = viewer()
            if person is None:
                return go_to_sign_in()
            if rule is SITE and not person.is_site_admin:
                abort(403)
        device = current_device() if "_user_id" in session else None
        if device is not None and utc_now() - device.last_seen_at > SEEN_EVERY:
            _note_seen(device.id)
        return None

    @app.context_processor
    def provide_viewer() -> dict[str, UserAccount | None]:
        return {"viewer": viewer()}
