"""What calendar apps fetch. They come without a person, so nothing here asks who is signed in.

Only the files of one session and of one course do: people download them from their pages.
"""

from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import viewer
from supportgroups.calendars import feeds, queries
from supportgroups.calendars.answers import FOR_ALL, FOR_ONE, Asked, answer
from supportgroups.calendars.clients import family_of
from supportgroups.calendars.feeds import Feed, Site
from supportgroups.calendars.loaders import load_feed_group
from supportgroups.calendars.models import Discretion
from supportgroups.calendars.services import links as services
from supportgroups.calendars.views.blueprint import bp
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.db import Busy, db
from supportgroups.forms import known
from supportgroups.groups.permissions import Permission, permits
from supportgroups.sessions.loaders import load_course, load_group_session
from supportgroups.sessions.queries import find_course_dates

#: GET and HEAD alone. Apps that try PROPFIND or OPTIONS first get a cheap 405.
only_get = {"methods": ["GET"], "provide_automatic_options": False}


@bp.route("/calendar.ics", **only_get)
@access(PUBLIC)
def site_feed() -> ResponseReturnValue:
    """Serve the calendar of all listed groups."""
    return _answer(feeds.site_feed(_site(), now=utc_now()), FOR_ALL)


@bp.route("/groups/<slug>/calendar.ics", **only_get)
@access(PUBLIC)
def group_feed(slug: str) -> ResponseReturnValue:
    """Serve the calendar of one group that is not private."""
    group = load_feed_group(slug)
    return _answer(feeds.group_feed(group, _site(), now=utc_now()), FOR_ALL)


@bp.route("/sessions/<uuid:public_id>.ics", **only_get)
@access(Permission.GROUP_READ)
def session_file(public_id: UUID) -> ResponseReturnValue:
    """Let somebody put one session into a calendar of their own, under a word that tells nothing.

    With `?discretion=plain` it says what it is, because that is what they asked for.
    """
    group_session = load_group_session(public_id, Permission.GROUP_READ)
    person = viewer()
    feed = feeds.session_file(
        group_session,
        _site(),
        discretion=known(Discretion, request.args.get("discretion")) or Discretion.NEUTRAL,
        shows_place=permits(person, Permission.GROUP_PLACE, group_session.group),
    )
    return _answer(feed, FOR_ALL if person is None else FOR_ONE, download="session.ics")


@bp.route("/groups/<slug>/courses/<uuid:public_id>.ics", **only_get)
@access(Permission.GROUP_READ)
def course_file(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let somebody put all dates of a course into a calendar of their own; see `session_file`."""
    series = load_course(slug, public_id, Permission.GROUP_READ)
    person = viewer()
    feed = feeds.course_file(
        find_course_dates([series])[series.id],
        _site(),
        discretion=known(Discretion, request.args.get("discretion")) or Discretion.NEUTRAL,
        shows_place=permits(person, Permission.GROUP_PLACE, series.group),
    )
    return _answer(feed, FOR_ALL if person is None else FOR_ONE, download="sessions.ics")


@bp.route("/calendar/<secret>.ics", **only_get)
@access(PUBLIC)
def private_feed(secret: str) -> ResponseReturnValue:
    """Serve the feed of whoever made this address.

    Only an address that was revoked or has expired is gone, and only one that never was is not found: apps give
    a calendar up for good, or for hours, on every other refusal.
    """
    now = utc_now()
    link = queries.find_known_link(db.engine, secret)
    if link is None:
        return _refuse(HTTPStatus.NOT_FOUND, _("There is no calendar at this address."))
    if link.revoked_at is not None:
        return _refuse(HTTPStatus.GONE, _("This calendar address was switched off."))
    if link.expires_at <= now:
        return _refuse(
            HTTPStatus.GONE,
            _("No app came for 90 days, so this address was switched off. Its owner can renew it."),
        )
    response = _answer(feeds.private_feed(link, _site(), now=now), FOR_ONE)
    if services.is_worth_noting(link.last_fetched_at, now):
        # Nobody's calendar fails because this note cannot be taken.
        with suppress(Busy, OperationalError):
            client = family_of(request.user_agent.string)
            services.note_fetched(link.id, client=client, now=now)
    return response


def _site() -> Site:
    return Site.of(settings())


def _answer(feed: Feed, cache_control: str, download: str | None = None) -> Response:
    found = answer(feed, Asked.of(request.environ), cache_control, download)
    return Response(found.body, found.status, found.headers)


def _refuse(status: HTTPStatus, words: str) -> Response:
    return Response(
        f"{words}\n",
        status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": FOR_ONE},
    )
