"""Changing a course that is planned: its topics, its places, who may still join, one date more."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.sessions.forms.courses import CourseForm, MakeUpForm
from supportgroups.sessions.forms.sessions import explain_clock_change
from supportgroups.sessions.loaders import load_course
from supportgroups.sessions.models import Series
from supportgroups.sessions.queries import find_course_dates
from supportgroups.sessions.services import courses as services
from supportgroups.sessions.services.series import StartsInThePast, StartsOnClockChange
from supportgroups.sessions.views.blueprint import bp


@bp.route("/groups/<slug>/courses/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def edit_course(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Write the topics of a course, and say for how many and for how long it is open."""
    series = load_course(slug, public_id, Permission.SESSION_MANAGE)
    now = utc_now()
    dates = find_course_dates([series])[series.id]
    form = CourseForm.of(dates, now=now)
    if form.validate_on_submit():
        services.edit_course(series, form.details(dates), actor=signed_in_viewer(), now=now)
        flash(_("Saved."), "success")
        return _to_course(series)
    return render_template(
        "sessions/edit_course.html",
        form=form,
        series=series,
        group=series.group,
    ), 400 if form.errors else 200


@bp.route("/groups/<slug>/courses/<uuid:public_id>/make-up", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def add_make_up(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Add one date to a course, for those who missed one."""
    series = load_course(slug, public_id, Permission.SESSION_MANAGE)
    form = MakeUpForm.of(find_course_dates([series])[series.id])
    if form.validate_on_submit():
        try:
            services.add_make_up(series, form.details(), actor=signed_in_viewer(), now=utc_now())
        except StartsInThePast:
            form.refuse("day", _("This start has already passed. Choose a later one"))
        except StartsOnClockChange as error:
            explain_clock_change(form, error)
        except services.MeetsThenAlready:
            form.refuse("day", _("The course meets then already. Choose another day or time"))
        else:
            flash(_("The date is added. Whoever is enrolled is being told."), "success")
            return _to_course(series)
    return render_template(
        "sessions/add_make_up.html", form=form, series=series, group=series.group
    ), 400 if form.errors else 200


def _to_course(series: Series) -> ResponseReturnValue:
    address = url_for("pages.course", slug=series.group.slug, public_id=series.public_id)
    return redirect(address, 303)
