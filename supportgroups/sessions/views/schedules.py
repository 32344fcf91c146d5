"""Planning a schedule in a group that exists."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import to_zone, utc_now
from supportgroups.errors import DomainError
from supportgroups.groups.holidays import country_name
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission
from supportgroups.sessions import queries
from supportgroups.sessions.forms.planning import Planned
from supportgroups.sessions.forms.series import SeriesForm
from supportgroups.sessions.loaders import list_leaders
from supportgroups.sessions.services.series import create_series as create
from supportgroups.sessions.starting_points import (
    STARTING_POINTS,
    USUAL_PLACES,
    starting_point,
)
from supportgroups.sessions.views.blueprint import bp
from supportgroups.sessions.views.previews import (
    CHECK,
    FRAGMENT,
    MORE,
    asked_for,
    explain,
    fragment,
    preview_of,
    quiet_preview_of,
)


@bp.route("/groups/<slug>/series/new", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def create_series(slug: str) -> ResponseReturnValue:
    """Plan a single session or a schedule, from nothing, a usual shape or another schedule."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    form = SeriesForm(data=_to_begin_with(group))
    form.offer_leaders(list_leaders(group))
    form.offer_first_days(to_zone(utc_now(), group.time_zone).replace(tzinfo=None))
    where = {"zone": group.time_zone, "country": group.holiday_country, "region": group.region}
    go = asked_for()
    if go == FRAGMENT:
        shown = quiet_preview_of(form, **where, group=group)
        return fragment(form, shown)
    shown = None
    if go == CHECK:
        shown = preview_of(form, **where, group=group)
    elif go == MORE:
        form.add_rows()
    elif form.validate_on_submit():
        planned = Planned(form, **where)
        try:
            create(
                group,
                form.series_details(planned, form.title.data),
                actor=signed_in_viewer(),
                now=utc_now(),
            )
        except DomainError as error:
            explain(form, error)
        else:
            flash(_("Your sessions are planned."), "success")
            return redirect(url_for("pages.group", slug=group.slug), 303)
    return render_template(
        "sessions/create_series.html",
        form=form,
        group=group,
        preview=shown,
        country=country_name(group.holiday_country, get_locale()),
        points=STARTING_POINTS,
        schedules=queries.list_series(group),
    )


def _to_begin_with(group: Group) -> dict[str, Any]:
    """Return what the form says before anybody has typed: what the address asks for."""
    copied = request.args.get("copy")
    for series in queries.list_series(group) if copied else []:
        if str(series.public_id) == copied:
            return SeriesForm.values_of(series)
    point = starting_point(request.args.get("start"))
    return {"capacity": USUAL_PLACES, **point.when, **point.where}
