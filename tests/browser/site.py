"""A site that runs for the browser: a server, a worker, and somebody to sign in."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.services.links import create_feed_link
from supportgroups.clock import to_zone, utc_now
from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, Role
from supportgroups.outbox.models import OutboxJob
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.recurrence import WeeklyRule
from supportgroups.sessions.services.series import SeriesDetails, create_series
from tests import factories
from tests.server import sign_in_all

OUTSIDE_PAGE = b"<!DOCTYPE html><html lang=en><title>Elsewhere</title><h1>Elsewhere</h1>"


@dataclass(frozen=True)
class Someone:
    """A person, and the cookie with which their browser is signed in."""

    name: str
    email: str
    cookie: str


@dataclass(frozen=True)
class Site:
    """A running site."""

    app: Flask
    base_url: str
    #: Where "Leave now" leads, if that is a page of ours, and what its visitors brought along.
    outside: str | None = None
    visitors: list[dict[str, str]] = field(default_factory=list)

    def newcomer(self, name: str = "Robin") -> Someone:
        """Make somebody who belongs to nothing yet."""
        with self.app.app_context():
            # No hour is quiet to them: a test may run at night, and its letters must not wait.
            return self._signed_in(factories.make_user(name, quiet_from=0, quiet_until=0))

    def resident(self, name: str) -> Someone:
        """Return somebody of the demo story."""
        with self.app.app_context():
            query = select(UserAccount).filter_by(email=f"{name.lower()}@example.org")
            return self._signed_in(db.session.execute(query).scalar_one())

    def hurry_letters(self) -> None:
        """Let letters about changes leave now, which would have waited for an undo, or for the morning."""
        with self.app.app_context(), transaction():
            db.session.execute(update(UserAccount).values(quiet_from=0, quiet_until=0))
            db.session.execute(
                update(OutboxJob)
                .where(OutboxJob.kind.startswith("rsvps.schedule_change"))
                .values(due_at=utc_now())
            )

    def let_pass(self, pages: Iterable[str], by: timedelta) -> None:
        """Bring the sessions of these pages earlier: the site itself cannot travel in time."""
        with self.app.app_context(), transaction():
            for page in pages:
                group_session = find_session_of(page)
                group_session.starts_at -= by
                group_session.ends_at -= by

    def _signed_in(self, user: UserAccount) -> Someone:
        (entry,) = sign_in_all(self.app, [user])
        assert user.email is not None
        return Someone(user.display_name, user.email, entry.cookie)


def group_of(rosa: Someone, *members: Someone, **overrides: Any) -> str:
    """Make a group that Rosa organizes; return its slug. Needs an application context."""
    group = factories.make_group(**overrides)
    factories.make_membership(group, account_of(rosa), Role.ORGANIZER)
    for member in members:
        factories.make_membership(group, account_of(member))
    return group.slug


def find_group_of(slug: str) -> Group:
    """Return the group of this slug, which has to be there. Needs an application context."""
    return db.session.execute(select(Group).filter_by(slug=slug)).scalar_one()


def find_session_of(page: str) -> GroupSession:
    """Return the session of a page, which has to be there. Needs an application context."""
    public_id = UUID(page.removeprefix("/sessions/"))
    return db.session.execute(select(GroupSession).filter_by(public_id=public_id)).scalar_one()


def weekly_sessions_of(
    slug: str, rosa: Someone, *, first: datetime | None = None, **overrides: Any
) -> list[str]:
    """Plan a session every week; return the paths of the sessions' pages.

    Needs an application context.

    :param first: when the first one starts on the group's clock; 19:00 the day after tomorrow unless told
    """
    group = find_group_of(slug)
    now = utc_now()
    if first is None:
        in_two_days = to_zone(now, group.time_zone).date() + timedelta(days=2)
        first = datetime.combine(in_two_days, time(19))
    details: dict[str, Any] = {
        "title": "Tea and talk",
        "description": "",
        "wall_starts_at": first,
        "length_minutes": 90,
        "time_zone": group.time_zone,
        "rule": WeeklyRule(weekdays=frozenset({first.weekday()})),
        "capacity": 12,
        "place": "The library, High Street",
        "online_link": "",
    }
    series = create_series(
        group, SeriesDetails(**details | overrides), actor=account_of(rosa), now=now
    )
    return [f"/sessions/{session.public_id}" for session in list_sessions_of_series(series)]


def calendar_address_of(someone: Someone) -> tuple[FeedLink, str]:
    """Make a private calendar address; return it with its secret. Needs an application context."""
    return create_feed_link(
        actor=account_of(someone),
        name="phone",
        group=None,
        discretion=Discretion.NEUTRAL,
        neutral_word="Appointment",
        now=utc_now(),
    )


def account_of(someone: Someone) -> UserAccount:
    """Return somebody's row. Needs an application context."""
    return db.session.execute(select(UserAccount).filter_by(email=someone.email)).scalar_one()


@contextmanager
def outside_world(visitors: list[dict[str, str]]) -> Iterator[str]:
    """Serve one harmless page on another host name until the block ends; yield its address.

    :param visitors: gets the headers of everyone who comes
    """

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                visitors.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(OUTSIDE_PAGE)))
            self.end_headers()
            self.wfile.write(OUTSIDE_PAGE)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        # To a browser "localhost" is another site than "127.0.0.1".
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()
