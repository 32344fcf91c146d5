"""The door to the online room, and what organizers decide about it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer, viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.groups.queries import find_join_request, find_membership
from supportgroups.rsvps import queries
from supportgroups.rsvps.forms import RoomForm
from supportgroups.rsvps.rooms import Door, door_of, opens_at
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_group_session, load_series
from supportgroups.sessions.services.changes import NotConfirmed
from supportgroups.sessions.services.rooms import set_room
from supportgroups.sessions.views.confirming import ask_to_confirm, is_confirmed, wants_back


@bp.get("/sessions/<uuid:public_id>/enter")
@access(Permission.GROUP_READ)
def enter(public_id: UUID) -> ResponseReturnValue:
    """Lead people to the online room, from 15 minutes before the start until the end.

    The address of the room is on no page, in no feed and in no letter: only here, only then, and
    only for those whom the schedule lets in.
    """
    group_session = load_group_session(public_id, Permission.GROUP_READ)
    person = viewer()
    rsvp = queries.find_rsvp(group_session, person)
    door = door_of(
        group_session,
        membership=find_membership(group_session.group, person),
        holds_a_place=rsvp is not None and rsvp.holds_a_place,
        now=utc_now(),
    )
    if door is Door.OPEN:
        return redirect(group_session.online_link_shown, 303)
    return render_template(
        "rsvps/enter.html",
        group_session=group_session,
        door=door,
        opens_at=opens_at(group_session),
        join_request=find_join_request(group_session.group, person),
    )


@bp.route("/groups/<slug>/series/<uuid:public_id>/room", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def edit_room(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Give a schedule its online room: the link, and who is led there.

    Where members would be told of a new link, the page first repeats what they will read.
    """
    series = load_series(slug, public_id, Permission.SESSION_MANAGE)
    form = RoomForm(data={"policy": series.link_policy.value, "online_link": series.online_link})
    if form.validate_on_submit() and not wants_back():
        try:
            set_room(
                series,
                actor=signed_in_viewer(),
                policy=form.chosen_policy,
                online_link=form.online_link.data or "",
                is_confirmed=is_confirmed(),
                now=utc_now(),
            )
        except NotConfirmed as question:
            return ask_to_confirm(question)
        flash(_("Saved."), "success")
        return redirect(url_for("pages.group", slug=slug), 303)
    return render_template("rsvps/room.html", form=form, series=series)
