"""What a poll of a private feed costs beside a bare hello, and beside icalendar at each poll.

  python3 dev.py bench feeds

On SQLite and, where SUPPORTGROUPS_TEST_POSTGRES_URL names a server, on PostgreSQL, whose own CPU is
not counted. Cases: nothing new (304); a whole feed whose body is kept, plain and gzipped; the first
poll after one session has changed; the first after every entry has; 200 events built by icalendar.
The last lines say how often the CPU of a feed of 200 goes into that, kept (warm) and built (cold).
"""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert, inspect  # noqa: E402 (found beside this folder)

from bench._databases import databases  # noqa: E402
from bench._server import (  # noqa: E402
    Ask,
    Beside,
    Figures,
    beside_hello,
    heading,
    line,
    site,
)
from supportgroups.calendars.clients import ClientFamily  # noqa: E402
from supportgroups.calendars.models import Discretion, FeedLink  # noqa: E402
from supportgroups.calendars.services.links import create_feed_link, note_fetched  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.rsvps.models import Rsvp, RsvpStatus  # noqa: E402
from supportgroups.sessions.models import GroupSession  # noqa: E402
from supportgroups.tokens import new_secret, uuid7  # noqa: E402
from tests.factories import (  # noqa: E402
    make_group,
    make_membership,
    make_rsvp,
    make_series,
    make_session,
    make_user,
)

USUAL, MANY, MOST = 200, 2_000, 20_000
UNCHANGED_GOAL, KEPT_GOAL, CHANGED_GOAL = 0.9, 0.75, 0.4
WARM, COLD = f"{USUAL} sessions, kept", f"{USUAL} sessions, all changed"
TIMES_OF_SESSION = ("recurrence_id", "wall_starts_at", "starts_at", "ends_at")


class Polled(NamedTuple):
    """A feed that is measured."""

    path: str
    link_id: int
    session_id: int


def main() -> None:
    measured: dict[str, Figures] = {}
    for name, house in databases():
        with site(house) as app:
            feeds = {number: make_feed(number) for number in (USUAL, MANY, MOST)}
            print(f"\n{name}\n{heading()}")
            # As in earnest: a development site logs less.
            with beside_hello(app, DEVELOPMENT="0") as beside:
                for case, asks, status, goal in cases(beside, feeds):
                    figures = measured[f"{case}, {name}"] = beside.measure(asks, status)
                    print(line(case, figures, goal), flush=True)
    with site() as app, beside_hello(app, module="bench._icalendar:app") as beside:
        built = beside.measure([Ask("/feed")])
    print(line(f"{USUAL} events by icalendar", built, 0), flush=True)
    for case, figures in measured.items():
        if case.startswith((WARM, COLD)):
            print(f"icalendar takes {figures.ratio / built.ratio:.1f} times the CPU of {case}")


def cases(beside: Beside, feeds: dict[int, Polled]) -> Iterator[tuple[str, Any, int, float]]:
    """Yield a name, what is asked, the status of the answer, and the goal."""
    for number in (USUAL, MOST):
        path = feeds[number].path
        asks = [Ask(path, {"If-None-Match": beside.tag(path)})]
        yield f"nothing new, {number:,} sessions", asks, 304, UNCHANGED_GOAL
    usual = feeds[USUAL]
    yield WARM, [Ask(usual.path)], 200, KEPT_GOAL
    zipped = Ask(usual.path, {"Accept-Encoding": "gzip"})
    yield f"{WARM} gzipped", [zipped], 200, KEPT_GOAL
    for number in (USUAL, MANY):
        asks_after = after(change_one, feeds[number])
        yield f"{number:,} sessions, one changed", asks_after, 200, CHANGED_GOAL
    yield COLD, after(change_all, usual), 200, 0


def after(change: Callable[[Polled], None], feed: Polled) -> Iterator[Ask]:
    """Change a feed before each poll; this process does that, not the server."""
    while True:
        change(feed)
        yield Ask(feed.path)


@transaction()
def change_one(feed: Polled) -> None:
    """Do to a session what every change does."""
    group_session = db.session.get_one(GroupSession, feed.session_id)
    group_session.revision += 1
    group_session.group.touch_calendar(utc_now())


@transaction()
def change_all(feed: Polled) -> None:
    """Do what somebody does who chooses other words for every entry."""
    link = db.session.get_one(FeedLink, feed.link_id)
    link.revised_at += timedelta(seconds=1)


@transaction()
def make_feed(number: int) -> Polled:
    """Make a person with a feed of so many sessions in the coming year."""
    now = utc_now().replace(second=0, microsecond=0)
    person, group = make_user("Sam"), make_group(f"Circle {number}")
    make_membership(group, person)
    first = make_session(make_series(group), now.replace(tzinfo=None) + timedelta(days=1))
    answer = make_rsvp(first, person, RsvpStatus.ACCEPTED)
    step = timedelta(minutes=timedelta(days=360) // timedelta(minutes=1) // number)
    sessions = [
        values_of(first)
        | {"public_id": uuid7(), "uid": f"{new_secret()}@calendar.invalid"}
        | {name: getattr(first, name) + step * index for name in TIMES_OF_SESSION}
        for index in range(1, number)
    ]
    written = db.session.execute(
        insert(GroupSession).returning(GroupSession.id, GroupSession.wall_starts_at), sessions
    )
    answers = [
        values_of(answer) | {"group_session_id": id_, "answered_for": wall_starts_at}
        for id_, wall_starts_at in written
    ]
    db.session.execute(insert(Rsvp), answers)
    link, secret = create_feed_link(
        actor=person,
        name="phone",
        group=None,
        discretion=Discretion.PLAIN,
        neutral_word="Appointment",
        now=now,
    )
    # Its app has come before: noting a visit is one poll in an hour.
    note_fetched(link.id, client=ClientFamily.APPLE, now=now)
    return Polled(f"/calendar/{secret}.ics", link.id, first.id)


def values_of(row: GroupSession | Rsvp) -> dict[str, Any]:
    """Return what a row holds, by column, but for its number."""
    names = [column.key for column in inspect(type(row)).column_attrs if column.key != "id"]
    return {name: getattr(row, name) for name in names}


if __name__ == "__main__":
    main()
