"""Pages on which people choose invitations by mail, and stop them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.calendars import queries
from supportgroups.calendars.forms import DISCRETION_EXAMPLES, InvitationForm
from supportgroups.calendars.loaders import load_invited
from supportgroups.calendars.services import invitations as services
from supportgroups.calendars.views.blueprint import bp
from supportgroups.config import settings
from supportgroups.csrf import needs_no_token


@bp.route("/my/calendars/invitations", methods=["GET", "POST"])
@access(SIGNED_IN)
def invitations() -> ResponseReturnValue:
    """Let somebody choose whether their sessions come by mail into their calendar program."""
    person = signed_in_viewer()
    form = InvitationForm.of(queries.find_choice(person))
    can_be_invited = services.can_be_invited(person)
    if can_be_invited and form.validate_on_submit():
        if form.is_on.data:
            services.choose_invitations(
                actor=person, discretion=form.chosen_discretion, neutral_word=form.chosen_word
            )
            flash(_("Saved. The first letters come within a minute or two."), "success")
        else:
            services.stop_invitations(person)
            flash(_("Saved. You get no calendar invitations."), "success")
        return redirect(url_for(".links"), 303)
    return render_template(
        "calendars/invitations.html",
        form=form,
        can_be_invited=can_be_invited,
        takes_replies=settings().reply_domain is not None,
        examples=DISCRETION_EXAMPLES,
    ), 400 if form.errors else 200


@bp.route("/calendar-invitations/<token>/stop", methods=["GET", "POST"])
@needs_no_token
@access(PUBLIC)
def stop_invitations(token: str) -> ResponseReturnValue:
    """Stop somebody's invitations: for a person by a button, for a mail program by one request.

    A mail program has no token of a form; that it knows the address is enough (RFC 8058 §3.1).
    """
    person = load_invited(token)
    if request.method == "POST":
        services.stop_invitations(person)
    return render_template(
        "calendars/stop_invitations.html", is_stopped=queries.find_choice(person) is None
    )
