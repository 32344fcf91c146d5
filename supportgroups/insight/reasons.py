"""Why a session did not take place, in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportgroups.insight.models import Outcome
from supportgroups.insight.numbers import SessionNumbers

WORDS = {
    Outcome.NOBODY_CAME: _l("Nobody came"),
    Outcome.NOBODY_LED: _l("Nobody could lead it"),
    Outcome.NO_ROOM: _l("There was no room"),
    Outcome.WEATHER: _l("The weather or the traffic"),
    Outcome.OTHER: _l("Another reason"),
}


def kind_of_reason(session: SessionNumbers) -> str:
    """Return why a session did not take place, in our words alone; empty for one that did."""
    if session.took_place:
        return ""
    if session.is_cancelled:
        return str(_("On a break") if session.is_in_break else _("Cancelled"))
    return str(WORDS[session.outcome]) if session.outcome is not None else ""


def why_not(session: SessionNumbers) -> str:
    """Return the same with what the organizers wrote, for those who lead alone."""
    kind = kind_of_reason(session)
    return f"{kind}: {session.reason}" if kind and session.reason else kind
