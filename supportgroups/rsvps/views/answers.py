"""Answering, and what those who lead see of the answers."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.rsvps import queries
from supportgroups.rsvps.forms import RsvpForm
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import answers as services
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_group_session


@bp.route("/sessions/<uuid:public_id>/rsvp", methods=["GET", "POST"])
@access(Permission.SESSION_RSVP)
def respond(public_id: UUID) -> ResponseReturnValue:
    """Take a member's answer, then show where they stand and what comes next."""
    group_session = load_group_session(public_id, Permission.SESSION_RSVP)
    member = signed_in_viewer()
    form = RsvpForm()
    if form.validate_on_submit():
        try:
            services.respond(
                group_session, actor=member, status=RsvpStatus(form.status.data), now=utc_now()
            )
        except services.SessionAlreadyStarted:
            flash(_("This session has already begun, so answers can no longer change."), "error")
        except services.SessionIsCancelled:
            flash(_("This session is cancelled, so there is nothing to answer."), "error")
        return redirect(url_for(".respond", public_id=public_id), 303)
    rsvp = queries.find_rsvp(group_session, member)
    return render_template(
        "rsvps/respond.html",
        form=form,
        group_session=group_session,
        status=rsvp.status if rsvp is not None else None,
        position=queries.place_in_line(rsvp) if rsvp is not None else None,
        can_answer=not group_session.has_started(utc_now()) and not group_session.is_cancelled,
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
        tally=queries.tally([group_session])[group_session.id],
    )
