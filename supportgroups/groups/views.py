"""Pages on which groups are run, joined and left. The group's own page is in `pages`."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import signed_in_viewer, viewer
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.forms import known
from supportgroups.groups import queries
from supportgroups.groups.forms import (
    ROLE_WORDS,
    AgreementForm,
    GroupForm,
    InvitationForm,
    JoinForm,
    RoleForm,
    WelcomeForm,
)
from supportgroups.groups.loaders import load_group, load_membership
from supportgroups.groups.models import Admission, Group, JoinRequest, Role
from supportgroups.groups.permissions import Permission
from supportgroups.groups.services import groups as group_services
from supportgroups.groups.services import guards
from supportgroups.groups.services import invitations as invitation_services
from supportgroups.groups.services import members as member_services

bp = Blueprint("groups", __name__)

ROLE_CHANGED = {
    Role.ORGANIZER: _l("%(name)s organizes this group now."),
    Role.FACILITATOR: _l("%(name)s facilitates this group now."),
    Role.MEMBER: _l("%(name)s is a member now, without other tasks."),
}


@bp.route("/groups/<slug>/edit", methods=["GET", "POST"])
@access(Permission.GROUP_EDIT)
def edit(slug: str) -> ResponseReturnValue:
    """Change what a group says about itself."""
    group = load_group(slug, Permission.GROUP_EDIT)
    form = GroupForm(data=GroupForm.values_of(group))
    if form.validate_on_submit():
        group_services.edit_group(group, form.details(), actor=signed_in_viewer(), now=utc_now())
        flash(_("Saved."), "success")
        return _to_group(group)
    return render_template("groups/edit.html", form=form, group=group)


@bp.post("/groups/<slug>/confirm")
@access(Permission.GROUP_EDIT)
def confirm(slug: str) -> ResponseReturnValue:
    """Say with one tap that the group's page is still true."""
    group = load_group(slug, Permission.GROUP_EDIT)
    group_services.confirm_group(group, actor=signed_in_viewer(), now=utc_now())
    flash(_("Thank you. The page of your group now says that it was confirmed today."), "success")
    return redirect(url_for("insight.organizing"), 303)


@bp.route("/groups/<slug>/join", methods=["GET", "POST"])
@access(Permission.GROUP_READ)
def join(slug: str) -> ResponseReturnValue:
    """Join a group, or ask its organizers to be let in."""
    group = load_group(slug, Permission.GROUP_READ)
    person = viewer()
    if queries.find_membership(group, person) is not None:
        return _to_group(group)
    load_group(slug, Permission.GROUP_JOIN)
    person = signed_in_viewer()
    form = JoinForm(display_name=person.display_name)
    if form.validate_on_submit():
        try:
            outcome = member_services.join_group(
                group,
                actor=person,
                display_name=form.display_name.data,
                agreement_version=form.version,
                message=form.message.data or "",
                now=utc_now(),
            )
        except member_services.AgreementChanged:
            _say_agreement_changed(form)
        except member_services.AlreadyAMember:
            return _to_group(group)
        else:
            if isinstance(outcome, JoinRequest):
                flash(_("Your request is on its way. The organizers will write to you."), "success")
            else:
                flash(_("Welcome. You are a member now."), "success")
            return _to_group(group)
    form.agreement_version.data = str(group.agreement_version)
    asks = group.admission_now is Admission.REQUEST
    return render_template("groups/join.html", form=form, group=group, asks=asks, secret=None)


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def accept_invitation(token: str) -> ResponseReturnValue:
    """Join a group through a link that its organizers sent on.

    A guest signs in or up first; the page says nothing about the group until then.
    """
    link = queries.find_usable_invitation(token, now=utc_now())
    if link is None:
        abort(404)
    person = viewer()
    if person is None:
        return render_template("groups/invitation.html", come_back_to=request.path)
    group = link.group
    membership = queries.find_past_or_present_membership(group, person)
    if membership is not None:
        # Who was removed does not get in by a link, nor learns what the group says today.
        return _to_group(group) if membership.is_active else abort(404)
    form = JoinForm(display_name=person.display_name)
    if form.validate_on_submit():
        try:
            member_services.join_by_invitation(
                link,
                actor=person,
                display_name=form.display_name.data,
                agreement_version=form.version,
                now=utc_now(),
            )
        except member_services.AgreementChanged:
            _say_agreement_changed(form)
        except member_services.InvitationUnusable:
            abort(404)
        except member_services.AlreadyAMember:
            return _to_group(group)
        else:
            flash(_("Welcome. You are a member now."), "success")
            return _to_group(group)
    form.agreement_version.data = str(group.agreement_version)
    return render_template("groups/join.html", form=form, group=group, asks=False, secret=token)


