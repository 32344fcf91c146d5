"""A hundred thousand people are due a reminder in the same minute: what queueing and sending them costs.

  python3 dev.py bench reminders              100,000 on SQLite, and sending 1,000
  … with SUPPORTGROUPS_TEST_POSTGRES_URL set  10,000 on PostgreSQL too

Queueing: rows per second of CPU, beside rows that are only written (the floor); the peak of memory of a worker that
queues for few people and for all; how long answers take that come meanwhile, beside answers while nothing is queued.
Sending: letters a second of one worker through a real mail server and its CPU for each, beside a bare smtplib that
sends as many letters of the same size, and what `worker --status` says in the middle.
"""

import multiprocessing
import smtplib
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import delete, insert, select, update  # noqa: E402

from bench._databases import databases  # noqa: E402
from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import Model, db, transaction  # noqa: E402
from supportgroups.notices.services.letters import queue_reminders  # noqa: E402
from supportgroups.outbox.models import OutboxJob  # noqa: E402
from supportgroups.outbox.services.jobs import enqueue_many  # noqa: E402
from supportgroups.outbox.worker import run_due_jobs  # noqa: E402
from supportgroups.rsvps.models import Rsvp, RsvpStatus  # noqa: E402
from supportgroups.rsvps.services.answers import respond  # noqa: E402
from supportgroups.sessions.models import GroupSession  # noqa: E402
from tests.conftest import PostgresHouse, SqliteHouse, make_config  # noqa: E402
from tests.factories import (  # noqa: E402
    LONG_AGO,
    make_group,
    make_membership,
    make_series,
    make_session,
    make_user,
)
from tests.outbox.mail_server import MailServer  # noqa: E402

FEW = 1_000
MANY = {"SQLite": 100_000, "PostgreSQL": 10_000}
ROUNDS = 3
LETTERS = 1_000
#: Answers while nothing is queued; those that come meanwhile are as many as come.
ANSWERS = 200
#: How often somebody answers, in seconds.
PAUSE = 0.02


def main() -> None:
    for name, house in databases():
        with MailServer() as server:
            settings = {
                "DATABASE_URL": house.url,
                "DEVELOPMENT": "0",
                "SMTP_URL": server.url,
                "MAIL_PACE": "0",
            }
            app = create_app(make_config(house.folder, **settings))
            with app.app_context():
                upgrade()
                queue(name, house, MANY[name])
                send(app, server)
                db.session.remove()
                db.engine.dispose()


def queue(name: str, house: SqliteHouse | PostgresHouse, people: int) -> None:
    peaks = {}
    for number in (FEW, people):
        fill(number)
        peaks[number] = in_worker(house, number)[0]
        forget()
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(per_second(people, partial(only_rows, people)))
        ours.append(per_second(people, lambda: queue_reminders(now=utc_now())))
    print(
        f"{name}: queueing {people:,}: {median(ours):,.0f} a second of CPU, rows alone"
        f" {median(floor):,.0f}, ratio {median(ours) / median(floor):.2f}",
        flush=True,
    )
    print(
        f"{name}: memory of the worker {peaks[FEW] / 1024:.1f} MB for {FEW:,}, {peaks[people] / 1024:.1f} MB"
        f" for {people:,}, ratio {peaks[people] / peaks[FEW]:.2f}"
    )
    idle, busy = [], []
    for _ in range(ROUNDS):
        idle += answer_until(lambda taken: len(taken) == ANSWERS)
        busy += in_worker(house, people)[1]
        forget()
    print(
        f"{name}: answers, p50 and p99 in ms: {in_words(idle)} while nothing is queued,"
        f" {in_words(busy)} meanwhile, ratio of p99 {p99(busy) / p99(idle):.2f}",
        flush=True,
    )


