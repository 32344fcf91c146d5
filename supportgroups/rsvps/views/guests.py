"""Coming for the first time: a name, the agreement, and one button."""

from datetime import datetime
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import (
    keep_own_secret,
    remember,
    viewer,
)
from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.views.requests import caller, this_device
from supportgroups.clock import utc_now
from supportgroups.groups import queries as group_queries
from supportgroups.groups.permissions import Permission
from supportgroups.groups.services.members import AgreementChanged, AlreadyAMember
from supportgroups.languages import page_language
from supportgroups.rsvps import queries
from supportgroups.rsvps.forms import ComeForm
from supportgroups.rsvps.services import guests as services
from supportgroups.rsvps.services.answers import (
    ApprovalNeeded,
    NotEnrolled,
    SessionAlreadyStarted,
    SessionIsCancelled,
)
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.ways_in import WayIn

#: Why somebody cannot say any more that they come.
IN_THE_WAY = (
    AlreadyAMember,
    ApprovalNeeded,
    NotEnrolled,
    services.NoBookingNeeded,
    SessionAlreadyStarted,
    SessionIsCancelled,
)


@bp.route("/sessions/<uuid:public_id>/come", methods=["GET", "POST"])
@access(Permission.SESSION_COME)
def come(public_id: UUID) -> ResponseReturnValue:
    """Let somebody come who does not belong to the group yet, with or without an account."""
    group_session = load_group_session(public_id, Permission.SESSION_COME)
    person = viewer()
    # Its page says how the session stands, whatever is in the way here.
    to_session = redirect(url_for("pages.session", public_id=public_id), 303)
    if group_queries.find_membership(group_session.group, person) is not None:
        return to_session
    if person is not None:
        load_group_session(public_id, Permission.GROUP_JOIN)
    form = ComeForm.of(person)
    if form.validate_on_submit():
        try:
            _come(group_session, person, form)
        except AgreementChanged:
            form.refuse("display_name", _("The agreement has just changed. Please read it again"))
        except IN_THE_WAY:
            return to_session
        else:
            return redirect(url_for(".respond", public_id=public_id), 303)
    if not _takes_answers(group_session, now=utc_now()):
        return to_session
    form.prepare(group_session.group)
    tally = queries.tally([group_session], now=utc_now())[group_session.id]
    return render_template(
        "rsvps/come.html",
        form=form,
        group_session=group_session,
        group=group_session.group,
        tally=tally,
    ), 400 if form.errors else 200


def _takes_answers(group_session: GroupSession, *, now: datetime) -> bool:
    return not (
        group_session.series.admission is not WayIn.RESERVE
        or group_session.is_cancelled
        or group_session.has_started(now)
    )


def _come(group_session: GroupSession, person: UserAccount | None, form: ComeForm) -> None:
    if person is not None:
        services.join_and_come(
            group_session,
            actor=person,
            display_name=form.display_name.data,
            agreement_version=form.version,
            is_first_time=form.is_first_time.data,
            now=utc_now(),
        )
        return
    arrival = services.come_as_guest(
        group_session,
        services.GuestDetails(
            display_name=form.display_name.data,
            email=form.given_email,
            agreement_version=form.version,
            is_first_time=form.is_first_time.data,
            language=page_language(),
        ),
        form_key=form.key.data,
        device_name=this_device(),
        caller=caller(),
        now=utc_now(),
    )
    remember(arrival.device.sign_in, arrival.device.secret)
    keep_own_secret(arrival.link_secret)
