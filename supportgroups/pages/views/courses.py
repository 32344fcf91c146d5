"""The page of one course: all its dates as one thing."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from supportgroups.access import access
from supportgroups.accounts.current import viewer
from supportgroups.accounts.views.own_link import find_own_link
from supportgroups.clock import utc_now
from supportgroups.groups import queries as group_queries
from supportgroups.groups.permissions import Permission, permits
from supportgroups.pages.views.blueprint import bp
from supportgroups.rsvps import queries as rsvp_queries
from supportgroups.sessions.loaders import load_course
from supportgroups.sessions.models import Series


@bp.get("/groups/<slug>/courses/<uuid:public_id>")
@access(Permission.GROUP_READ)
def course(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Show a course with all its dates, and the way into it that fits."""
    series = load_course(slug, public_id, Permission.GROUP_READ)
    group = series.group
    person = viewer()
    now = utc_now()
    found = rsvp_queries.find_course(series, person, now=now)
    return render_template(
        "pages/course.html",
        course=found,
        series=series,
        group=group,
        sessions=found.dates.sessions,
        now=now,
        own_link=find_own_link(),
        answers=rsvp_queries.answers_of(person, found.dates.sessions),
        membership=group_queries.find_membership(group, person),
        join_request=group_queries.find_join_request(group, person),
        may_join=person is None or permits(person, Permission.GROUP_JOIN, group),
        may_see_place=permits(person, Permission.GROUP_PLACE, group),
        may_manage=permits(person, Permission.SESSION_MANAGE, group),
        may_see_roster=permits(person, Permission.SESSION_ANSWERS, group),
        leaders=_leader_names(series),
    )


def _leader_names(series: Series) -> list[str]:
    """Return the names under which the group knows those who lead the course."""
    led_by = {person.id for person in series.facilitators}
    members = group_queries.list_members(series.group) if led_by else []
    return [member.display_name for member in members if member.user_id in led_by]