@bp.post("/groups/<slug>/join/withdraw")
@access(Permission.GROUP_READ)
def withdraw_join_request(slug: str) -> ResponseReturnValue:
    """Take back one's own request to join."""
    group = load_group(slug, Permission.GROUP_READ)
    person = viewer()
    if person is not None:
        member_services.withdraw_join_request(group, actor=person)
        flash(_("Your request is withdrawn."), "success")
    return _to_group(group)


@bp.post("/groups/<slug>/ask")
@access(Permission.GROUP_LEAVE)
def ask_for_approval(slug: str) -> ResponseReturnValue:
    """Let a member ask to be let in where a name alone is not enough."""
    group = load_group(slug, Permission.GROUP_LEAVE)
    member_services.ask_for_approval(group, actor=signed_in_viewer(), now=utc_now())
    flash(_("You have asked. The organizers decide, and write to you if they can."), "success")
    return _to_group(group)


@bp.post("/groups/<slug>/guard")
@access(Permission.GROUP_MEMBERS)
def guard(slug: str) -> ResponseReturnValue:
    """Let in only people whom the organizers approve, or open the group again."""
    group = load_group(slug, Permission.GROUP_MEMBERS)
    change = guards.unguard_group if request.form.get("guarded") == "no" else guards.guard_group
    change(group, actor=signed_in_viewer(), now=utc_now())
    return redirect(url_for(".members", slug=slug), 303)


@bp.route("/groups/<slug>/welcome", methods=["GET", "POST"])
@access(Permission.GROUP_MEMBERS)
def welcome(slug: str) -> ResponseReturnValue:
    """Say what people read who ask to join."""
    group = load_group(slug, Permission.GROUP_MEMBERS)
    form = WelcomeForm(
        data={"welcome_note": group.welcome_note, "expected_wait": group.expected_wait}
    )
    if form.validate_on_submit():
        guards.welcome_people(
            group,
            actor=signed_in_viewer(),
            welcome_note=form.welcome_note.data or "",
            expected_wait=form.expected_wait.data or "",
            now=utc_now(),
        )
        flash(_("Saved."), "success")
        return redirect(url_for(".members", slug=slug), 303)
    return render_template("groups/welcome.html", form=form, group=group)


@bp.route("/groups/<slug>/agreement", methods=["GET", "POST"])
@access(Permission.GROUP_LEAVE)
def accept_agreement(slug: str) -> ResponseReturnValue:
    """Read and accept the agreement after it changed."""
    group = load_group(slug, Permission.GROUP_LEAVE)
    form = AgreementForm()
    if form.validate_on_submit():
        try:
            member_services.accept_agreement(
                group, actor=signed_in_viewer(), agreement_version=form.version, now=utc_now()
            )
        except member_services.AgreementChanged:
            _say_agreement_changed(form)
        else:
            flash(_("Thank you. You accepted the group agreement."), "success")
            return _to_group(group)
    form.agreement_version.data = str(group.agreement_version)
    return render_template("groups/agreement.html", form=form, group=group)


@bp.route("/groups/<slug>/leave", methods=["GET", "POST"])
@access(Permission.GROUP_LEAVE)
def leave(slug: str) -> ResponseReturnValue:
    """Leave a group: one question, no reason asked."""
    group = load_group(slug, Permission.GROUP_LEAVE)
    is_last_organizer = False
    if request.method == "POST":
        try:
            member_services.leave_group(group, actor=signed_in_viewer(), now=utc_now())
        except member_services.LastOrganizer:
            is_last_organizer = True
        else:
            flash(_("You have left. You are welcome back any time."), "success")
            return redirect(url_for("pages.my"), 303)
    return render_template(
        "groups/leave.html", group=group, is_last_organizer=is_last_organizer
    ), 409 if is_last_organizer else 200


@bp.get("/groups/<slug>/members")
@access(Permission.GROUP_MEMBERS)
def members(slug: str) -> ResponseReturnValue:
    """Show organizers who belongs to the group, who asks to, and the invitation links."""
    group = load_group(slug, Permission.GROUP_MEMBERS)
    return _members_page(group, InvitationForm())


