"""Breaks: for a while a group, or one of its schedules, does not meet."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import to_zone, utc_now
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission
from supportgroups.sessions import queries
from supportgroups.sessions.forms.sessions import BreakForm
from supportgroups.sessions.loaders import load_pause
from supportgroups.sessions.models import Pause, Series
from supportgroups.sessions.services import pauses as services
from supportgroups.sessions.services.changes import NotConfirmed
from supportgroups.sessions.views.blueprint import bp
from supportgroups.sessions.views.confirming import (
    ask_to_confirm,
    is_confirmed,
    say_done,
    wants_back,
)


@bp.get("/groups/<slug>/breaks")
@access(Permission.SESSION_MANAGE)
def breaks(slug: str) -> ResponseReturnValue:
    """List the breaks of a group that are not over."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    return render_template("sessions/breaks.html", group=group, pauses=_coming(group))


@bp.route("/groups/<slug>/breaks/new", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def create_pause(slug: str) -> ResponseReturnValue:
    """Take a break, or leave out a single day."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    form = BreakForm(data={"series": request.args.get("series", "")})
    schedules = queries.list_live_series(group)
    form.offer_series(schedules, is_all=len(queries.list_series(group)) == 1)
    if form.validate_on_submit() and not wants_back():
        now = utc_now()
        try:
            change = services.take_break(
                group,
                series=_chosen(form, schedules),
                starts_on=form.starts_on.data,
                returns_on=form.returns_on.data,
                reason=form.reason.data or "",
                is_confirmed=is_confirmed(),
                actor=signed_in_viewer(),
                now=now,
            )
        except NotConfirmed as question:
            return ask_to_confirm(question)
        except services.BreakIsOver:
            form.refuse("returns_on", _("This day has passed. Choose a later one"))
        else:
            say_done(_("The break is planned."), change, now=now)
            return redirect(url_for(".breaks", slug=slug), 303)
    return render_template("sessions/create_pause.html", group=group, form=form)


@bp.post("/groups/<slug>/breaks/<uuid:public_id>/end")
@access(Permission.SESSION_MANAGE)
def lift_pause(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let the group meet on the days of a break after all."""
    pause = load_pause(slug, public_id, Permission.SESSION_MANAGE)
    now = utc_now()
    change = services.end_break(pause, actor=signed_in_viewer(), now=now)
    say_done(_("There is no break any more."), change, now=now)
    return redirect(url_for(".breaks", slug=slug), 303)


def _coming(group: Group) -> list[Pause]:
    today = to_zone(utc_now(), group.time_zone).date()
    return queries.list_pauses(group.id, since=today)


def _chosen(form: BreakForm, schedules: list[Series]) -> Series | None:
    chosen = form.series.data if "series" in form else ""
    return next((series for series in schedules if str(series.public_id) == chosen), None)
