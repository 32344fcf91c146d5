"""Going out: calmly, or at once."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import current_device, forget
from supportgroups.accounts.services import sign_ins as services
from supportgroups.accounts.views.blueprint import bp

#: Where "Leave now" goes: a page that anybody may have open, and that asks no cookies first.
HARMLESS_PAGE = "https://www.wikipedia.org/"
#: Who may sign a person out by a mere link: our own pages, and the person's own typing.
OWN_SITES = frozenset({"same-origin", "none"})


@bp.route("/sign-out", methods=["GET", "POST"])
@access(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """Ask with one button, then sign this device out."""
    if request.method != "POST" and current_device() is not None:
        return render_template("accounts/sign_out.html")
    _sign_out_here()
    return redirect(url_for("accounts.goodbye"), 303)


@bp.get("/goodbye")
@access(PUBLIC)
def goodbye() -> ResponseReturnValue:
    """Say goodbye, and let the browser forget the pages it keeps (see `clear_cache`)."""
    return render_template("accounts/goodbye.html")


@bp.get("/goodbye.css")
@access(PUBLIC)
def clear_cache() -> ResponseReturnValue:
    """Tell the browser to forget the pages it keeps, so that Back shows nothing private.

    Only a part of a page that answers so does this in time: on the answer of the sign-out
    itself the browser kept its pages in 9 of 10 runs (safety.md, trap 5).
    """
    response = Response("/* The browser forgets the pages it kept. */\n", mimetype="text/css")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/leave")
@access(PUBLIC)
def leave() -> ResponseReturnValue:
    """Sign out and go somewhere harmless, at once.

    A link has to be enough, because nobody who has to leave can wait for a second page. Another
    site could use it to sign a person out, so a request that comes from one only goes away.
    """
    if request.headers.get("Sec-Fetch-Site", "none") in OWN_SITES:
        _sign_out_here()
    return redirect(HARMLESS_PAGE, 303)


def _sign_out_here() -> None:
    device = current_device()
    if device is not None:
        services.sign_out(device)
    forget()
