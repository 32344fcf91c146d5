"""Breaks of the whole site: what whoever runs it does for all groups at once.

The pages say what would happen before it happens. They name listed groups, and only count the
others: running the site opens no group.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import SITE, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.models import Group
from supportgroups.sessions import queries
from supportgroups.sessions.forms.sessions import SiteBreakForm
from supportgroups.sessions.models import SiteBreak
from supportgroups.sessions.services import pauses, site_breaks
from supportgroups.sessions.views.blueprint import bp
from supportgroups.sessions.views.confirming import BACK, CONFIRMED, is_confirmed, wants_back

#: So many groups are named on a page; the others are counted.
GROUPS_NAMED = 50


class Reach(NamedTuple):
    """What a break of the whole site is about, as far as a page tells it."""

    #: Listed groups, each with how many sessions.
    named: list[tuple[str, int]]
    #: How many groups more.
    more: int
    sessions: int


@bp.get("/site/breaks")
@access(SITE)
def list_site_breaks() -> ResponseReturnValue:
    """List the breaks of the whole site that are not over."""
    now = utc_now()
    found = queries.list_site_breaks(since=now.date())
    return render_template(
        "sessions/site_breaks.html",
        site_breaks=[(one, _reach_of(one)) for one in found],
    )


@bp.route("/site/breaks/new", methods=["GET", "POST"])
@access(SITE)
def create_site_break() -> ResponseReturnValue:
    """Give every group a break, after a look at what it calls off."""
    form = SiteBreakForm()
    if form.validate_on_submit() and not wants_back():
        starts_on, returns_on = form.starts_on.data, form.returns_on.data
        now = utc_now()
        if not is_confirmed():
            meeting = queries.list_groups_that_meet(
                starts_on=starts_on, returns_on=returns_on, now=now
            )
            return render_template(
                "sessions/confirm_site_break.html",
                form=form,
                reach=_reach((found.group, found.sessions) for found in meeting),
                typed=[
                    (name, request.form[name]) for name in ("starts_on", "returns_on", "reason")
                ],
                names={"confirmed": CONFIRMED, "back": BACK},
            )
        try:
            site_breaks.begin_site_break(
                starts_on=starts_on,
                returns_on=returns_on,
                reason=form.reason.data or "",
                actor=signed_in_viewer(),
                now=now,
            )
        except pauses.BreakIsOver:
            form.refuse("returns_on", _("This day has passed. Choose a later one"))
        else:
            flash(_("Every group has this break. Whoever answered is being told."), "success")
            return redirect(url_for(".list_site_breaks"), 303)
    return render_template("sessions/create_site_break.html", form=form)


@bp.route("/site/breaks/<uuid:public_id>/lift", methods=["GET", "POST"])
@access(SITE)
def lift_site_break(public_id: UUID) -> ResponseReturnValue:
    """Let all groups meet in the days of a break after all, after a look at what takes place."""
    site_break = queries.find_site_break(public_id)
    if site_break is None:
        abort(404)
    if request.method == "POST":
        site_breaks.lift_site_break(site_break, actor=signed_in_viewer(), now=utc_now())
        flash(_("There is no break any more. Whoever answered is being told."), "success")
        return redirect(url_for(".list_site_breaks"), 303)
    return render_template(
        "sessions/lift_site_break.html", site_break=site_break, reach=_reach_of(site_break)
    )


def _reach_of(site_break: SiteBreak) -> Reach:
    off = queries.count_sessions_off_by(site_break, now=utc_now())
    groups = [pause.group for pause in queries.list_pauses_of_site_break(site_break)]
    return _reach((group, off.get(group.id, 0)) for group in groups)


def _reach(groups: Iterable[tuple[Group, int]]) -> Reach:
    found = list(groups)
    named = sorted((group.name, sessions) for group, sessions in found if group.is_listed)
    return Reach(
        named=named[:GROUPS_NAMED],
        more=len(found) - len(named[:GROUPS_NAMED]),
        sessions=sum(sessions for _group, sessions in found),
    )
