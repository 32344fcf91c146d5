"""The ways in to a schedule: what organizers choose, and "I might come" where nobody books."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.networks import caller_of
from supportgroups.rsvps.forms import MightComeForm, WayInForm
from supportgroups.rsvps.services import might_come as services
from supportgroups.rsvps.services.answers import SessionAlreadyStarted, SessionIsCancelled
from supportgroups.rsvps.services.ways_in import PeopleHaveAnswered, choose_way_in
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_group_session, load_series
from supportgroups.tokens import new_secret


@bp.route("/groups/<slug>/series/<uuid:public_id>/way-in", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def edit_way_in(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Choose how people come to the sessions of a schedule."""
    series = load_series(slug, public_id, Permission.SESSION_MANAGE)
    form = WayInForm(data=WayInForm.values_of(series))
    form.offer_ways_into(series.kind)
    if form.validate_on_submit():
        try:
            choose_way_in(series, form.details(), actor=signed_in_viewer(), now=utc_now())
        except PeopleHaveAnswered:
            form.refuse(
                "admission",
                _("People have answered already, so this cannot change between dates and course"),
            )
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("pages.group", slug=slug), 303)
    return render_template("rsvps/way_in.html", form=form, series=series)


@bp.route("/sessions/<uuid:public_id>/might-come", methods=["GET", "POST"])
@access(Permission.GROUP_READ)
def might_come(public_id: UUID) -> ResponseReturnValue:
    """Count somebody who might just turn up, and keep nothing about them."""
    group_session = load_group_session(public_id, Permission.GROUP_READ)
    to_session = redirect(url_for("pages.session", public_id=public_id), 303)
    form = MightComeForm()
    if form.validate_on_submit():
        try:
            services.say_might_come(
                group_session,
                form_key=form.key.data or "",
                caller=caller_of(request.remote_addr),
                now=utc_now(),
            )
        except (services.BookingNeeded, SessionAlreadyStarted, SessionIsCancelled):
            # The page of the session says how it stands now.
            return to_session
        flash(_("Thank you. We counted one more, and kept nothing about you."), "success")
        return to_session
    if not group_session.is_drop_in:
        return to_session
    form.key.data = new_secret()
    return render_template("rsvps/might_come.html", form=form, group_session=group_session)
