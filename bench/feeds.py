"""What a poll of a private feed costs, in CPU time, beside a bare Flask view and beside icalendar.

  python3 dev.py bench feeds

All are called in turns in one process, as WSGI applications without a server around them, on SQLite. (A
server costs both sides the same, so ratios behind one are closer to 1.)
For each case the view that says "hello" in 1 KB is measured before and after it, in every round; the
ratio is CPU of hello ÷ CPU of the case, and the median of the rounds counts. Cases: nothing new
(304) for feeds of 20 and of 200 sessions; a whole feed of 200 that is kept, plain and gzipped; a feed of
which one session has changed; and the same 200 events built with icalendar each time.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from icalendar import Calendar, Event  # noqa: E402
from werkzeug.test import EnvironBuilder, run_wsgi_app  # noqa: E402

from supportgroups.app import create_app  # noqa: E402
from supportgroups.calendars.models import Discretion  # noqa: E402
from supportgroups.calendars.services.links import create_feed_link  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.rsvps.models import RsvpStatus  # noqa: E402
from supportgroups.sessions.models import GroupSession  # noqa: E402
from tests.conftest import SqliteHouse, make_config  # noqa: E402
from tests.factories import (  # noqa: E402  # noqa: E402
    make_cast,
    make_group,
    make_membership,
    make_rsvp,
    make_series,
    make_session,
    make_user,
)

ROUNDS = 7
FEW, MANY = 20, 200


class Case(NamedTuple):
    """Something that is called again and again."""

    name: str
    call: Callable[[], object]
    #: Calls in a round.
    times: int


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = SqliteHouse(Path(folder))
        app = create_app(make_config(house.folder, DATABASE_URL=house.url))
        with app.app_context():
            upgrade()
            make_cast(now=utc_now())
            few, _sessions = make_feed(FEW)
            many, sessions = make_feed(MANY)
            db.session.remove()
        hello = Case("hello", lambda: fetch(bare(), "/"), 300)
        print(f"{'':44} {'CPU':>10} {'of hello':>9}")
        for case in cases(app, few, many, sessions):
            mine, ratio = measure(case, hello)
            print(f"{case.name:44} {mine * 1000:7.3f} ms {ratio:9.3f}")
        with app.app_context():
            db.engine.dispose()


def make_feed(number: int) -> tuple[str, list[int]]:
    """Return the address of a feed of so many sessions, and the ids of these."""
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    person, group = make_user("Sam"), make_group(f"Circle {number}")
    make_membership(group, person)
    series = make_series(group)
    first = now.replace(tzinfo=None, hour=12) + timedelta(days=1)
    ids = []
    with transaction():
        for index in range(number):
            one = make_session(series, first + timedelta(days=index))
            make_rsvp(one, person, RsvpStatus.ACCEPTED)
            ids.append(one.id)
    _link, secret = create_feed_link(
        actor=person,
        name="phone",
        group=None,
        discretion=Discretion.PLAIN,
        neutral_word="Appointment",
        now=now,
    )
    return f"/calendar/{secret}.ics", ids


def cases(app: Flask, few: str, many: str, sessions: list[int]) -> list[Case]:
    """Return what is measured, each once tried for being what it says."""
    tags = {url: fetch(app, url)[1]["ETag"] for url in (few, many)}
    assert fetch(app, many, tag=tags[many])[0] == "304 NOT MODIFIED"
    body = b"".join(fetch(app, many)[2])
    assert body.count(b"BEGIN:VEVENT") == MANY

    def change_one() -> None:
        with app.app_context(), transaction():
            one = db.session.get_one(GroupSession, sessions[0])
            one.revision += 1
            one.group.touch_calendar(utc_now())

    def poll_after_change() -> None:
        fetch(app, many)

    return [
        Case(f"nothing new, {FEW} sessions", lambda: fetch(app, few, tag=tags[few]), 100),
        Case(f"nothing new, {MANY} sessions", lambda: fetch(app, many, tag=tags[many]), 100),
        Case(f"{MANY} sessions, kept", lambda: fetch(app, many), 100),
        Case(f"{MANY} sessions, kept gzipped", lambda: fetch(app, many, zipped=True), 100),
        Case(f"{MANY} sessions, one changed", Changed(change_one, poll_after_change), 10),
        Case(f"{MANY} sessions, icalendar each time", lambda: built_anew(body), 3),
    ]


class Changed(NamedTuple):
    """A call that is prepared each time, at nobody's cost."""

    prepare: Callable[[], None]
    act: Callable[[], None]

    def __call__(self) -> None:
        """Do what is measured."""
        self.act()


def measure(case: Case, hello: Case) -> tuple[float, float]:
    """Return the CPU seconds of one call, and those of a hello divided by it."""
    spend(case)
    found = []
    for _round in range(ROUNDS):
        before, mine, after = spend(hello), spend(case), spend(hello)
        found.append((mine, (before + after) / 2 / mine))
    return (
        statistics.median(mine for mine, _ratio in found),
        statistics.median(ratio for _mine, ratio in found),
    )


def spend(case: Case) -> float:
    total = 0.0
    for _time in range(case.times):
        if isinstance(case.call, Changed):
            case.call.prepare()
        begun = time.process_time()
        case.call()
        total += time.process_time() - begun
    return total / case.times


_BARE: list[Flask] = []


def bare() -> Flask:
    """Return the least that a Flask program does."""
    if not _BARE:
        app = Flask("hello")
        app.add_url_rule("/", view_func=lambda: "x" * 1024, endpoint="hello")
        _BARE.append(app)
    return _BARE[0]


def fetch(app: Flask, url: str, *, tag: str = "", zipped: bool = False) -> Any:
    """Call an application as a server would, and read all that it answers."""
    headers = {"If-None-Match": tag} if tag else {}
    if zipped:
        headers["Accept-Encoding"] = "gzip"
    environ = EnvironBuilder(path=url, headers=headers).get_environ()
    body, status, found = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    parts = list(body)
    with suppress(AttributeError):
        body.close()  # type: ignore[attr-defined]
    return status, found, parts


def built_anew(body: bytes) -> bytes:
    """Build a calendar of the same facts with icalendar, as a program without kept bytes does."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Bench//EN")
    for facts in _facts(body):
        event = Event()
        for name, value in facts.items():
            event.add(name, value)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


_FACTS: dict[int, list[dict[str, Any]]] = {}


def _facts(body: bytes) -> list[dict[str, Any]]:
    if len(body) not in _FACTS:
        events = Calendar.from_ical(body).walk("VEVENT")
        names = (
            "UID",
            "SEQUENCE",
            "DTSTAMP",
            "DTSTART",
            "DTEND",
            "SUMMARY",
            "LOCATION",
            "DESCRIPTION",
        )
        _FACTS[len(body)] = [
            {name: getattr(event[name], "dt", event[name]) for name in names if name in event}
            for event in events
        ]
    return _FACTS[len(body)]


if __name__ == "__main__":
    main()
