"""Pages with the ways from a public calendar into an app."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.calendars.addresses import Ways
from supportgroups.calendars.loaders import load_feed_group
from supportgroups.calendars.views.blueprint import bp
from supportgroups.config import settings
from supportgroups.outbox.mail import absolute


@bp.get("/calendar")
@access(PUBLIC)
def follow_site() -> ResponseReturnValue:
    """Offer the calendar of all listed groups."""
    path = url_for(".site_feed")
    ways = Ways(absolute(path), name=settings().site_name)
    return render_template("calendars/follow.html", group=None, ways=ways, file_href=path)


@bp.get("/groups/<slug>/calendar")
@access(PUBLIC)
def follow_group(slug: str) -> ResponseReturnValue:
    """Offer the calendar of one group that is not private."""
    group = load_feed_group(slug)
    path = url_for(".group_feed", slug=group.slug)
    ways = Ways(absolute(path), name=group.name)
    return render_template("calendars/follow.html", group=group, ways=ways, file_href=path)
