"""What calendar apps fetch. They come without a person, so nothing here asks who is signed in.

Only the files of one session and of one course do: people download them from their pages.
"""

from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.http import http_date

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import viewer
from supportgroups.calendars import feeds, queries
from supportgroups.calendars.clients import family_of
from supportgroups.calendars.entries import Addresses
from supportgroups.calendars.feeds import Feed, Site
from supportgroups.calendars.loaders import load_feed_group
from supportgroups.calendars.models import Discretion
from supportgroups.calendars.services import links as services
from supportgroups.calendars.views.blueprint import bp
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.db import Busy
from supportgroups.forms import known
from supportgroups.groups.permissions import Permission, permits
from supportgroups.outbox.mail import address_of
from supportgroups.sessions.loaders import load_course, load_group_session
from supportgroups.sessions.queries import find_course_dates

#: What everybody may read can be a few minutes old.
FOR_ALL = "public, max-age=300"
#: What one person may read is asked for each time; an unchanged feed answers in a moment.
FOR_ONE = "private, no-cache"

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
    link = queries.find_link_counters(secret)
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
    config = settings()
    return Site(
        name=config.site_name,
        base_url=config.base_url,
        addresses=Addresses(
            session=lambda public_id: address_of("pages.session", public_id=public_id),
            own=lambda: address_of("pages.my"),
        ),
    )


def _answer(feed: Feed, cache_control: str, download: str | None = None) -> Response:
    """Return the feed, or 304 without a look at any session if the app has it already."""
    is_zipped = request.accept_encodings.quality("gzip") > 0
    # Two encodings are two representations, so each has a tag of its own (RFC 9110 §8.8.3.3).
    tag = f"{feed.tag}-gzip" if is_zipped else feed.tag
    headers = {
        "ETag": f'"{tag}"',
        "Last-Modified": http_date(feed.revised_at),
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
    }
    if _has_already(feed):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    # A name that tells nothing: it stays in lists of downloads.
    kind, name = ("attachment", download) if download else ("inline", "calendar.ics")
    headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    if is_zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(feed.zipped if is_zipped else feed.body, headers=headers)


def _has_already(feed: Feed) -> bool:
    """Tell whether the app that asks has these very bytes (RFC 9110 §13.2.2).

    Proxies and apps put `W/` before a tag and `-gzip` behind it; it means the same bytes here.
    """
    asked = request.headers.get("If-None-Match")
    if asked is not None:
        tags = (tag.strip().removeprefix("W/").strip('"') for tag in asked.split(","))
        return any(tag.removesuffix("-gzip") in {feed.tag, "*"} for tag in tags)
    since: datetime | None = request.if_modified_since
    return since is not None and feed.revised_at <= since


def _refuse(status: HTTPStatus, words: str) -> Response:
    return Response(
        f"{words}\n",
        status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": FOR_ONE},
    )
