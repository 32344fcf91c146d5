"""Ten thousand people are due a reminder in the same minute: what queueing and sending them costs.

  python3 dev.py bench reminders

Queueing: rows per second of CPU, beside rows that are only written (the floor), and the peak of Python's
memory at 1,000 and at 10,000 people. Sending: letters a second of one worker through a real mail server, beside a bare smtplib
that sends as many letters of the same size, and what `worker --status` says in the middle.
"""

import smtplib
import sys
import tempfile
import time
import tracemalloc
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from uuid import uuid4

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import delete, insert, select, update  # noqa: E402

from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.notices.services.letters import queue_reminders  # noqa: E402
from supportgroups.outbox.models import OutboxJob  # noqa: E402
from supportgroups.outbox.services.jobs import enqueue_many  # noqa: E402
from supportgroups.outbox.worker import run_due_jobs  # noqa: E402
from supportgroups.rsvps.models import Rsvp, RsvpStatus  # noqa: E402
from supportgroups.sessions.models import GroupSession  # noqa: E402
from tests.conftest import SqliteHouse, make_config  # noqa: E402
from tests.factories import LONG_AGO, make_group, make_series, make_session  # noqa: E402
from tests.outbox.mail_server import MailServer  # noqa: E402

PEOPLE = (1_000, 10_000)
ROUNDS = 3
LETTERS = 1_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, MailServer() as server:
        house = SqliteHouse(Path(folder))
        settings = {"DATABASE_URL": house.url, "DEVELOPMENT": "0", "SMTP_URL": server.url}
        app = create_app(make_config(house.folder, **settings))
        with app.app_context():
            upgrade()
            queue()
            send(app, server)
            db.session.remove()
            db.engine.dispose()


def queue() -> None:
    peaks = {}
    for people in PEOPLE:
        fill(people)
        ours, floor = [], []
        for number in range(ROUNDS):
            floor.append(per_second(people, partial(only_rows, people)))
            if number == 0:
                tracemalloc.start()
                assert queue_reminders(now=utc_now()) == people
                peaks[people] = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                forget()
            ours.append(per_second(people, lambda: queue_reminders(now=utc_now())))
        ratio = median(ours) / median(floor)
        print(
            f"queueing {people:>6}: {median(ours):8,.0f} a second of CPU, rows alone"
            f" {median(floor):8,.0f}, ratio {ratio:.2f}; peak of memory {peaks[people] / 1e6:.1f} MB",
            flush=True,
        )
    few, many = PEOPLE
    print(f"memory at {many:,} against {few:,}: {peaks[many] / peaks[few]:.2f}")


def per_second(number: int, work) -> float:
    began = time.process_time()
    work()
    seconds = time.process_time() - began
    forget()
    return number / seconds


@transaction()
def only_rows(number: int) -> None:
    jobs = ((f"floor:{each}", {"rsvp_id": each}) for each in range(number))
    enqueue_many("notices.reminder", jobs, now=utc_now())


@transaction()
def forget() -> None:
    db.session.execute(delete(OutboxJob))
    db.session.execute(update(Rsvp).values(reminded_at=None))


@transaction()
def fill(number: int) -> None:
    """Let one session of tomorrow morning have so many people."""
    now = utc_now()
    for table in (Rsvp, GroupSession, UserAccount):
        db.session.execute(delete(table))
    group = make_group(slug=f"group-{uuid4()}", time_zone="UTC")
    starts_at = now + timedelta(hours=2)
    group_session = make_session(
        make_series(group, time_zone="UTC"),
        starts_at.replace(tzinfo=None, second=0, microsecond=0),
        time_zone="UTC",
    )
    values = {
        "time_zone": "UTC",
        "created_at": LONG_AGO,
        "calendar_revised_at": LONG_AGO,
        "quiet_from": 0,
        "quiet_until": 0,
    }
    people = [
        {"display_name": f"Person {each}", "email": f"person{each}@example.org", **values}
        for each in range(number)
    ]
    db.session.execute(insert(UserAccount), people)
    ids = db.session.execute(select(UserAccount.id)).scalars().all()
    answer = {
        "group_session_id": group_session.id,
        "status": RsvpStatus.ACCEPTED,
        "responded_at": LONG_AGO,
        "answered_for": group_session.wall_starts_at,
    }
    db.session.execute(insert(Rsvp), [{"user_id": each, **answer} for each in ids])


def send(app: Flask, server: MailServer) -> None:
    """Send a part of what waits; the rest says how far the worker has come."""
    queue_reminders(now=utc_now())
    began = time.monotonic()
    assert run_due_jobs(utc_now(), limit=LETTERS) == LETTERS
    ours = LETTERS / (time.monotonic() - began)
    sent = server.deliveries[-LETTERS:]
    assert len({delivery.recipients[0] for delivery in sent}) == LETTERS
    # What was read before is of another moment.
    db.session.rollback()
    print(app.test_cli_runner().invoke(args=["worker", "--status"]).output.rstrip())
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", server.port) as bare:
        for delivery in sent:
            bare.sendmail(delivery.sender, delivery.recipients, delivery.content)
    floor = LETTERS / (time.monotonic() - began)
    print(
        f"sending: {ours:.0f} letters a second, a bare smtplib {floor:.0f}, ratio {ours / floor:.2f}"
    )


if __name__ == "__main__":
    main()
