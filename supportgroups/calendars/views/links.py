"""Pages on which people make, change and switch off the addresses of their own calendar."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.calendars import queries
from supportgroups.calendars.addresses import Ways
from supportgroups.calendars.feeds import calendar_name
from supportgroups.calendars.forms import (
    ALL_GROUPS,
    CLIENT_WORDS,
    DISCRETION_EXAMPLES,
    DISCRETION_WORDS,
    DUTIES,
    REACH_WORDS,
    LinkForm,
    NewLinkForm,
)
from supportgroups.calendars.loaders import load_own_link
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.services import links as services
from supportgroups.calendars.services.expiry import renew_feed_link
from supportgroups.calendars.views.blueprint import bp
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.groups.models import Role
from supportgroups.groups.queries import list_memberships
from supportgroups.outbox.mail import absolute

#: A new address stays readable for so long in the browser that made it. A phone reloads the page
#: when its owner comes back from the calendar app, and must not lose the address then.
SHOWN_FOR = timedelta(minutes=10)
#: Where this browser keeps it: its own signed cookie, never the database.
NEW_ADDRESS = "new_calendar_address"


@bp.get("/my/calendars")
@access(SIGNED_IN)
def links() -> ResponseReturnValue:
    """Show a person the addresses of their own calendar."""
    return render_template(
        "calendars/links.html",
        links=queries.list_links(signed_in_viewer()),
        invitation_choice=queries.find_choice(signed_in_viewer()),
        discretion_words=DISCRETION_WORDS,
        client_words=CLIENT_WORDS,
        reach_words=REACH_WORDS,
        now=utc_now(),
    )


@bp.route("/my/calendars/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def create_link() -> ResponseReturnValue:
    """Make an address."""
    person = signed_in_viewer()
    memberships = list_memberships(person)
    groups = {member.group.slug: member.group for member in memberships}
    wish = request.args.get("group")
    form = NewLinkForm(
        scope=wish if wish in groups else ALL_GROUPS, neutral_word=_("Appointment"), has_past=True
    )
    leads = any(member.role is not Role.MEMBER for member in memberships)
    form.offer(groups.values(), leads=leads)
    if form.validate_on_submit():
        try:
            link, secret = services.create_feed_link(
                actor=person,
                name=form.name.data or "",
                group=groups.get(form.scope.data),
                is_for_duties=form.scope.data == DUTIES,
                discretion=form.chosen_discretion,
                neutral_word=form.chosen_word,
                **form.chosen_days,
                now=utc_now(),
            )
        except services.TooManyFeedLinks:
            form.refuse("name", _("You have 20 addresses. Switch one off before you make another"))
        else:
            until = utc_now() + SHOWN_FOR
            session[NEW_ADDRESS] = [str(link.public_id), secret, until.isoformat()]
            return redirect(url_for(".show_address", public_id=link.public_id), 303)
    return render_template("calendars/create.html", form=form, examples=DISCRETION_EXAMPLES)


@bp.get("/my/calendars/<uuid:public_id>/address")
@access(SIGNED_IN)
def show_address(public_id: UUID) -> ResponseReturnValue:
    """Show a new address and the ways from it into an app; later say that it is not kept."""
    link = load_own_link(public_id)
    secret = _new_secret_of(link)
    if secret is None:
        return render_template("calendars/address_not_kept.html", link=link)
    address = absolute(url_for(".private_feed", secret=secret))
    name = calendar_name(link.discretion, word=link.neutral_word, plain_name=settings().site_name)
    return render_template("calendars/address.html", link=link, ways=Ways(address, name))


@bp.route("/my/calendars/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit_link(public_id: UUID) -> ResponseReturnValue:
    """Rename an address, or change what its entries show."""
    link = load_own_link(public_id)
    form = LinkForm(data=LinkForm.values_of(link))
    if form.validate_on_submit():
        services.change_feed_link(
            link,
            actor=signed_in_viewer(),
            name=form.name.data or "",
            discretion=form.chosen_discretion,
            neutral_word=form.chosen_word,
            **form.chosen_days,
            now=utc_now(),
        )
        flash(_("Saved. Apps show it when they next look, often within hours."), "success")
        return redirect(url_for(".links"), 303)
    return render_template(
        "calendars/edit.html", form=form, link=link, examples=DISCRETION_EXAMPLES
    )


@bp.route("/my/calendars/<uuid:public_id>/revoke", methods=["GET", "POST"])
@access(SIGNED_IN)
def revoke_link(public_id: UUID) -> ResponseReturnValue:
    """Switch an address off for good, after asking once."""
    link = load_own_link(public_id)
    if request.method == "POST":
        services.revoke_feed_link(link, actor=signed_in_viewer(), now=utc_now())
        session.pop(NEW_ADDRESS, None)
        flash(_("The address no longer works."), "success")
        return redirect(url_for(".links"), 303)
    return render_template("calendars/revoke.html", link=link)


@bp.post("/my/calendars/<uuid:public_id>/renew")
@access(SIGNED_IN)
def renew_link(public_id: UUID) -> ResponseReturnValue:
    """Switch an address on again that no app has fetched for long."""
    link = load_own_link(public_id)
    renew_feed_link(link, actor=signed_in_viewer(), now=utc_now())
    flash(_("The address works again. Your app may need it once more."), "success")
    return redirect(url_for(".links"), 303)


def _new_secret_of(link: FeedLink) -> str | None:
    """Return the secret of a link that this browser made a moment ago."""
    public_id, secret, until = session.get(NEW_ADDRESS, ("", "", ""))
    if public_id != str(link.public_id):
        return None
    if datetime.fromisoformat(until) <= utc_now():
        session.pop(NEW_ADDRESS)
        return None
    return str(secret)
