"""All the dates of a group, of a person and of the site, as an agenda or as a month.

Days are those of the clock on which people read: the group's own on its page, the reader's on the
others. The agenda is what everybody gets; `?view=month` is for those who ask for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer, viewer
from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.zones import zone_of_country
from supportgroups.clock import to_zone, utc_now
from supportgroups.config import settings
from supportgroups.groups import queries as group_queries
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group, Membership
from supportgroups.groups.permissions import Permission, permits
from supportgroups.pages import queries
from supportgroups.pages.agenda import by_day, read_mark
from supportgroups.pages.clocks import find_gaps
from supportgroups.pages.months import (
    REACH,
    Month,
    beginning_of,
    is_in_reach,
    read_day,
    read_month,
)
from supportgroups.pages.queries import Scope
from supportgroups.pages.views.blueprint import bp
from supportgroups.rsvps import queries as rsvp_queries
from supportgroups.sessions.models import GroupSession

#: So many sessions stand on one page of the agenda.
PAGE_SIZE = 30
#: So many sessions of one day stand in a month; the rest is a link away.
DAY_SIZE = 8


@dataclass(frozen=True, kw_only=True)
class DatesPage:
    """Whose dates a page shows, to whom, and on which clock."""

    scope: Scope
    zone: str
    #: Makes the address of this page, with what is asked of it.
    href: Callable[..., str]
    person: UserAccount | None
    #: The one group that it is about, and who its reader is there.
    group: Group | None = None
    membership: Membership | None = None
    #: Whether it is about the reader's own groups.
    is_own: bool = False

    @property
    def reader_zone(self) -> str | None:
        """The clock that the reader has said to have, or is taken to have on a page of many."""
        if self.person is not None:
            return self.person.time_zone
        return self.zone if self.group is None else None


@bp.get("/sessions")
@access(PUBLIC)
def site_sessions() -> ResponseReturnValue:
    """Show the sessions of all listed groups."""
    person = viewer()
    return _show(
        DatesPage(
            scope=queries.of_site(),
            zone=person.time_zone if person else zone_of_country(settings().country),
            href=partial(url_for, "pages.site_sessions"),
            person=person,
        )
    )


@bp.get("/my/sessions")
@access(SIGNED_IN)
def my_sessions() -> ResponseReturnValue:
    """Show somebody the sessions of all their groups."""
    person = signed_in_viewer()
    return _show(
        DatesPage(
            scope=queries.of_person(person),
            zone=person.time_zone,
            href=partial(url_for, "pages.my_sessions"),
            person=person,
            is_own=True,
        )
    )


@bp.get("/groups/<slug>/sessions")
@access(Permission.GROUP_READ)
def group_sessions(slug: str) -> ResponseReturnValue:
    """Show all sessions of one group, those behind too."""
    group = load_group(slug, Permission.GROUP_READ)
    person = viewer()
    return _show(
        DatesPage(
            scope=queries.of_group(group),
            zone=group.time_zone,
            href=partial(url_for, "pages.group_sessions", slug=slug),
            person=person,
            group=group,
            membership=group_queries.find_membership(group, person),
        )
    )


def _show(page: DatesPage) -> ResponseReturnValue:
    now = utc_now()
    today = to_zone(now, page.zone).date()
    match request.args.get("view"):
        case "month":
            return _show_month(page, today)
        case "past" if page.group is not None:
            return _show_past(page, now, today)
        case _:
            return _show_agenda(page, now, today)


def _show_agenda(page: DatesPage, now: datetime, today: date) -> ResponseReturnValue:
    since = read_day(request.args.get("since"), today=today)
    mark = queries.find_mark(page.scope, read_mark(request.args.get("after")))
    found = queries.list_coming_dates(
        page.scope,
        now=now,
        since=beginning_of(since, page.zone) if since is not None else None,
        after=mark,
        limit=PAGE_SIZE + 1,
    )
    shown = found[:PAGE_SIZE]
    next_href = None
    if len(found) > PAGE_SIZE:
        next_href = page.href(since=since, after=shown[-1].public_id)
    return _render(
        "pages/agenda.html",
        page,
        shown,
        today=today,
        is_past=False,
        since=since,
        first_href=page.href() if mark is not None or since is not None else None,
        next_href=next_href,
    )


def _show_past(page: DatesPage, now: datetime, today: date) -> ResponseReturnValue:
    mark = queries.find_mark(page.scope, read_mark(request.args.get("after")))
    found = queries.list_past_dates(page.scope, now=now, after=mark, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    next_href = None
    if len(found) > PAGE_SIZE:
        next_href = page.href(view="past", after=shown[-1].public_id)
    return _render(
        "pages/agenda.html",
        page,
        shown,
        today=today,
        is_past=True,
        since=None,
        first_href=page.href(view="past") if mark is not None else None,
        next_href=next_href,
    )


def _show_month(page: DatesPage, today: date) -> ResponseReturnValue:
    month = read_month(request.args.get("month"), today=today)
    bounds = month.bounds(page.zone)
    dated = queries.list_month(page.scope, bounds=bounds, limit=DAY_SIZE)
    first_weekday = get_locale().first_week_day
    return _render(
        "pages/month.html",
        page,
        [found.group_session for found in dated],
        today=today,
        month=month,
        weeks=month.weeks(first_weekday),
        weekdays=[(first_weekday + index) % 7 for index in range(7)],
        on_each_day={
            to_zone(found.group_session.starts_at, page.zone).date(): found.on_its_day
            for found in dated
        },
        previous=_if_in_reach(month.plus(-1), today),
        following=_if_in_reach(month.plus(1), today),
        next_busy=_next_busy_month(page, bounds[-1], today) if not dated else None,
    )


def _if_in_reach(month: Month, today: date) -> Month | None:
    return month if is_in_reach(month, today=today) else None


def _next_busy_month(page: DatesPage, since: datetime, today: date) -> Month | None:
    """Return the next month with a session, for an empty one to lead to."""
    until = beginning_of(Month.of(today).plus(REACH + 1).first, page.zone)
    start = queries.find_first_start(page.scope, since=since, until=until)
    return Month.of(to_zone(start, page.zone).date()) if start is not None else None


def _render(
    template: str, page: DatesPage, shown: list[GroupSession], **also: Any
) -> ResponseReturnValue:
    reader_zone = page.reader_zone
    return render_template(
        template,
        page=page,
        group=page.group,
        days=by_day(shown, zone=page.zone, also=[reader_zone] if reader_zone else []),
        answers=rsvp_queries.answers_of(page.person, shown),
        known_places=_known_places(page, shown),
        gaps=find_gaps(shown, zone=reader_zone) if reader_zone else [],
        **also,
    )


def _known_places(page: DatesPage, shown: Iterable[GroupSession]) -> set[int]:
    """Return the ids of the groups whose meeting place the reader may know."""
    person = page.person
    if page.group is not None:
        return {page.group.id} if permits(person, Permission.GROUP_PLACE, page.group) else set()
    memberships = queries.list_own_memberships(person) if person is not None else []
    own = {membership.group_id for membership in memberships}
    return {
        group_id
        for group_id, group in {found.group_id: found.group for found in shown}.items()
        # Whoever belongs to no part of a group is a guest there, and guests cost no query.
        if permits(person if group_id in own else None, Permission.GROUP_PLACE, group)
    }