@bp.post("/groups/<slug>/members/<uuid:public_id>/role")
@access(Permission.GROUP_MEMBERS)
def change_role(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Change what a member does in the group."""
    membership = load_membership(slug, public_id)
    role = known(Role, request.form.get("role"))
    if role is None:
        abort(400)
    try:
        member_services.change_role(membership, role, actor=signed_in_viewer(), now=utc_now())
    except member_services.LastOrganizer:
        flash(_("A group needs an organizer. Make somebody else one first."), "error")
    except member_services.NoLongerAMember:
        flash(_("%(name)s is no longer a member.", name=membership.display_name), "error")
    else:
        flash(ROLE_CHANGED[role] % {"name": membership.display_name}, "success")
    return redirect(url_for(".members", slug=slug), 303)


@bp.route("/groups/<slug>/members/<uuid:public_id>/remove", methods=["GET", "POST"])
@access(Permission.GROUP_MEMBERS)
def remove_member(slug: str, public_id: UUID) -> ResponseReturnValue:
    """End somebody's membership, after asking once."""
    membership = load_membership(slug, public_id)
    if request.method == "POST":
        try:
            member_services.remove_member(membership, actor=signed_in_viewer(), now=utc_now())
        except member_services.LastOrganizer:
            flash(_("A group needs an organizer. Make somebody else one first."), "error")
        else:
            flash(_("%(name)s was removed.", name=membership.display_name), "success")
        return redirect(url_for(".members", slug=slug), 303)
    return render_template("groups/remove_member.html", group=membership.group, member=membership)


@bp.post("/groups/<slug>/members/<uuid:public_id>/readmit")
@access(Permission.GROUP_MEMBERS)
def readmit_member(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let somebody back in whom the organizers removed."""
    membership = load_membership(slug, public_id)
    member_services.readmit_member(membership, actor=signed_in_viewer(), now=utc_now())
    flash(_("%(name)s is a member again.", name=membership.display_name), "success")
    return redirect(url_for(".members", slug=slug), 303)


@bp.post("/groups/<slug>/requests/<uuid:public_id>")
@access(Permission.GROUP_MEMBERS)
def decide_join_request(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let somebody in who asked, or not."""
    group = load_group(slug, Permission.GROUP_MEMBERS)
    join_request = queries.find_join_request_by_id(group, public_id)
    if join_request is None:
        abort(404)
    decision = request.form.get("decision")
    if decision not in {"approve", "decline"}:
        abort(400)
    name = join_request.display_name
    try:
        member_services.decide_join_request(
            group, public_id, actor=signed_in_viewer(), approve=decision == "approve", now=utc_now()
        )
    except member_services.RequestAlreadyAnswered:
        flash(_("This request has already been answered or withdrawn."), "info")
        return redirect(url_for(".members", slug=slug), 303)
    if decision == "approve":
        flash(_("%(name)s is a member now, and has been told.", name=name), "success")
    else:
        flash(_("%(name)s has been told.", name=name), "success")
    return redirect(url_for(".members", slug=slug), 303)


@bp.post("/groups/<slug>/invitations")
@access(Permission.GROUP_MEMBERS)
def create_invitation(slug: str) -> ResponseReturnValue:
    """Make an invitation link and show its address, this once."""
    group = load_group(slug, Permission.GROUP_MEMBERS)
    form = InvitationForm()
    if not form.validate_on_submit():
        return _members_page(group, form)
    _link, secret = invitation_services.create_invitation(
        group, actor=signed_in_viewer(), name=form.name.data, now=utc_now()
    )
    address = settings().base_url + url_for(".accept_invitation", token=secret)
    return render_template("groups/invitation_made.html", group=group, address=address)


@bp.post("/groups/<slug>/invitations/<uuid:public_id>/revoke")
@access(Permission.GROUP_MEMBERS)
def revoke_invitation(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Make an invitation link useless."""
    group = load_group(slug, Permission.GROUP_MEMBERS)
    link = queries.find_invitation_by_id(group, public_id)
    if link is None:
        abort(404)
    invitation_services.revoke_invitation(link, actor=signed_in_viewer(), now=utc_now())
    flash(_("The link no longer works."), "success")
    return redirect(url_for(".members", slug=slug), 303)


def _to_group(group: Group) -> ResponseReturnValue:
    return redirect(url_for("pages.group", slug=group.slug), 303)


def _members_page(group: Group, form: InvitationForm) -> ResponseReturnValue:
    members = queries.list_members(group)
    return render_template(
        "groups/members.html",
        group=group,
        form=form,
        members=[(membership, RoleForm.of(membership)) for membership in members],
        removed=queries.list_removed_members(group),
        requests=queries.list_join_requests(group),
        invitations=queries.list_invitations(group, now=utc_now()),
        role_words=ROLE_WORDS,
    )


def _say_agreement_changed(form: AgreementForm) -> None:
    form.agrees.data = False
    form.refuse(
        "agrees", _("The agreement has just changed. Please read it again, then tick the box")
    )
