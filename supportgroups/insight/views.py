"""Pages for those who lead: what needs them, what comes next."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from supportgroups.access import SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.insight import queries
from supportgroups.insight.overview import look_over
from supportgroups.rsvps import queries as rsvp_queries

bp = Blueprint("insight", __name__)

#: So far ahead the overview looks.
LOOKS_AHEAD = timedelta(weeks=4)
#: So many coming sessions stand on it; the others are among all dates.
NEXT_SESSIONS = 12
#: So many matters of one kind stand on it, and how many more there are.
OF_EACH_KIND = 4


@bp.get("/my/organizing")
@access(SIGNED_IN)
def organizing() -> ResponseReturnValue:
    """Show somebody who leads what needs them first, then what comes next, over all groups."""
    now = utc_now()
    memberships = queries.list_led_memberships(signed_in_viewer())
    ids = [membership.group_id for membership in memberships]
    sessions = queries.list_led_sessions(ids, now=now, until=now + LOOKS_AHEAD)
    tallies = rsvp_queries.tally((led.group_session for led in sessions), now=now)
    matters = queries.find_open_matters(ids)
    return render_template(
        "insight/organizing.html",
        memberships=memberships,
        matters=matters,
        overview=look_over(memberships, matters, sessions, tallies, now=now),
        sessions=sessions[:NEXT_SESSIONS],
        tallies=tallies,
        limit=OF_EACH_KIND,
    )
