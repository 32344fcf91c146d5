"""What programs of others fetch. They come without a person, so nobody is asked for."""

import json
from typing import NamedTuple

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, access
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.exchange import queries
from supportgroups.exchange.atom import AtomEntry, build_feed
from supportgroups.exchange.meetings import meeting, weekly_rule
from supportgroups.exchange.views.blueprint import bp
from supportgroups.formatting import when
from supportgroups.groups.permissions import Permission, permits
from supportgroups.languages import page_language
from supportgroups.outbox.mail import address_of, in_language
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import list_coming_sessions

#: What everybody may read can be a few minutes old.
FOR_ALL = "public, max-age=300"
#: So many coming sessions stand in a feed.
MOST_ENTRIES = 40


class MeetingsFeed(NamedTuple):
    """How the head of a page leads finders to the feed."""

    address: str
    #: Finders know it by this name, in every language.
    title: str = "Meetings Feed"


@bp.app_template_global()
def meetings_feed() -> MeetingsFeed:
    """Return what the head of a public page says about the feed, with its whole address."""
    return MeetingsFeed(address_of("exchange.meetings"))


@bp.get("/meetings.json")
@access(PUBLIC)
def meetings() -> ResponseReturnValue:
    """Serve the weekly schedules of all listed groups in the Meeting Guide format."""
    config = settings()
    found = [
        meeting(
            series,
            rule,
            shows_place=permits(None, Permission.GROUP_PLACE, series.group),
            address=address_of("pages.group", slug=series.group.slug),
            site_name=config.site_name,
            site_address=config.base_url,
        )
        for series in queries.list_meeting_again(now=utc_now())
        if (rule := weekly_rule(series.rrule)) is not None
    ]
    return _answer(json.dumps(found, ensure_ascii=False).encode(), "application/json")


@bp.get("/groups/<slug>/sessions.atom")
@access(PUBLIC)
def group_sessions(slug: str) -> ResponseReturnValue:
    """Serve the coming sessions of a listed group to feed readers, in the group's language."""
    group = queries.find_listed_group(slug)
    if group is None:
        abort(404)
    shows_place = permits(None, Permission.GROUP_PLACE, group)
    with in_language(group.language):
        coming = list_coming_sessions([group], now=utc_now(), limit=MOST_ENTRIES)
        body = build_feed(
            [_entry(group_session, shows_place=shows_place) for group_session in coming],
            title=group.name,
            language=page_language(),
            updated=group.calendar_revised_at,
            own_address=address_of("exchange.group_sessions", slug=slug),
            page_address=address_of("pages.group", slug=slug),
        )
    return _answer(body, "application/atom+xml")


def _entry(group_session: GroupSession, *, shows_place: bool) -> AtomEntry:
    title = group_session.title_shown
    if group_session.is_cancelled:
        title = _("Cancelled: %(title)s", title=title)
    parts = [when(group_session), group_session.place_shown if shows_place else ""]
    return AtomEntry(
        public_id=group_session.public_id,
        title=str(title),
        summary="\n".join(part for part in parts if part),
        updated=group_session.revised_at,
        address=address_of("pages.session", public_id=group_session.public_id),
    )


def _answer(body: bytes, kind: str) -> Response:
    response = Response(body, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = FOR_ALL
    response.add_etag()
    response.make_conditional(request)
    return response
