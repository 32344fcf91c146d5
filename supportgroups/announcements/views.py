"""Pages on which organizers write to members."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.announcements import queries, services
from supportgroups.announcements.emails import preview
from supportgroups.announcements.forms import AnnouncementForm
from supportgroups.announcements.loaders import load_announcement
from supportgroups.clock import utc_now
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.models import GroupSession

bp = Blueprint("announcements", __name__)

#: What the page of the preview sends along when the letter shall leave.
CONFIRMED, BACK = "confirmed", "back"


@bp.get("/groups/<slug>/announcements")
@access(Permission.GROUP_ANNOUNCE)
def written(slug: str) -> ResponseReturnValue:
    """Show what organizers have written to their group, with the way to take the last one back."""
    group = load_group(slug, Permission.GROUP_ANNOUNCE)
    now = utc_now()
    return render_template(
        "announcements/written.html",
        group=group,
        announcements=queries.list_written(group),
        now=now,
    )


@bp.route("/groups/<slug>/announcements/new", methods=["GET", "POST"])
@access(Permission.GROUP_ANNOUNCE)
def write(slug: str) -> ResponseReturnValue:
    """Write to all members of a group."""
    return _write(load_group(slug, Permission.GROUP_ANNOUNCE), None)


@bp.route("/sessions/<uuid:public_id>/announcements/new", methods=["GET", "POST"])
@access(Permission.GROUP_ANNOUNCE)
def write_about(public_id: UUID) -> ResponseReturnValue:
    """Write to those who come to one session, perhaps come, or wait."""
    group_session = load_group_session(public_id, Permission.GROUP_ANNOUNCE)
    return _write(group_session.group, group_session)


@bp.post("/groups/<slug>/announcements/<uuid:public_id>/take-back")
@access(Permission.GROUP_ANNOUNCE)
def take_back(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let an announcement never leave."""
    announcement = load_announcement(slug, public_id, Permission.GROUP_ANNOUNCE)
    try:
        services.take_back(announcement, actor=signed_in_viewer(), now=utc_now())
    except services.AlreadyLeft:
        flash(_("It is too late: the letters have left."), "error")
    else:
        flash(_("Taken back. Nobody has read it."), "success")
    return redirect(url_for(".written", slug=slug), 303)


def _write(group: Group, group_session: GroupSession | None) -> ResponseReturnValue:
    form = AnnouncementForm()
    author = signed_in_viewer()
    if form.validate_on_submit() and BACK not in request.form:
        if CONFIRMED not in request.form:
            return _preview(group, group_session, form)
        try:
            services.announce(
                group,
                form.words.data,
                group_session=group_session,
                actor=author,
                form_key=request.form.get("form_key"),
                now=utc_now(),
            )
        except services.EnoughForToday:
            most = services.A_DAY
            form.refuse("words", _("A group can send %(most)s messages a day", most=most))
        else:
            flash(
                _("Your message leaves in ten minutes. Until then you can take it back."), "success"
            )
            return redirect(url_for(".written", slug=group.slug), 303)
    return render_template(
        "announcements/write.html", form=form, group=group, group_session=group_session
    ), 400 if form.errors else 200


def _preview(
    group: Group, group_session: GroupSession | None, form: AnnouncementForm
) -> ResponseReturnValue:
    readers = queries.list_readers(group, group_session)
    by_letter = sum(reader.gets_a_letter for reader in readers)
    return render_template(
        "announcements/preview.html",
        form=form,
        group=group,
        group_session=group_session,
        letter=preview(group, form.words.data, signed_in_viewer()),
        by_letter=by_letter,
        by_page=len(readers) - by_letter,
        names={"confirmed": CONFIRMED, "back": BACK},
    )
