"""What a page shows while somebody chooses when a group meets. No page of its own."""

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from supportgroups.clock import to_zone, utc_now
from supportgroups.formatting import calendar_day
from supportgroups.forms import Form
from supportgroups.groups.models import Group
from supportgroups.sessions import queries
from supportgroups.sessions.forms.planning import Planned
from supportgroups.sessions.forms.schedules import WhenFields
from supportgroups.sessions.preview import Taken, preview
from supportgroups.sessions.sentences import sentence
from supportgroups.sessions.services import series as services

#: What the buttons of a form with a preview ask for, beside going on.
CHECK, MORE, FRAGMENT = "check", "more", "fragment"


def asked_for() -> str:
    """Return what the button that sent the form asks for; empty for going on."""
    return request.form.get("go", "")


def preview_of(
    form: WhenFields, *, zone: str, country: str, region: str, group: Group | None = None
) -> dict[str, Any] | None:
    """Return what a preview shows; none while the form does not say when.

    What is wrong with the form stands beside its fields afterwards.

    :param group: whose other sessions could be at the same time
    """
    if not form.check_when():
        return None
    planned = Planned(form, zone=zone, country=country, region=region)
    today = to_zone(utc_now(), zone).date()
    return {
        "shown": preview(planned.plan, taken=_taken(group), language=get_locale().language),
        "sentence": sentence(planned.timetable, length=planned.length, zone=zone, today=today),
    }


def quiet_preview_of(form: WhenFields, **where: Any) -> dict[str, Any] | None:
    """Return the same, without a word about what is still missing."""
    shown = preview_of(form, **where)
    for field in form:
        field.errors = []
    return shown


def fragment(form: WhenFields, shown: dict[str, Any] | None) -> ResponseReturnValue:
    """Return the two parts that preview.js puts in place; as plain text, since it is no page."""
    body = render_template("sessions/preview.html", form=form, preview=shown)
    return Response(body, mimetype="text/plain")


def explain(form: Form, error: Exception) -> None:
    """Say beside the field what the rules of the product have against a schedule."""
    match error:
        case services.StartsInThePast():
            form.refuse("starts", _("This start has already passed. Choose a later one"))
        case services.StartsOnClockChange():
            form.refuse(
                "starts",
                _(
                    "On %(day)s the clocks change at this hour. Choose another time",
                    day=calendar_day(error.wall_starts_at.date()),
                ),
            )
        case services.NoDates():
            form.refuse("repeats", _("All dates are left out, so there would be no session"))
        case _:
            raise error


def _taken(group: Group | None) -> Iterable[Taken]:
    if group is None:
        return []
    return [
        Taken(coming.title_shown, coming.starts_at, coming.ends_at)
        for coming in queries.list_coming_sessions([group], now=utc_now(), limit=None)
        if not coming.is_cancelled
    ]
