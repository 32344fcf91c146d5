"""Pages that say how letters are doing, for those who run a group and for those who run the site."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from supportgroups.access import SITE, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.loaders import load_group
from supportgroups.groups.permissions import Permission
from supportgroups.outbox import queries as outbox
from supportgroups.upkeep import services
from supportgroups.upkeep.letters import look_over

bp = Blueprint("upkeep", __name__)


@bp.get("/groups/<slug>/letters")
@access(Permission.GROUP_ANNOUNCE)
def group_letters(slug: str) -> ResponseReturnValue:
    """Show organizers whether the letters of their group leave; never to whom."""
    group = load_group(slug, Permission.GROUP_ANNOUNCE)
    letters = look_over(outbox.count_letters(group_id=group.id))
    return render_template("upkeep/group_letters.html", group=group, letters=letters)


@bp.post("/groups/<slug>/letters/retry")
@access(Permission.GROUP_ANNOUNCE)
def retry_group_letters(slug: str) -> ResponseReturnValue:
    """Send what was given up of a group once more."""
    group = load_group(slug, Permission.GROUP_ANNOUNCE)
    again = services.retry_letters_of(group, actor=signed_in_viewer(), now=utc_now())
    _say_again(again)
    return redirect(url_for(".group_letters", slug=slug), 303)


@bp.get("/site/letters")
@access(SITE)
def site_letters() -> ResponseReturnValue:
    """Show whoever runs the site whether letters leave: numbers alone."""
    now = utc_now()
    return render_template(
        "upkeep/site_letters.html",
        letters=look_over(outbox.count_letters()),
        last_sign=outbox.find_last_sign_of_life(),
        oldest=outbox.find_oldest_due(now=now),
    )


@bp.post("/site/letters/retry")
@access(SITE)
def retry_site_letters() -> ResponseReturnValue:
    """Send everything that was given up once more."""
    _say_again(services.retry_all_letters(actor=signed_in_viewer(), now=utc_now()))
    return redirect(url_for(".site_letters"), 303)


def _say_again(again: int) -> None:
    if again:
        words = ngettext(
            "One letter is on its way again.", "%(num)s letters are on their way again.", again
        )
        flash(words, "success")
    else:
        flash(_("There is nothing to send again."), "success")
