"""A sheet of paper for the door, when a session does not take place there and then."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import access
from supportgroups.clock import utc_now
from supportgroups.groups.permissions import Permission
from supportgroups.sessions import queries
from supportgroups.sessions.door import has_something_to_say, reason_given
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.recurrence import to_utc_by_rule
from supportgroups.sessions.views.blueprint import bp


@bp.get("/sessions/<uuid:public_id>/door-notice")
@access(Permission.SESSION_LEAD)
def door_notice(public_id: UUID) -> ResponseReturnValue:
    """Show a page to print for the door of a session that is cancelled, moved, or elsewhere."""
    group_session = load_group_session(public_id, Permission.SESSION_LEAD)
    if not has_something_to_say(group_session):
        flash(_("This session takes place as planned, so the door needs no notice."), "info")
        return redirect(url_for("pages.session", public_id=public_id), 303)
    since = max(utc_now(), group_session.starts_at)
    following = queries.list_coming_sessions([group_session.group], now=since)
    others = [one for one in following if one is not group_session and not one.is_cancelled]
    return render_template(
        "sessions/door_notice.html",
        group_session=group_session,
        planned_at=to_utc_by_rule(group_session.recurrence_id, group_session.time_zone),
        reason=reason_given(group_session),
        following=others[0] if others else None,
    )
