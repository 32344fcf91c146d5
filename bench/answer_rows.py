"""What the product adds to the database's own work for an answer, in one process.

  python3 dev.py bench answer_rows            on SQLite, with synchronous=FULL
  … with SUPPORTGROUPS_TEST_POSTGRES_URL set  on PostgreSQL too

The service that takes an answer, beside the least that SQL can say to do the same, given to the driver
itself: begin, lock the session, look for the person's answer, count the places, write the answer,
commit. CPU of this process; the ratio is that of the driver ÷ that of the service.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench._databases import databases  # noqa: E402 (found beside this folder)
from bench._server import site  # noqa: E402
from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.rsvps.models import RsvpStatus  # noqa: E402
from supportgroups.rsvps.services.answers import respond  # noqa: E402
from supportgroups.sessions.models import GroupSession  # noqa: E402
from tests import factories  # noqa: E402

GOALS = {"SQLite": 0.45, "PostgreSQL": 0.55}
PEOPLE, ROUNDS = 20, 7
ANSWERS = (RsvpStatus.ACCEPTED, RsvpStatus.DECLINED) * 3


def main() -> None:
    print(f"{'':12} {'of the driver':>14} {'goal':>6} {'service':>10} {'driver':>10}")
    for name, house in databases():
        with site(house):
            group_session, people = make_session()
            ratios, ours, theirs = [], [], []
            spend(by_service, group_session, people)
            for _round in range(ROUNDS):
                before = spend(by_driver, group_session, people)
                mine = spend(by_service, group_session, people)
                after = spend(by_driver, group_session, people)
                ours.append(mine)
                theirs += [before, after]
                ratios.append((before + after) / 2 / mine)
            ratio, goal = statistics.median(ratios), GOALS[name]
            print(
                f"{name:12} {ratio:14.3f} {goal:6.2f} {statistics.median(ours) * 1000:7.3f} ms"
                f" {statistics.median(theirs) * 1000:7.3f} ms{'' if ratio >= goal else '  missed'}"
            )


@transaction()
def make_session() -> tuple[int, list[int]]:
    """Return a session with room for all, and the people who answer."""
    group = factories.make_group()
    first = utc_now().replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=7)
    series = factories.make_series(group, wall_starts_at=first, capacity=PEOPLE * 2)
    people = [factories.make_user(f"Member {number}") for number in range(PEOPLE)]
    for person in people:
        factories.make_membership(group, person)
    return factories.make_session(series).id, [person.id for person in people]


def spend(
    act: Callable[[int, int, RsvpStatus], None], group_session: int, people: list[int]
) -> float:
    """Return the CPU seconds of one answer, when all answer several times."""
    begun = time.process_time()
    for status in ANSWERS:
        for person in people:
            act(group_session, person, status)
    return (time.process_time() - begun) / (len(ANSWERS) * len(people))


def by_service(group_session: int, person: int, status: RsvpStatus) -> None:
    # As in a request, nothing is remembered from the last one.
    db.session.remove()
    respond(
        db.session.get_one(GroupSession, group_session),
        actor=db.session.get_one(UserAccount, person),
        status=status,
        now=utc_now(),
    )
    db.session.remove()


def by_driver(group_session: int, person: int, status: RsvpStatus) -> None:
    is_sqlite = db.engine.dialect.name == "sqlite"
    mark = "?" if is_sqlite else "%s"
    now: Any = utc_now().replace(tzinfo=None).isoformat(" ") if is_sqlite else utc_now()

    def say(sql: str, *values: object) -> Any:
        return cursor.execute(sql.replace("?", mark), values)

    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        say("BEGIN IMMEDIATE") if is_sqlite else None
        lock = "" if is_sqlite else " FOR UPDATE"
        say(f"SELECT starts_at, status FROM group_session WHERE id = ?{lock}", group_session)
        cursor.fetchone()
        say("SELECT id FROM rsvp WHERE group_session_id = ? AND user_id = ?", group_session, person)
        found = cursor.fetchone()
        say(
            "SELECT count(*) FROM rsvp WHERE group_session_id = ? AND status = ?",
            group_session, "accepted",
        )  # fmt: skip
        cursor.fetchone()
        if found:
            say("UPDATE rsvp SET status = ?, responded_at = ? WHERE id = ?", status, now, found[0])
        else:
            say(
                "INSERT INTO rsvp (group_session_id, user_id, status, responded_at, answered_for,"
                " plus_count, is_first_time, note)"
                " SELECT id, ?, ?, ?, wall_starts_at, 0, ?, '' FROM group_session WHERE id = ?",
                person, status, now, False, group_session,
            )  # fmt: skip
        cursor.execute("COMMIT")
    finally:
        connection.close()


if __name__ == "__main__":
    main()
