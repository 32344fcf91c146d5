"""The page behind the link in a letter that offers a place."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.clock import utc_now
from supportgroups.rsvps.forms import OfferForm
from supportgroups.rsvps.loaders import load_offer
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import answers as services
from supportgroups.rsvps.views.blueprint import bp


@bp.route("/offers/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def answer_offer(token: str) -> ResponseReturnValue:
    """Let whoever holds the link in a letter take the offered place, or pass it on.

    Looking answers nothing: programs that read mail follow links. The page names no group.
    """
    offer = load_offer(token)
    form = OfferForm()
    if form.validate_on_submit():
        takes_it = form.status.data == RsvpStatus.ACCEPTED
        services.answer_offer(offer, takes_it=takes_it, now=utc_now())
        return redirect(url_for(".answer_offer", token=token), 303)
    return render_template(
        "rsvps/answer_offer.html",
        form=form,
        offer=offer,
        is_open=offer.is_open(utc_now()),
        group_session=offer.rsvp.group_session,
        zone=offer.rsvp.user.time_zone,
    ), 400 if form.errors else 200
