"""The pages behind the links of a reminder. They need no sign-in, and name no group."""

from contextlib import suppress

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.models import Reminder
from supportgroups.clock import utc_now
from supportgroups.csrf import needs_no_token
from supportgroups.errors import PermissionDenied
from supportgroups.notices import services
from supportgroups.notices.forms import AnswerForm
from supportgroups.notices.loaders import load_answer, load_reminded
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import answers

bp = Blueprint("notices", __name__)


@bp.route("/answers/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def answer(token: str) -> ResponseReturnValue:
    """Let whoever holds the link in a reminder free their place, or take it again.

    Looking answers nothing: programs that read mail follow links.
    """
    rsvp = load_answer(token)
    form = AnswerForm()
    if form.validate_on_submit():
        status = RsvpStatus(form.status.data)
        # What is no longer possible is no mistake of the reader's: the page says what is true now.
        with suppress(answers.SessionAlreadyStarted, answers.SessionIsCancelled, PermissionDenied):
            answers.respond(rsvp.group_session, actor=rsvp.user, status=status, now=utc_now())
        return redirect(url_for(".answer", token=token), 303)
    return render_template(
        "notices/answer.html",
        form=form,
        rsvp=rsvp,
        group_session=rsvp.group_session,
        has_started=rsvp.group_session.has_started(utc_now()),
    ), 400 if form.errors else 200


@bp.route("/reminders/<token>/stop", methods=["GET", "POST"])
@needs_no_token
@access(PUBLIC)
def stop(token: str) -> ResponseReturnValue:
    """Stop somebody's reminders: for a person by a button, for a mail program by one request.

    A mail program has no token of a form; that it knows the address is enough (RFC 8058 §3.1).
    """
    person = load_reminded(token)
    if request.method == "POST":
        services.stop_reminders(person)
    return render_template("notices/stop.html", is_stopped=person.reminder is Reminder.NONE)
