"""Answering, and what those who lead see of the answers."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.accounts.views.own_link import find_own_link
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission, permits
from supportgroups.rsvps import queries
from supportgroups.rsvps.forms import LineForm, RsvpForm
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import answers as services
from supportgroups.rsvps.services import waiting_list
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_group_session


@bp.route("/sessions/<uuid:public_id>/rsvp", methods=["GET", "POST"])
@access(Permission.SESSION_RSVP)
def respond(public_id: UUID) -> ResponseReturnValue:
    """Take a member's answer, then show where they stand and what comes next."""
    group_session = load_group_session(public_id, Permission.SESSION_RSVP)
    member = signed_in_viewer()
    now = utc_now()
    standing = queries.find_standing(group_session, member, now=now)
    form = RsvpForm.of(group_session, standing.rsvp)
    if form.validate_on_submit():
        try:
            services.respond(
                group_session,
                actor=member,
                status=RsvpStatus(form.status.data),
                details=form.details,
                form_key=form.form_key.data,
                now=now,
            )
        except services.SessionAlreadyStarted:
            flash(_("This session has already begun, so answers can no longer change."), "error")
        except services.SessionIsCancelled:
            flash(_("This session is cancelled, so there is nothing to answer."), "error")
        except services.ApprovalNeeded:
            flash(
                _("The organizers let people in first. Ask them on the page of the session."),
                "error",
            )
        except services.NotEnrolled:
            flash(_("This date belongs to a course. Enrol in it, once for all dates."), "error")
        except services.NoRoomForCompanions:
            form.refuse("plus_count", _("There is not room for so many. Choose fewer."))
        if not form.errors:
            return redirect(url_for(".respond", public_id=public_id), 303)
    return render_template(
        "rsvps/respond.html",
        form=form,
        group_session=group_session,
        standing=standing,
        may_be_new=not queries.has_come_before(member.id, group_id=group_session.group_id, now=now),
        own_link=find_own_link(),
        can_answer=not group_session.has_started(now) and not group_session.is_cancelled,
    ), 400 if form.errors else 200


@bp.get("/sessions/<uuid:public_id>/answers")
@access(Permission.SESSION_ANSWERS)
def answers(public_id: UUID) -> ResponseReturnValue:
    """Show those who lead who is coming."""
    group_session = load_group_session(public_id, Permission.SESSION_ANSWERS)
    return render_template(
        "rsvps/answers.html",
        group_session=group_session,
        answers=queries.list_answers(group_session),
        tally=queries.tally([group_session], now=utc_now())[group_session.id],
        may_reorder=permits(signed_in_viewer(), Permission.SESSION_MANAGE, group_session.group),
    )


@bp.post("/sessions/<uuid:public_id>/waiting-list")
@access(Permission.SESSION_MANAGE)
def move_up(public_id: UUID) -> ResponseReturnValue:
    """Let an organizer move somebody up the waiting list."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    form = LineForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        waiting_list.move_up(
            group_session,
            actor=signed_in_viewer(),
            turn=form.turn.data,
            to_top=form.to_top.data,
            form_key=form.form_key.data,
            now=utc_now(),
        )
    except waiting_list.NotWaiting:
        flash(_("This person does not wait any more. The list below is new."), "error")
    return redirect(url_for(".answers", public_id=public_id), 303)
