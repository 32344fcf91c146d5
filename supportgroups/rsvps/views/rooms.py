"""The door to the online room."""

from datetime import timedelta
from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission, permits
from supportgroups.rsvps import queries
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_group_session

#: So long before the start the online room opens.
ROOM_OPENS_BEFORE = timedelta(minutes=15)


@bp.get("/sessions/<uuid:public_id>/enter")
@access(Permission.SESSION_RSVP)
def enter(public_id: UUID) -> ResponseReturnValue:
    """Lead expected people to the online room, from 15 minutes before the start until the end.

    The address of the room is on no page, in no feed and in no letter: only here, only then.
    """
    group_session = load_group_session(public_id, Permission.SESSION_RSVP)
    member = signed_in_viewer()
    rsvp = queries.find_rsvp(group_session, member)
    is_expected = (rsvp is not None and rsvp.holds_a_place) or permits(
        member, Permission.SESSION_ANSWERS, group_session.group
    )
    now = utc_now()
    opens_at = group_session.starts_at - ROOM_OPENS_BEFORE
    is_open = opens_at <= now < group_session.ends_at and not group_session.is_cancelled
    if group_session.online_link_shown and is_expected and is_open:
        return redirect(group_session.online_link_shown, 303)
    return render_template(
        "rsvps/enter.html",
        group_session=group_session,
        is_expected=is_expected,
        opens_at=opens_at,
        is_early=now < opens_at,
    )
