"""What one search costs, in CPU time, over 10,000 groups and 20,000 sessions.

Each question is asked over 1,000 groups and over 10,000, in turns, in one process: the ratio of the two
says how the cost grows. `python3 dev.py bench search` runs it on SQLite in a folder of its own, and on
PostgreSQL too where SUPPORTGROUPS_TEST_POSTGRES_URL names a server.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import create_engine, event, make_url, text  # noqa: E402

from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.config import load_config  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.dev.crowd import fill_with_crowd  # noqa: E402
from supportgroups.search import queries  # noqa: E402
from supportgroups.search.words import Question, all_of, any_of, nearly_all_of, words_asked  # noqa: E402

SMALL, LARGE = 1_000, 10_000
ROUNDS = 5
#: Questions in a round: the kernel counts a backend's time in steps of ten milliseconds.
TIMES = 20
GOAL_MS = 5.0
#: One rare word, common words, a beginning, a slip, and words that nobody wrote.
CASES: tuple[tuple[str, Callable[[tuple[str, ...]], Question], str], ...] = (
    ("one common word", all_of, "circle"),
    ("two words", all_of, "grief listening"),
    ("a beginning", all_of, "lan"),
    ("an accent", all_of, "elan quiet"),
    ("a slip", nearly_all_of, "lantren"),
    ("any of three", any_of, "tea zebra music"),
    ("nothing", all_of, "zebra crossing"),
)


def main() -> None:
    servers = ["sqlite"]
    if server := os.environ.get("SUPPORTGROUPS_TEST_POSTGRES_URL"):
        servers.append(server)
    worst = 0.0
    for server in servers:
        print(
            f"\n{'SQLite' if server == 'sqlite' else 'PostgreSQL'}: groups and sessions, CPU of one question"
        )
        print(f"{'':18} {'1,000 groups':>14} {'10,000 groups':>14} {'ratio':>7} {'statements':>11}")
        with site(server, SMALL) as small, site(server, LARGE) as large:
            for name, ask, words in CASES:
                question = ask(words_asked(words))
                few, many = measure(small, question), measure(large, question)
                worst = max(worst, many)
                print(
                    f"{name:18} {few:11.2f} ms {many:11.2f} ms {many / few:7.2f} "
                    f"{statements(large, question):11}"
                )
    print(f"\nThe dearest took {worst:.2f} ms; the goal is at most {GOAL_MS:.0f} ms.")


@contextmanager
def site(server: str, groups: int) -> Iterator[Flask]:
    """Serve a database of so many groups, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, database(server, groups, folder) as url:
        config = {"SECRET_KEY": "x" * 32, "DATA_DIR": folder, "DATABASE_URL": url}
        app = create_app(
            load_config({f"SUPPORTGROUPS_{key}": value for key, value in config.items()})
        )
        with app.app_context():
            upgrade()
            fill_with_crowd(groups=groups, members=1000, now=utc_now())
            with transaction():
                db.session.execute(text("ANALYZE"))
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def database(server: str, groups: int, folder: str) -> Iterator[str]:
    if server == "sqlite":
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        return
    name = f"bench_search_{groups}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


def measure(app: Flask, question: Question) -> float:
    """Return the CPU time of one search in milliseconds: of this process and of the database's."""
    with app.app_context():
        person = db.session.get_one(UserAccount, 2)
        ask(question, person)
        times = []
        for _round in range(ROUNDS):
            start = cpu()
            for _time in range(TIMES):
                db.session.expunge_all()
                ask(question, person)
            times.append((cpu() - start) / TIMES * 1000)
        db.session.rollback()
    return statistics.median(times)


def cpu() -> float:
    """Return the CPU seconds that this process and its PostgreSQL backend have used so far."""
    own = time.process_time()
    if db.engine.dialect.name == "sqlite":
        return own
    backend = db.session.execute(text("SELECT pg_backend_pid()")).scalar()
    try:
        # utime and stime, in clock ticks: proc(5). Only of use where both run on one machine.
        ticks = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return own
    return own + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def statements(app: Flask, question: Question) -> int:
    """Return how many statements one search sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        person = db.session.get_one(UserAccount, 2)
        event.listen(db.engine, "before_cursor_execute", note)
        ask(question, person)
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.rollback()
    return len(sent)


def ask(question: Question, person: UserAccount) -> None:
    queries.find_groups(question, person=person, limit=5)
    queries.find_sessions(question, person=person, now=utc_now(), limit=5)


if __name__ == "__main__":
    main()
