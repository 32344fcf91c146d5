"""Coming back by one's own link, for people without e-mail and password."""

from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts import queries
from supportgroups.accounts.current import (
    current_device,
    keep_own_secret,
    own_secret,
    remember,
    signed_in_device,
    signed_in_viewer,
)
from supportgroups.accounts.services import guests as services
from supportgroups.accounts.services.sign_ins import LinkUnusable
from supportgroups.accounts.views.blueprint import bp
from supportgroups.accounts.views.requests import go_on, this_device
from supportgroups.clock import utc_now
from supportgroups.outbox.mail import absolute
from supportgroups.qr_codes import QrCode


@bp.route("/my/link/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def come_back(token: str) -> ResponseReturnValue:
    """Come in with one's own link, when the button is pressed.

    Opening the link alone does nothing and says nothing: programs that look for bad mail open
    every link, and so may whoever holds the phone.
    """
    if request.method == "POST":
        try:
            device = services.come_back(
                token, device_name=this_device(), replacing=current_device(), now=utc_now()
            )
        except LinkUnusable:
            return _link_over()
        remember(device.sign_in, device.secret)
        return go_on(None)
    if queries.find_manage_link(token) is None:
        return _link_over()
    return render_template("accounts/come_back.html")


@bp.get("/my/link")
@access(SIGNED_IN)
def own_link() -> ResponseReturnValue:
    """Show a person their own link for a few minutes after it was made, then how to get another."""
    if not signed_in_viewer().is_light:
        return redirect(url_for("accounts.profile"), 303)
    return render_template("accounts/own_link.html", own_link=find_own_link())


class OwnLink(NamedTuple):
    """Somebody's way back, for a page that may show it."""

    address: str
    qr: QrCode


def find_own_link() -> OwnLink | None:
    """Return the person's own link as long as this browser can show it."""
    secret = own_secret()
    if secret is None:
        return None
    address = absolute(url_for("accounts.come_back", token=secret))
    return OwnLink(address, QrCode(address))


@bp.post("/my/new-link")
@access(SIGNED_IN)
def renew_own_link() -> ResponseReturnValue:
    """Make another link; the old ones end."""
    renewed, secret = services.renew_own_link(signed_in_device(), now=utc_now())
    remember(renewed.sign_in, renewed.secret)
    keep_own_secret(secret)
    flash(_("Here is your new link. The old one no longer works."), "success")
    return redirect(url_for(".own_link"), 303)


def _link_over() -> ResponseReturnValue:
    return render_template("accounts/own_link_over.html"), 410
