"""Erasing everything about oneself: one page, one button, no reason asked."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts.current import forget, signed_in_viewer
from supportgroups.accounts.services.erasure import erase_person
from supportgroups.clock import utc_now
from supportgroups.groups.queries import list_groups_to_hand_over
from supportgroups.groups.services.members import LastOrganizer
from supportgroups.pages.views.blueprint import bp


@bp.route("/account/erase", methods=["GET", "POST"])
@access(SIGNED_IN)
def erase() -> ResponseReturnValue:
    """Erase everything about the viewer, unless a group would be left without an organizer."""
    person = signed_in_viewer()
    if request.method == "POST":
        try:
            erase_person(person, now=utc_now())
        except LastOrganizer:
            return _erase_page(), 409
        forget()
        return redirect(url_for(".erased"), 303)
    return _erase_page()


@bp.get("/erased")
@access(PUBLIC)
def erased() -> ResponseReturnValue:
    """Say that it is done. Nobody is told by mail."""
    return render_template("pages/erased.html")


def _erase_page() -> str:
    to_hand_over = list_groups_to_hand_over(signed_in_viewer())
    return render_template("pages/erase.html", to_hand_over=to_hand_over)
