"""The door before the application gives the same answers as the route behind it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from supportgroups import prepared
from supportgroups.app import create_app
from supportgroups.calendars.door import FeedDoor
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.services.links import revoke_feed_link
from supportgroups.db import db
from supportgroups.rsvps.models import RsvpStatus
from tests.conftest import NOW, Cast, make_config
from tests.factories import make_rsvp

MakeLink = Callable[..., tuple[FeedLink, str]]


class Heard(NamedTuple):
    """An answer as a server hands it on."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def call(wsgi: Any, path: str, method: str = "GET", **headers: str) -> Heard:
    """Send a request as a server does."""
    dressed = {name.replace("_", "-"): value for name, value in headers.items()}
    environ = EnvironBuilder(
        path=path, method=method, base_url="http://localhost", headers=dressed
    ).get_environ()
    body, status, found = run_wsgi_app(wsgi, environ, buffered=True)
    return Heard(status, sorted(found.items()), b"".join(body))


@pytest.fixture
def door(app: Flask) -> FeedDoor:
    """The door of the application under test."""
    found: Any = app.wsgi_app
    # What listens to all that goes out stands before it.
    found = found.behind
    assert isinstance(found, FeedDoor)
    return found


@pytest.fixture
def link(cast: Cast, make_link: MakeLink, door: FeedDoor) -> tuple[FeedLink, str]:
    """A link of Sam's, whose app has come within the hour, and its path."""
    make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
    link, path = make_link(cast.sam)
    assert call(door, path).status == "200 OK"
    return link, path


@pytest.fixture
def behind(door: FeedDoor, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the door let through."""
    passed: list[str] = []
    route = door.behind

    def pass_on(environ: Any, start_response: Any) -> Any:
        passed.append(environ["PATH_INFO"])
        return route(environ, start_response)

    monkeypatch.setattr(door, "behind", pass_on)
    return passed


def dress(tag: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return methods and headers by what they are an example of."""
    return {
        "plain": ("GET", {}),
        "nothing new": ("GET", {"If_None_Match": tag}),
        "nothing new, zipped": ("GET", {"If_None_Match": tag, "Accept_Encoding": "gzip"}),
        "another tag": ("GET", {"If_None_Match": '"other"'}),
        "not since": ("GET", {"If_Modified_Since": "Tue, 01 Dec 2099 19:00:00 GMT"}),
        "since": ("GET", {"If_Modified_Since": "Sat, 01 Dec 1990 19:00:00 GMT"}),
        "no date": ("GET", {"If_Modified_Since": "yesterday"}),
        "gzip": ("GET", {"Accept_Encoding": "br, gzip"}),
        "no gzip": ("GET", {"Accept_Encoding": "gzip;q=0"}),
        "head": ("HEAD", {}),
        "head, nothing new": ("HEAD", {"If_None_Match": tag}),
        "head, gzip": ("HEAD", {"Accept_Encoding": "gzip"}),
    }


@pytest.mark.parametrize("question", list(dress("")))
def test_it_answers_as_the_route_does(
    door: FeedDoor, link: tuple[FeedLink, str], behind: list[str], question: str
) -> None:
    path = link[1]
    method, headers = dress(dict(call(door, path).headers)["ETag"])[question]
    mine = call(door, path, method, **headers)
    assert behind == []
    assert mine == call(door.behind, path, method, **headers)
    is_old = "nothing new" in question or question == "not since"
    assert mine.status == ("304 NOT MODIFIED" if is_old else "200 OK")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("end", ["revoked", "expired", "unknown"])
def test_an_address_without_a_feed_is_left_to_the_route(
    cast: Cast, door: FeedDoor, link: tuple[FeedLink, str], behind: list[str], end: str, method: str
) -> None:
    known, path = link
    tag = dict(call(door, path).headers)["ETag"]
    moment = NOW
    if end == "revoked":
        revoke_feed_link(known, actor=cast.sam, now=NOW)
    elif end == "expired":
        moment = known.expires_at
    else:
        path = "/calendar/unknown.ics"
    with time_machine.travel(moment, tick=False):
        mine = call(door, path, method, If_None_Match=tag)
        assert behind == [path]
        assert mine == call(door.behind, path, method, If_None_Match=tag)
    assert mine.status == ("404 NOT FOUND" if end == "unknown" else "410 GONE")


def test_the_first_visit_in_an_hour_is_noted_by_the_route(
    door: FeedDoor, link: tuple[FeedLink, str], behind: list[str]
) -> None:
    for minutes, passed in ((59, 0), (60, 1), (61, 1)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            assert call(door, link[1]).status == "200 OK"
        assert len(behind) == passed
    db.session.refresh(link[0])
    assert link[0].last_fetched_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "PROPFIND"])
def test_other_methods_are_left_to_the_route(
    door: FeedDoor, link: tuple[FeedLink, str], behind: list[str], method: str
) -> None:
    assert call(door, link[1], method).status == "405 METHOD NOT ALLOWED"
    assert behind == [link[1]]


def test_a_forged_host_is_refused(door: FeedDoor, link: tuple[FeedLink, str]) -> None:
    assert call(door, link[1], Host="evil.example").status == "400 BAD REQUEST"


def test_a_connection_that_was_lost_is_opened_anew(
    door: FeedDoor, link: tuple[FeedLink, str], behind: list[str]
) -> None:
    prepared._connection(db.engine).close()
    assert call(door, link[1]).status == "200 OK"
    assert behind == []


def test_what_fails_is_left_to_the_route(
    door: FeedDoor, link: tuple[FeedLink, str], behind: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(prepared.Prepared, "ask", fail)
        assert call(door, link[1]).status == "500 INTERNAL SERVER ERROR"
    assert behind == [link[1]]


def test_on_a_public_site_it_asks_for_tls_as_the_route_does(
    app: Flask, database: Any, link: tuple[FeedLink, str], tmp_path: Any
) -> None:
    config = make_config(
        tmp_path, DATABASE_URL=database.url, BASE_URL="https://localhost", DEVELOPMENT="0"
    )
    public: Any = create_app(config)
    mine = call(public.wsgi_app, link[1])
    assert mine == call(public.wsgi_app.behind, link[1])
    assert "Strict-Transport-Security" in dict(mine.headers)
    with public.app_context():
        db.engine.dispose()
