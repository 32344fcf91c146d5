"""What the pages for coming in read from a request, and where they send people."""

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from supportgroups.accounts.devices import device_name
from supportgroups.networks import caller_of
from supportgroups.tokens import new_secret

_BROWSER = "sign_up_browser"


def caller() -> str:
    """Return the network address under which tries are counted."""
    return caller_of(request.remote_addr)


def this_device() -> str:
    """Return what a person recognises this device by."""
    return device_name(request.user_agent.string)


def browser_secret() -> str | None:
    """Return what this browser keeps to be known again, if it has asked to sign up."""
    return session.get(_BROWSER)


def keep_browser_secret() -> str:
    """Let this browser be known again when the link in the letter is opened, and return how."""
    if _BROWSER not in session:
        session[_BROWSER] = new_secret()
    return str(session[_BROWSER])


def go_on(next_path: str | None) -> ResponseReturnValue:
    """Send somebody who has come in to where they were going, or to their own page."""
    return redirect(next_path or url_for("pages.my"), 303)
