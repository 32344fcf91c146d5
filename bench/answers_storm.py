"""Six hundred people press "I'm coming" for twelve places, again and again.

  python3 dev.py bench answers_storm          ten times on SQLite
  … with SUPPORTGROUPS_TEST_POSTGRES_URL set  ten times on PostgreSQL too

Each line tells how many had a place, how many were overtaken, how many answers were no success,
and how many answers a second the site gave. The last one compares with a tenth of the people, who
press at a site that is not in a hurry: the ratio says what the crowd costs each of them.
"""

import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import select  # noqa: E402

from bench._databases import databases  # noqa: E402
from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.db import db  # noqa: E402
from supportgroups.rsvps.models import RsvpStatus  # noqa: E402
from tests.conftest import PostgresHouse, SqliteHouse, make_config  # noqa: E402
from tests.rsvps import storm  # noqa: E402
from tests.server import serving  # noqa: E402

PEOPLE = 600
TIMES = 10
#: As many as a server of four processes with sixteen threads each takes in hand at once.
AT_ONCE = 64


def main() -> None:
    for name, house in databases():
        run(name, house)


class Outcome(NamedTuple):
    """What one storm left behind."""

    coming: int
    turns: list[int | None]
    overtaken: int
    lost: int
    #: How long the slowest answer took, in seconds.
    slowest: float
    per_second: float


def run(name: str, house: SqliteHouse | PostgresHouse) -> None:
    app = create_app(make_config(house.folder, DATABASE_URL=house.url))
    with app.app_context():
        upgrade()
        house.built(app)
        quiet = storm_once(app, house, PEOPLE // 10)
        outcomes = []
        for number in range(TIMES):
            outcomes.append(storm_once(app, house, PEOPLE))
            print(f"{name} {number + 1:>2}: {in_words(outcomes[-1])}")
        ratio = max(outcome.slowest for outcome in outcomes) / quiet.slowest
        print(f"{name}: the slowest answer took {ratio:.1f} times that of a small crowd")
        db.session.remove()
        db.engine.dispose()


def storm_once(app: Flask, house: SqliteHouse | PostgresHouse, people: int) -> Outcome:
    db.session.remove()
    house.empty()
    group_session = storm.make_popular_session()
    passes = storm.make_passes(app, group_session, people)
    with serving(app, workers=4, threads=16) as server:
        began = time.monotonic()
        presses = storm.press_all(server, passes, group_session, at_once=AT_ONCE)
        seconds = time.monotonic() - began
    # It begins a new reading transaction, so it comes before any other question.
    answers = storm.answers_by_status()
    ids = db.session.execute(select(UserAccount.id).order_by(UserAccount.id)).scalars().all()
    return Outcome(
        coming=len(answers[RsvpStatus.ACCEPTED]),
        turns=[rsvp.turn for rsvp in answers[RsvpStatus.WAITLISTED]],
        overtaken=storm.count_overtakings(presses, ids),
        lost=sum(press.status != 303 for press in presses),
        slowest=max(press.arrived_at - press.pressed_at for press in presses),
        per_second=people / seconds,
    )


def in_words(outcome: Outcome) -> str:
    is_gapless = outcome.turns == list(range(1, len(outcome.turns) + 1))
    return (
        f"{outcome.coming} have a place, {len(outcome.turns)} wait"
        f" {'in line' if is_gapless else 'with gaps'}, {outcome.overtaken} overtaken,"
        f" {outcome.lost} lost, {outcome.per_second:.0f} answers a second"
    )


if __name__ == "__main__":
    main()
