"""Who leads a session: I can't make it, I can lead it, and what organizers decide when nobody can."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.accounts.models import UserAccount
from supportgroups.clock import utc_now
from supportgroups.forms import known
from supportgroups.groups import queries as group_queries
from supportgroups.groups.permissions import Permission, permits
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.models import GroupSession
from supportgroups.volunteering import queries
from supportgroups.volunteering.loaders import load_by_link, load_duty
from supportgroups.volunteering.services import cover as services
from supportgroups.volunteering.services.cover import Decision

bp = Blueprint("volunteering", __name__)

YES, NO = "yes", "no"


@bp.get("/sessions/<uuid:public_id>/cover")
@access(Permission.SESSION_LEAD)
def find_cover(public_id: UUID) -> ResponseReturnValue:
    """Show those who lead who leads a session, and what each can do when somebody cannot."""
    group_session = load_group_session(public_id, Permission.SESSION_LEAD)
    person = signed_in_viewer()
    now = utc_now()
    led_by = {leader.id for leader in group_session.facilitators}
    members = group_queries.list_members(group_session.group, roles=queries.LEADING)
    return render_template(
        "volunteering/find_cover.html",
        group_session=group_session,
        cover=queries.find_open_request(group_session),
        leaders=[member.display_name for member in members if member.user_id in led_by],
        leads_it=person.id in led_by,
        may_manage=permits(person, Permission.SESSION_MANAGE, group_session.group),
        decisions=services.possible_decisions(group_session),
        is_coming=not group_session.has_started(now) and not group_session.is_cancelled,
    )


@bp.post("/sessions/<uuid:public_id>/cover/ask")
@access(Permission.SESSION_LEAD)
def ask_for_cover(public_id: UUID) -> ResponseReturnValue:
    """Say that one cannot lead a session, so that somebody else is looked for."""
    group_session = load_group_session(public_id, Permission.SESSION_LEAD)
    try:
        services.ask_for_cover(group_session, actor=signed_in_viewer(), now=utc_now())
    except services.NotLeading:
        flash(_("You do not lead this session, so there is nothing to pass on."), "info")
    except services.NothingToSettle:
        flash(_("This session has begun or was cancelled."), "info")
    else:
        flash(_("Thank you for saying so. We are asking the others now."), "success")
    return _back_to(group_session)


@bp.post("/sessions/<uuid:public_id>/cover/answer")
@access(Permission.SESSION_LEAD)
def answer(public_id: UUID) -> ResponseReturnValue:
    """Say whether one can lead a session for which somebody is looked for."""
    group_session = load_group_session(public_id, Permission.SESSION_LEAD)
    _answer(group_session, signed_in_viewer())
    return _back_to(group_session)


@bp.route("/covers/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def answer_by_link(token: str) -> ResponseReturnValue:
    """Answer by a mailed link, without signing in.

    Looking changes nothing: programs that read mail before people do follow links too.
    """
    cover, person = load_by_link(token)
    if request.method == "POST":
        _answer(cover.group_session, person)
        return redirect(request.path, 303)
    group_session = cover.group_session
    return render_template(
        "volunteering/answer_by_link.html",
        group_session=group_session,
        is_open=cover.is_open
        and not group_session.is_cancelled
        and not group_session.has_started(utc_now()),
        leads_it=person.id in {leader.id for leader in group_session.facilitators},
    )


@bp.route("/duties/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def pass_on_by_link(token: str) -> ResponseReturnValue:
    """Say by the link in a reminder that one cannot lead a session, or that one can after all."""
    group_session, person = load_duty(token)
    if request.method == "POST" and request.form.get("answer") == YES:
        _answer(group_session, person)
        return redirect(request.path, 303)
    if request.method == "POST":
        # What is no longer possible is no mistake of the reader's: the page says what is true now.
        with suppress(services.NotLeading, services.NothingToSettle):
            services.ask_for_cover(group_session, actor=person, now=utc_now())
        return redirect(request.path, 303)
    return render_template(
        "volunteering/pass_on_by_link.html",
        group_session=group_session,
        is_over=group_session.is_cancelled or group_session.has_started(utc_now()),
        leads_it=person.id in {leader.id for leader in group_session.facilitators},
        is_open=queries.find_open_request(group_session) is not None,
    )


@bp.post("/sessions/<uuid:public_id>/cover/decide")
@access(Permission.SESSION_MANAGE)
def decide(public_id: UUID) -> ResponseReturnValue:
    """Settle it as an organizer when nobody can lead."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    decision = known(Decision, request.form.get("decision"))
    if decision is None:
        abort(400)
    try:
        services.decide(group_session, decision, actor=signed_in_viewer(), now=utc_now())
    except services.NothingToSettle:
        flash(_("It was settled meanwhile."), "info")
    except services.NotPossible:
        flash(_("That is not possible for this session."), "error")
    else:
        flash(_("Settled. Everybody who was asked is told."), "success")
    return redirect(url_for("pages.session", public_id=public_id), 303)


@bp.post("/sessions/<uuid:public_id>/cover/alone")
@access(Permission.SESSION_MANAGE)
def allow_leading_alone(public_id: UUID) -> ResponseReturnValue:
    """Say whether one person may lead the sessions of this schedule alone."""
    group_session = load_group_session(public_id, Permission.SESSION_MANAGE)
    services.allow_leading_alone(
        group_session.series,
        is_allowed=request.form.get("allowed") == YES,
        actor=signed_in_viewer(),
        now=utc_now(),
    )
    flash(_("Saved for all sessions of this schedule."), "success")
    return _back_to(group_session)


def _answer(group_session: GroupSession, person: UserAccount) -> None:
    answer = request.form.get("answer")
    if answer not in {YES, NO}:
        abort(400)
    try:
        if answer == YES:
            services.say_yes(group_session, actor=person, now=utc_now())
            flash(_("Thank you. You lead this session."), "success")
        else:
            services.say_no(group_session, actor=person, now=utc_now())
            flash(_("Thank you for saying so. We ask somebody else."), "success")
    except services.NothingToSettle:
        flash(_("It is settled already, so you need not do anything. Thank you."), "info")


def _back_to(group_session: GroupSession) -> ResponseReturnValue:
    return redirect(url_for(".find_cover", public_id=group_session.public_id), 303)
