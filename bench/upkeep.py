"""What it costs to keep half a year of dates in 2,000 schedules, by two workers at once.

`python3 dev.py bench upkeep` prints the CPU seconds of both workers together, on SQLite in a folder of
its own, and on PostgreSQL too where SUPPORTGROUPS_TEST_POSTGRES_URL names a server. The weeks that are
missing are a week's, as the hourly task finds them, and then half a year's, as after a long pause.
"""

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import create_engine, func, insert, make_url, select, text  # noqa: E402

from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.config import load_config  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.groups.models import Admission, Group, Visibility  # noqa: E402
from supportgroups.groups.topics import Format  # noqa: E402
from supportgroups.sessions.models import GroupSession, Series, SeriesFacilitator  # noqa: E402
from supportgroups.sessions.recurrence import HORIZON  # noqa: E402
from supportgroups.sessions.services.series import extend_all_series  # noqa: E402

SCHEDULES = 2_000
WORKERS = 2
GOAL_SECONDS = 10.0


def main() -> None:
    servers = ["sqlite"]
    if server := os.environ.get("SUPPORTGROUPS_TEST_POSTGRES_URL"):
        servers.append(server)
    print(
        f"{SCHEDULES} schedules, {WORKERS} workers at once; the goal is {GOAL_SECONDS:.0f} s of CPU"
    )
    for server in servers:
        for weeks in (1, 26):
            with site(server) as environ:
                made, seconds, wall = measure(environ, weeks)
                name = "SQLite" if server == "sqlite" else "PostgreSQL"
                print(
                    f"{name:10} {weeks:>2} weeks missing: {made:>6} dates, no doubles,"
                    f" {seconds:5.1f} s of CPU, {wall:5.1f} s"
                )


def measure(environ: dict[str, str], weeks: int) -> tuple[int, float, float]:
    """Return how many dates were made, the CPU of both workers, and how long it took."""
    app = create_app(load_config(environ))
    with app.app_context():
        now = utc_now()
        fill(now, weeks)
        before = count(app)
        db.session.remove()
        db.engine.dispose()
    results: multiprocessing.Queue[float] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=work, args=(environ, now, results)) for _ in range(WORKERS)
    ]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    seconds = sum(results.get() for _worker in workers)
    for worker in workers:
        worker.join()
    wall = time.monotonic() - began
    with app.app_context():
        doubles = (
            select(GroupSession.series_id)
            .group_by(GroupSession.series_id, GroupSession.recurrence_id)
            .having(func.count() > 1)
        )
        assert db.session.execute(doubles).first() is None
        made = count(app) - before
        db.session.remove()
        db.engine.dispose()
    return made, seconds, wall


def work(environ: dict[str, str], now: datetime, results: "multiprocessing.Queue[float]") -> None:
    """Do what the worker's task does, and tell its CPU seconds; starting up does not count."""
    app = create_app(load_config(environ))
    with app.app_context():
        began = time.process_time()
        extend_all_series(now=now)
        results.put(time.process_time() - began)


def count(_app: Flask) -> int:
    return db.session.execute(select(func.count(GroupSession.id))).scalar_one()


@transaction()
def fill(now: datetime, weeks: int) -> None:
    """Write schedules that have dates, but not those of the last weeks."""
    person = UserAccount(display_name="Rosa", created_at=now, calendar_revised_at=now)
    person.time_zone = "Europe/London"
    db.session.add(person)
    db.session.flush()
    local = now.replace(tzinfo=None, second=0, microsecond=0)
    first = local + timedelta(days=1)
    db.session.execute(
        insert(Group),
        [
            {
                "slug": f"group-{number}", "name": f"Group {number}", "purpose": "", "audience": "",
                "first_visit": "", "format": Format.IN_PERSON, "language": "en",
                "time_zone": "Europe/London", "cost": "", "visibility": Visibility.LISTED,
                "admission": Admission.OPEN, "agreement": "", "created_at": now,
                "confirmed_at": now, "calendar_revised_at": now,
            }
            for number in range(SCHEDULES)
        ],
    )  # fmt: skip
    groups = list(db.session.execute(select(Group.id)).scalars())
    db.session.execute(
        insert(Series),
        [
            {
                "group_id": group_id, "title": "Evening", "description": "",
                "rrule": f"FREQ=WEEKLY;BYDAY={('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')[first.weekday()]};WKST=MO",
                "wall_starts_at": first - timedelta(weeks=52), "length_minutes": 90,
                "time_zone": "Europe/London", "capacity": 12, "place": "", "online_link": "",
                "created_at": now, "made_until": local + HORIZON - timedelta(weeks=weeks, hours=1),
            }
            for group_id in groups
        ],
    )  # fmt: skip
    series = list(db.session.execute(select(Series.id)).scalars())
    db.session.execute(
        insert(SeriesFacilitator),
        [{"series_id": series_id, "user_id": person.id} for series_id in series],
    )


@contextmanager
def site(server: str) -> Iterator[dict[str, str]]:
    """Make an empty site; yield what its configuration is read from."""
    with tempfile.TemporaryDirectory() as folder:
        url, drop = f"sqlite:///{Path(folder) / 'site.sqlite3'}", None
        if server != "sqlite":
            admin = create_engine(make_url(server), isolation_level="AUTOCOMMIT")
            name = f"supportgroups_bench_{os.getpid()}"
            with admin.connect() as connection:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
            drop = text(f'DROP DATABASE "{name}" WITH (FORCE)')
        environ = {
            "SUPPORTGROUPS_DATA_DIR": folder,
            "SUPPORTGROUPS_SECRET_KEY": "a key that guards nothing but a benchmark, and is long",
            "SUPPORTGROUPS_BASE_URL": "http://localhost",
            "SUPPORTGROUPS_DEVELOPMENT": "1",
            "SUPPORTGROUPS_DATABASE_URL": url,
        }
        app = create_app(load_config(environ))
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()
        try:
            yield environ
        finally:
            if drop is not None:
                with admin.connect() as connection:
                    connection.execute(drop)
                admin.dispose()


if __name__ == "__main__":
    main()
