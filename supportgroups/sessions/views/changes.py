"""Changing, cancelling and restoring sessions: one, it and those that follow, or all to come.

Where members would be told, the page first repeats what they will read; the answer to that page
carries `confirmed`. What it repeats is taken from the act itself, which was done and taken back.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.sessions.forms.sessions import (
    CancelForm,
    EditForm,
    RestoreForm,
    explain_clock_change,
)
from supportgroups.sessions.loaders import list_leaders, load_change, load_group_session
from supportgroups.sessions.models import GroupSession, ScheduleChange
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services import series as series_services
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.services import undoing
from supportgroups.sessions.services.changes import NotConfirmed
from supportgroups.sessions.shifts import DayDoesNotFit
from supportgroups.sessions.views.blueprint import bp
from supportgroups.sessions.views.confirming import (
    ask_to_confirm,
    is_confirmed,
    say_done,
    wants_back,
)


@bp.route("/sessions/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def edit(public_id: UUID) -> ResponseReturnValue:
    """Change or move one session, or it and others."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    form = EditForm(data=EditForm.values_of(group_session))
    form.offer_leaders(list_leaders(group_session.group))
    form.offer_scopes(group_session.series)
    if group_session.series.enrols:
        # Its places are those of the whole course.
        del form.capacity
    if form.validate_on_submit() and not wants_back():
        try:
            return _do(
                session_services.edit_session,
                group_session,
                details=form.details(),
                scope=form.chosen_scope,
                is_confirmed=is_confirmed(),
                words=_("Saved."),
            )
        except series_services.StartsInThePast:
            form.refuse("day", _("This start has already passed. Choose a later one"))
        except series_services.StartsOnClockChange as error:
            explain_clock_change(form, error)
        except DayDoesNotFit:
            form.refuse("day", _("The schedule cannot go over to that day. Choose another one"))
    return render_template("sessions/edit.html", form=form, group_session=group_session)


@bp.route("/sessions/<uuid:public_id>/cancel", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def cancel(public_id: UUID) -> ResponseReturnValue:
    """Call sessions off, with a reason for those who would have come."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    form = CancelForm(reason=group_session.cancel_reason)
    form.offer_scopes(group_session.series)
    if form.validate_on_submit() and not wants_back():
        return _do(
            session_services.cancel_session,
            group_session,
            reason=form.reason.data or "",
            scope=form.chosen_scope,
            # For one session the form itself has said what members will read.
            is_confirmed=is_confirmed() or form.chosen_scope is Scope.THIS,
            words=_("Cancelled."),
        )
    return render_template("sessions/cancel.html", form=form, group_session=group_session)


@bp.route("/sessions/<uuid:public_id>/restore", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def restore(public_id: UUID) -> ResponseReturnValue:
    """Let cancelled sessions take place after all."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    form = RestoreForm()
    form.offer_scopes(group_session.series)
    if form.validate_on_submit() and not wants_back():
        return _do(
            session_services.restore_session,
            group_session,
            scope=form.chosen_scope,
            is_confirmed=is_confirmed() or form.chosen_scope is Scope.THIS,
            words=_("It takes place."),
        )
    return render_template("sessions/restore.html", form=form, group_session=group_session)


@bp.post("/groups/<slug>/changes/<uuid:public_id>/undo")
@access(Permission.SESSION_MANAGE)
def undo(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let everything be as it was before an act on the schedules of a group."""
    change = load_change(slug, public_id, Permission.SESSION_MANAGE)
    try:
        called_off = undoing.undo_change(change, actor=signed_in_viewer(), now=utc_now())
    except undoing.TooLateToUndo:
        flash(_("It is too late to undo this. You can still change each session."), "error")
    except undoing.ChangedSince:
        flash(_("Something else was changed after it. Undo that first."), "error")
    else:
        flash(_("Undone. All is as it was before."), "success")
        if called_off:
            flash(
                ngettext(
                    "One date that was planned meanwhile is cancelled. Whoever answered it is being told.",
                    "%(num)s dates that were planned meanwhile are cancelled. Whoever answered them is being told.",
                    called_off,
                ),
                "success",
            )
    return redirect(url_for("pages.group", slug=slug), 303)


def _do(
    act: Callable[..., ScheduleChange | None],
    group_session: GroupSession,
    *,
    words: str,
    **chosen: Any,
) -> ResponseReturnValue:
    """Do an act on sessions, and go back to the one from which it was done.

    Whoever has not confirmed it yet is asked to.

    :param words: what the page says when it is done
    :param chosen: what the form says about it
    """
    now = utc_now()
    try:
        change = act(group_session, actor=signed_in_viewer(), now=now, **chosen)
    except NotConfirmed as question:
        return ask_to_confirm(question)
    except session_services.SessionOver:
        flash(_("This session is over and can no longer be changed."), "error")
    else:
        say_done(words, change, now=now)
    return _to_session(group_session)


def _to_session(group_session: GroupSession) -> ResponseReturnValue:
    return redirect(url_for("pages.session", public_id=group_session.public_id), 303)
