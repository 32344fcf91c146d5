"""Planning a single session or a schedule."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.loaders import load_group
from supportgroups.groups.permissions import Permission
from supportgroups.sessions.forms import SeriesForm, explain_clock_change
from supportgroups.sessions.loaders import list_leaders
from supportgroups.sessions.services import series as series_services
from supportgroups.sessions.views.blueprint import bp

#: What a group needs to plan its first session: these fit most.
USUAL_PLACES = 12


@bp.route("/groups/<slug>/series/new", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def create_series(slug: str) -> ResponseReturnValue:
    """Plan a single session or a schedule."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    form = SeriesForm(capacity=USUAL_PLACES)
    form.offer_leaders(list_leaders(group))
    if form.validate_on_submit():
        try:
            series_services.create_series(
                group,
                form.series_details(group.time_zone),
                actor=signed_in_viewer(),
                now=utc_now(),
            )
        except series_services.StartsInThePast:
            form.refuse("day", _("This start has already passed. Choose a later one"))
        except series_services.StartsOnClockChange as error:
            explain_clock_change(form, error)
        else:
            flash(_("Your sessions are planned."), "success")
            return redirect(url_for("pages.group", slug=group.slug), 303)
    return render_template("sessions/create_series.html", form=form, group=group)
