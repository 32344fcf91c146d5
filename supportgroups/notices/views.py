"""What people choose to hear of, and the pages behind the links in letters.

What a link opens needs no sign-in, and names no group.
"""

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts.current import signed_in_device, signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.csrf import needs_no_token
from supportgroups.errors import PermissionDenied
from supportgroups.groups.queries import list_memberships
from supportgroups.notices import queries
from supportgroups.notices.forms import AnswerForm, NewsForm
from supportgroups.notices.loaders import load_answer, load_reader
from supportgroups.notices.services import letters, pushing
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
        with suppress(
            answers.SessionAlreadyStarted,
            answers.SessionIsCancelled,
            answers.NotEnrolled,
            PermissionDenied,
        ):
            answers.respond(rsvp.group_session, actor=rsvp.user, status=status, now=utc_now())
        return redirect(url_for(".answer", token=token), 303)
    return render_template(
        "notices/answer.html",
        form=form,
        rsvp=rsvp,
        group_session=rsvp.group_session,
        has_started=rsvp.group_session.has_started(utc_now()),
    ), 400 if form.errors else 200


@bp.route("/my/news", methods=["GET", "POST"])
@access(SIGNED_IN)
def news() -> ResponseReturnValue:
    """Choose what we write about, and when."""
    person = signed_in_viewer()
    has_device = bool(pushing.list_devices(person.id, now=utc_now()))
    form = NewsForm.of(person, list_memberships(person), has_device=has_device)
    if form.validate_on_submit():
        letters.choose_news(person, form.wishes(person), of_groups=form.wishes_of_groups())
        flash(_("Saved."), "success")
        return redirect(url_for(".news"), 303)
    device = signed_in_device()
    return render_template(
        "notices/news.html",
        form=form,
        push_key=pushing.site_key(),
        is_kept=device.is_kept,
        is_pushed_to=pushing.is_pushed_to(device),
    ), 400 if form.errors else 200


@bp.post("/my/news/notes")
@access(SIGNED_IN)
def start_pushing() -> ResponseReturnValue:
    """Push notes to this device; a script has asked its browser for where."""
    try:
        pushing.start_pushing(signed_in_device(), request.form.get("endpoint", ""), now=utc_now())
    except (pushing.NotAnEndpoint, pushing.NotKept):
        flash(_("This device cannot get notes. Letters come as before."), "error")
    else:
        flash(_("This device gets notes now. Below you choose for what."), "success")
    return redirect(url_for(".news"), 303)


@bp.post("/my/news/notes/stop")
@access(SIGNED_IN)
def stop_pushing() -> ResponseReturnValue:
    """Push nothing to this device any more."""
    pushing.stop_pushing(signed_in_device())
    flash(_("This device gets no more notes."), "success")
    return redirect(url_for(".news"), 303)


@bp.route("/news/<token>/stop", methods=["GET", "POST"])
@needs_no_token
@access(PUBLIC)
def stop(token: str) -> ResponseReturnValue:
    """Stop one sort of letters to somebody: for a person by a button, for a mail program by one request.

    A mail program has no token of a form; that it knows the address is enough (RFC 8058 §3.1).
    """
    reader, topic = load_reader(token)
    if request.method == "POST" and "again" in request.form:
        letters.start_again(reader, topic)
    elif request.method == "POST":
        letters.stop(reader, topic)
    return render_template(
        "notices/stop.html", topic=topic, is_stopped=topic in queries.stopped_topics(reader)
    )
