"""Pages on which organizers plan and change sessions. The session's own page is in `pages`."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.formatting import calendar_day
from supportgroups.groups import queries as group_queries
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group, Membership, Role
from supportgroups.groups.permissions import Permission
from supportgroups.sessions.forms import CancelForm, SeriesForm, SessionForm
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services import series as series_services
from supportgroups.sessions.services import sessions as session_services

bp = Blueprint("sessions", __name__)

#: What a group needs to plan its first session: these fit most.
USUAL_PLACES = 12


@bp.route("/groups/<slug>/series/new", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def create_series(slug: str) -> ResponseReturnValue:
    """Plan a single session or a schedule."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    form = SeriesForm(capacity=USUAL_PLACES)
    form.offer_leaders(_leaders(group))
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
            _explain_clock_change(form, error)
        else:
            flash(_("Your sessions are planned."), "success")
            return redirect(url_for("pages.group", slug=group.slug), 303)
    return render_template("sessions/create_series.html", form=form, group=group)


@bp.route("/sessions/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def edit(public_id: UUID) -> ResponseReturnValue:
    """Change or move one session alone."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    form = SessionForm(data=SessionForm.values_of(group_session))
    form.offer_leaders(_leaders(group_session.group))
    if form.validate_on_submit():
        try:
            session_services.edit_session(
                group_session, form.details(), actor=signed_in_viewer(), now=utc_now()
            )
        except session_services.SessionOver:
            return _is_over(group_session)
        except series_services.StartsInThePast:
            form.refuse("day", _("This start has already passed. Choose a later one"))
        except series_services.StartsOnClockChange as error:
            _explain_clock_change(form, error)
        else:
            flash(_("Saved."), "success")
            return _to_session(group_session)
    return render_template("sessions/edit.html", form=form, group_session=group_session)


@bp.route("/sessions/<uuid:public_id>/cancel", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def cancel(public_id: UUID) -> ResponseReturnValue:
    """Call one session off, with a reason for those who would have come."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    form = CancelForm(reason=group_session.cancel_reason)
    if form.validate_on_submit():
        try:
            session_services.cancel_session(
                group_session,
                actor=signed_in_viewer(),
                reason=form.reason.data or "",
                now=utc_now(),
            )
        except session_services.SessionOver:
            return _is_over(group_session)
        flash(_("The session is cancelled. Everyone who answered is being told."), "success")
        return _to_session(group_session)
    return render_template("sessions/cancel.html", form=form, group_session=group_session)


@bp.route("/sessions/<uuid:public_id>/restore", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def restore(public_id: UUID) -> ResponseReturnValue:
    """Let a cancelled session take place after all."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    if request.method == "POST":
        try:
            session_services.restore_session(group_session, actor=signed_in_viewer(), now=utc_now())
        except session_services.SessionOver:
            return _is_over(group_session)
        flash(_("The session takes place. Everyone who answered is being told."), "success")
        return _to_session(group_session)
    return render_template("sessions/restore.html", group_session=group_session)


def _leaders(group: Group) -> list[Membership]:
    return group_queries.list_members(group, roles=[Role.ORGANIZER, Role.FACILITATOR])


def _to_session(group_session: GroupSession) -> ResponseReturnValue:
    return redirect(url_for("pages.session", public_id=group_session.public_id), 303)


def _is_over(group_session: GroupSession) -> ResponseReturnValue:
    flash(_("This session is over and can no longer be changed."), "error")
    return _to_session(group_session)


def _explain_clock_change(form: SessionForm, error: series_services.StartsOnClockChange) -> None:
    form.refuse(
        "starts",
        _(
            "On %(day)s the clocks change at this hour. Choose another time",
            day=calendar_day(error.wall_starts_at.date()),
        ),
    )