def in_worker(house: SqliteHouse | PostgresHouse, people: int) -> tuple[int, list[float]]:
    """Queue in another process; return its peak of memory in KiB, and how long answers took meanwhile."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    worker = multiprocessing.get_context("spawn").Process(
        target=work, args=(house.folder, house.url, theirs)
    )
    worker.start()
    ours.recv()
    ours.send("begin")
    seconds = answer_until(lambda _taken: ours.poll())
    queued, peak = ours.recv()
    assert queued == people
    worker.join()
    return peak, seconds


def work(folder: Path, url: str, told: Connection) -> None:
    app = create_app(make_config(folder, DATABASE_URL=url))
    with app.app_context():
        # The first one reads and compiles what every later one uses.
        queue_reminders(now=LONG_AGO)
        told.send("ready")
        told.recv()
        queued = queue_reminders(now=utc_now())
        words = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
        told.send((queued, int(words[0])))
        db.session.remove()
        db.engine.dispose()


def answer_until(is_over) -> list[float]:
    """Let somebody change their mind again and again; return how long each answer took, in seconds."""
    person = db.session.execute(select(UserAccount).filter_by(display_name="Answers")).scalar_one()
    other = db.session.execute(select(GroupSession).filter_by(capacity=1)).scalar_one()
    taken: list[float] = []
    for status in cycle([RsvpStatus.ACCEPTED, RsvpStatus.DECLINED]):
        if is_over(taken):
            return taken
        began = time.monotonic()
        respond(other, actor=person, status=status, now=utc_now())
        taken.append(time.monotonic() - began)
        time.sleep(PAUSE)
    raise AssertionError


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


def in_words(seconds: list[float]) -> str:
    return f"{median(seconds) * 1000:.1f} and {p99(seconds) * 1000:.1f}"


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
    people = (
        {"display_name": f"Person {each}", "email": f"person{each}@example.org", **values}
        for each in range(number)
    )
    write(UserAccount, people)
    ids = db.session.execute(select(UserAccount.id)).scalars().all()
    answer = {
        "group_session_id": group_session.id,
        "status": RsvpStatus.ACCEPTED,
        "responded_at": LONG_AGO,
        "answered_for": group_session.wall_starts_at,
    }
    write(Rsvp, ({"user_id": each, **answer} for each in ids))
    # Somebody who answers for another session while all these are reminded.
    make_membership(group, make_user("Answers"))
    make_session(group_session.series, group_session.wall_starts_at + timedelta(days=7), capacity=1)


def write(table: type[Model], rows: Iterator[dict[str, Any]]) -> None:
    while part := list(islice(rows, FEW)):
        db.session.execute(insert(table), part)


def send(app: Flask, server: MailServer) -> None:
    """Send a part of what waits; the rest says how far the worker has come."""
    queue_reminders(now=utc_now())
    began, used = time.monotonic(), time.thread_time()
    assert run_due_jobs(utc_now(), limit=LETTERS) == LETTERS
    seconds, cpu = time.monotonic() - began, time.thread_time() - used
    ours = LETTERS / seconds
    sent = server.deliveries[-LETTERS:]
    assert len({delivery.recipients[0] for delivery in sent}) == LETTERS
    # What was read before is of another moment.
    db.session.rollback()
    print(app.test_cli_runner().invoke(args=["worker", "--status"]).output.rstrip())
    began, used = time.monotonic(), time.thread_time()
    with smtplib.SMTP("127.0.0.1", server.port) as bare:
        for delivery in sent:
            bare.sendmail(delivery.sender, delivery.recipients, delivery.content)
    floor, bare_cpu = LETTERS / (time.monotonic() - began), time.thread_time() - used
    print(
        f"sending: {ours:.0f} letters a second, {cpu / LETTERS * 1000:.1f} ms of CPU each;"
        f" a bare smtplib {floor:.0f}, {bare_cpu / LETTERS * 1000:.1f} ms; ratio {ours / floor:.2f}"
    )


if __name__ == "__main__":
    main()
