"""What one answer costs: the press of a button until the 303, with its row on the disk.

  python3 dev.py bench answers                on SQLite, with synchronous=FULL
  … with SUPPORTGROUPS_TEST_POSTGRES_URL set  on PostgreSQL too (the CPU of the web server alone)

Thirty members say that they come to a session with room for all, then that they cannot, again and
again. The first line is a first answer, the second a changed one.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)

from bench._databases import databases  # noqa: E402
from bench._server import Ask, beside_hello, heading, line, site, statements  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import transaction  # noqa: E402
from tests import factories  # noqa: E402
from tests.server import Pass, sign_in_all  # noqa: E402

GOAL = 0.25
PEOPLE = 30
#: Enough first answers for all rounds: each needs a session of its own.
SESSIONS = 200


def main() -> None:
    print(heading())
    for name, house in databases():
        with site(house) as app:
            paths, passes = make_sessions(app)
            firsts = first_answers(paths, passes)
            said = len(statements(app, next(firsts)))
            with beside_hello(app, DEVELOPMENT="0") as beside:
                print(line(f"first answer, {name}", beside.measure(firsts, 303), GOAL, said))
                changes = changed_answers(paths[0], passes)
                said = len(statements(app, next(changes)))
                print(line(f"changed answer, {name}", beside.measure(changes, 303), GOAL, said))


def make_sessions(app: Flask) -> tuple[list[str], list[Pass]]:
    """Return where to answer, and who may."""
    group = factories.make_group()
    first = utc_now().replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=7)
    with transaction():
        series = factories.make_series(group, wall_starts_at=first, capacity=PEOPLE * 2)
        sessions = [
            factories.make_session(series, first + timedelta(days=day)) for day in range(SESSIONS)
        ]
        people = [factories.make_user(f"Member {number}") for number in range(PEOPLE)]
        for person in people:
            factories.make_membership(group, person)
        paths = [f"/sessions/{one.public_id}/rsvp" for one in sessions]
    return paths, sign_in_all(app, people)


def answer(path: str, member: Pass, status: str) -> Ask:
    return Ask(path, member.headers, {"status": status, "csrf_token": member.csrf_token})


def first_answers(paths: list[str], passes: list[Pass]) -> Iterator[Ask]:
    for path in reversed(paths):
        for member in passes:
            yield answer(path, member, "accepted")


def changed_answers(path: str, passes: list[Pass]) -> Iterator[Ask]:
    for status in cycle(("declined", "accepted")):
        for member in passes:
            yield answer(path, member, status)


if __name__ == "__main__":
    main()
