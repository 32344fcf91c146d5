"""What an app is answered that asks for a calendar (RFC 9110), whoever hands it the answer."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

from werkzeug.http import http_date, parse_accept_header, parse_date

from supportgroups.calendars.feeds import Feed

#: What everybody may read can be a few minutes old.
FOR_ALL = "public, max-age=300"
#: What one person may read is asked for each time; an unchanged feed answers in a moment.
FOR_ONE = "private, no-cache"


class Answer(NamedTuple):
    """One answer, but for the headers that every answer of the site has."""

    status: HTTPStatus
    headers: dict[str, str]
    body: bytes


class Asked(NamedTuple):
    """What an app has already, and what it can read."""

    tags: str | None
    since: datetime | None
    takes_gzip: bool

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> "Asked":
        """Read the headers of a WSGI request."""
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        return cls(
            tags=environ.get("HTTP_IF_NONE_MATCH"),
            since=parse_date(since) if since is not None else None,
            takes_gzip=_takes_gzip(environ.get("HTTP_ACCEPT_ENCODING")),
        )

    def has(self, feed: Feed) -> bool:
        """Tell whether the app that asks has these very bytes (§13.2.2).

        Proxies and apps put `W/` before a tag and `-gzip` behind it; it means the same bytes here.
        """
        if self.tags is not None:
            tags = (tag.strip().removeprefix("W/").strip('"') for tag in self.tags.split(","))
            return any(tag.removesuffix("-gzip") in {feed.tag, "*"} for tag in tags)
        return self.since is not None and feed.revised_at <= self.since


@lru_cache(maxsize=100)
def _takes_gzip(encodings: str | None) -> bool:
    # There are not many apps, and each sends the same words every time.
    return bool(parse_accept_header(encodings).quality("gzip") > 0)


def answer(feed: Feed, asked: Asked, cache_control: str, download: str | None = None) -> Answer:
    """Return the feed, or 304 without a look at any session if the app has it already.

    :param download: the name of a file to keep; none for a calendar to come back to
    """
    # Two encodings are two representations, so each has a tag of its own (§8.8.3.3).
    tag = f"{feed.tag}-gzip" if asked.takes_gzip else feed.tag
    headers = {
        "ETag": f'"{tag}"',
        "Cache-Control": cache_control,
        # The framework says Cookie of all that it hands out.
        "Vary": "Accept-Encoding, Cookie",
    }
    if asked.has(feed):
        # With a tag it needs no date (§15.4.5).
        return Answer(HTTPStatus.NOT_MODIFIED, headers, b"")
    headers["Last-Modified"] = http_date(feed.revised_at)
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    # A name that tells nothing: it stays in lists of downloads.
    kind, name = ("attachment", download) if download else ("inline", "calendar.ics")
    headers["Content-Disposition"] = f'{kind}; filename="{name}"'
    if asked.takes_gzip:
        headers["Content-Encoding"] = "gzip"
    return Answer(HTTPStatus.OK, headers, feed.zipped if asked.takes_gzip else feed.body)
