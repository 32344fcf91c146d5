"""Saying that something is wrong with a group or its page, and what those who run the site do about it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer, viewer
from supportgroups.clock import utc_now
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries as group_queries
from supportgroups.groups.forms import PROBLEM_WORDS, ProblemForm
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import ProblemKind
from supportgroups.groups.permissions import Permission
from supportgroups.groups.services import listings
from supportgroups.networks import caller_of
from supportgroups.pages.views.blueprint import bp


@bp.route("/groups/<slug>/report", methods=["GET", "POST"])
@access(Permission.GROUP_REPORT)
def report_problem(slug: str) -> ResponseReturnValue:
    """Let anybody say what is wrong, without an account and without a name."""
    group = load_group(slug, Permission.GROUP_REPORT)
    form = ProblemForm()
    if form.validate_on_submit():
        listings.report_problem(
            group,
            kind=ProblemKind(form.kind.data),
            note=form.note.data or "",
            actor=viewer(),
            caller=caller_of(request.remote_addr),
            now=utc_now(),
        )
        flash(_("Thank you. Those who run this site will look at it."), "success")
        return redirect(url_for(".group", slug=slug), 303)
    return render_template("pages/report_problem.html", form=form, group=group)


@bp.get("/reports")
@access(SIGNED_IN)
def reports() -> ResponseReturnValue:
    """Show those who run the site what was reported and which groups stand in no list for it."""
    if not signed_in_viewer().is_site_admin:
        raise PermissionDenied
    return render_template(
        "pages/reports.html",
        reports=group_queries.list_all_open_reports(),
        hidden=group_queries.list_hidden_groups(),
        problem_words=PROBLEM_WORDS,
    )


@bp.post("/groups/<slug>/hide")
@access(Permission.GROUP_HIDE)
def hide_group(slug: str) -> ResponseReturnValue:
    """Take a group out of all lists."""
    group = load_group(slug, Permission.GROUP_HIDE)
    listings.hide_group(group, actor=signed_in_viewer(), now=utc_now())
    flash(_("The group stands in no list any more. Its members still see it."), "success")
    return redirect(url_for(".reports"), 303)


@bp.post("/groups/<slug>/keep")
@access(Permission.GROUP_HIDE)
def keep_group(slug: str) -> ResponseReturnValue:
    """Say that nothing is wrong with a group, and put it back into the lists."""
    group = load_group(slug, Permission.GROUP_HIDE)
    listings.keep_group(group, actor=signed_in_viewer(), now=utc_now())
    flash(_("Thank you. The group stands in the lists, and its reports are answered."), "success")
    return redirect(url_for(".reports"), 303)
