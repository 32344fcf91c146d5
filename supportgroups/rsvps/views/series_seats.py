"""A seat in every session of a schedule: holding it, skipping dates, giving it up."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.rsvps import queries
from supportgroups.rsvps.forms import SeatForm
from supportgroups.rsvps.services import series_seats as services
from supportgroups.rsvps.services.answers import ApprovalNeeded
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_series
from supportgroups.sessions.queries import list_coming_of_series
from supportgroups.sessions.ways_in import WayIn

#: So many of the next dates stand on the page.
DATES_SHOWN = 8


@bp.route("/groups/<slug>/series/<uuid:public_id>/seat", methods=["GET", "POST"])
@access(Permission.SESSION_RSVP)
def series_seat(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let a member hold a seat on every date, keep it when asked, or give it up."""
    series = load_series(slug, public_id, Permission.SESSION_RSVP)
    member = signed_in_viewer()
    now = utc_now()
    form = SeatForm()
    if form.validate_on_submit():
        form_key = form.form_key.data
        if form.seat.data == "hold":
            try:
                services.hold_seat(series, actor=member, form_key=form_key, now=now)
            except services.NothingToBook:
                flash(_("Nobody books here. Just turn up."), "error")
            except ApprovalNeeded:
                flash(
                    _("The organizers let people in first. Ask them on the page of a session."),
                    "error",
                )
        elif form.seat.data == "confirm":
            services.confirm_seat(series, actor=member, now=now)
            flash(_("Good. Your place stays yours."), "success")
        else:
            services.give_up_seat(series, actor=member, form_key=form_key, now=now)
            flash(_("Your place is given up. You are welcome on any single date."), "success")
        return redirect(url_for(".series_seat", slug=slug, public_id=public_id), 303)
    dates = list_coming_of_series(series, now=now)[:DATES_SHOWN]
    held = queries.find_series_rsvp(series, member)
    return render_template(
        "rsvps/series_seat.html",
        form=form,
        series=series,
        held=held,
        asked_until=held.asked_at + services.ANSWER_WITHIN if held and held.asked_at else None,
        is_drop_in=series.admission is WayIn.DROP_IN,
        dates=dates,
        answers=queries.answers_of(member, dates),
    ), 400 if form.errors else 200
