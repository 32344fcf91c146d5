"""Six hundred letters, three workers, one of which is killed forty times while it sends.

  python3 dev.py bench mail_storm             on SQLite
  … with SUPPORTGROUPS_TEST_POSTGRES_URL set  on PostgreSQL too

In the middle of it the reason of sixty more letters goes, before any worker has taken them in hand. Each line
tells how many letters were lost, how many came twice, how many envelopes had more than one recipient, and
how many came though their reason was gone: all but the second have to be none, and that one no more than the kills.
"""

import sys
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import delete, func, select  # noqa: E402

from bench._databases import databases  # noqa: E402
from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.outbox.mail import message_id  # noqa: E402
from supportgroups.outbox.models import JobState, OutboxJob  # noqa: E402
from supportgroups.outbox.services.jobs import enqueue_many  # noqa: E402
from tests.conftest import PostgresHouse, SqliteHouse, make_config  # noqa: E402
from tests.factories import make_user  # noqa: E402
from tests.outbox.crew import Crew  # noqa: E402
from tests.outbox.mail_server import Delivery, MailServer  # noqa: E402
from tests.outbox.worker_process import site_environ  # noqa: E402

LETTERS = 600
WITHDRAWN = 60
KILLS = 40
#: The reason of the last sixty goes when so many letters have left.
WITHDRAWN_AFTER = 100
PATIENCE = 300


def main() -> None:
    for name, house in databases():
        run(name, house)


def run(name: str, house: SqliteHouse | PostgresHouse) -> None:
    app = create_app(make_config(house.folder, DATABASE_URL=house.url))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
        print(f"{name}: {storm(app)}", flush=True)
        db.session.remove()
        db.engine.dispose()


def storm(app: Flask) -> str:
    expected, unwanted, person = ask_for_letters()
    config = app.config["SETTINGS"]
    is_withdrawn = threading.Event()
    with MailServer() as server:
        crew = Crew(
            lambda name: site_environ(config, server.url, name),
            kill_every=LETTERS // KILLS,
        )

        def before(delivery: Delivery) -> str | None:
            if len(server.deliveries) >= WITHDRAWN_AFTER and not is_withdrawn.is_set():
                is_withdrawn.set()
                withdraw(app, person)
            return crew.before_it_is_taken(delivery)

        server.on_letter = before
        server.on_accepted = crew.after_it_was_taken
        began = time.monotonic()
        with crew:
            deadline = began + PATIENCE
            while not is_over() and time.monotonic() < deadline:
                time.sleep(0.2)
            seconds = time.monotonic() - began
            crew.dismiss()
    arrived = Counter(str(delivery.message["Message-ID"]) for delivery in server.deliveries)
    kills = crew.kills.total()
    repeats = arrived.total() - len(arrived)
    lost = len(expected - set(arrived))
    gone = len(unwanted & set(arrived))
    crowded = sum(len(delivery.recipients) != 1 for delivery in server.deliveries)
    is_well = lost == gone == crowded == 0 and repeats <= kills and set(arrived) <= expected
    return (
        f"{LETTERS} letters, {kills} kills, {lost} lost, {repeats} came twice, {crowded} to more than one,"
        f" {gone} of {len(unwanted)} without a reason, {seconds:.0f} s: {'well' if is_well else 'NOT WELL'}"
    )


def ask_for_letters() -> tuple[set[str], set[str], int]:
    """Ask for all letters; return the Message-IDs of those to come, of the others, and whom these need."""
    person = make_user("Needed").id
    jobs = [(f"tests.letter:{number}", {"number": number}) for number in range(LETTERS)]
    others = [
        (f"tests.letter:{number}", {"number": number, "needs": person})
        for number in range(LETTERS, LETTERS + WITHDRAWN)
    ]
    with transaction():
        enqueue_many("tests.letter", jobs + others, now=utc_now())
    return {message_id(key) for key, _ in jobs}, {message_id(key) for key, _ in others}, person


def withdraw(app: Flask, person: int) -> None:
    """Let the reason of the last letters go, none of which a worker has taken in hand."""
    with app.app_context():
        with transaction():
            taken = select(func.count(OutboxJob.id)).where(
                # They were asked for last, and are numbered in that order.
                OutboxJob.id > LETTERS,
                OutboxJob.attempts > 0,
            )
            assert db.session.execute(taken).scalar() == 0, "some were taken before; ask for more"
            db.session.execute(delete(UserAccount).where(UserAccount.id == person))
        db.session.remove()


def is_over() -> bool:
    db.session.rollback()
    waiting = select(OutboxJob.id).where(OutboxJob.state == JobState.WAITING).limit(1)
    return db.session.execute(waiting).first() is None


if __name__ == "__main__":
    main()
