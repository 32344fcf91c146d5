"""Ways to watch what code does to the database and to the world around it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from blinker import Signal
from flask import Flask, current_app
from sqlalchemy import Engine, event, inspect, select

from supportgroups.audit import AuditEntry
from supportgroups.db import Model, db
from supportgroups.outbox.models import OutboxJob
from supportgroups.prepared import Prepared


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every statement that reaches the database, for a page that is made anew."""
    current_app.extensions["kept_pages"].forget()
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    def ask(question: Prepared, engine: Engine, **values: Any) -> Any:
        # These go to the driver, past SQLAlchemy's own events.
        seen.append(str(question.question))
        return ask_as_ever(question, engine, **values)

    ask_as_ever = Prepared.ask
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with patch.object(Prepared, "ask", ask):
            yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def all_rows() -> dict[str, Counter[str]]:
    """Return what every table holds, as a new reader sees it."""
    with db.engine.connect() as connection:
        return {
            table.name: Counter(str(tuple(row)) for row in connection.execute(table.select()))
            for table in Model.metadata.sorted_tables
        }


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Fail if a row of any table is added, changed or deleted."""
    before = all_rows()
    yield
    after = all_rows()
    changed = [name for name in before if before[name] != after[name]]
    assert changed == [], f"these tables changed: {changed}"


@contextmanager
def announced(fact: Signal) -> Iterator[list[dict[str, Any]]]:
    """Collect what is announced of a fact, beside those who hear it anyway."""
    heard: list[dict[str, Any]] = []

    def listen(_sender: Any, **carried: Any) -> None:
        heard.append(carried)

    with fact.connected_to(listen):
        yield heard


def acts() -> list[str]:
    """Return the acts of the audit trail, in order."""
    return list(db.session.execute(select(AuditEntry.act).order_by(AuditEntry.id)).scalars())


def last_entry() -> AuditEntry:
    """Return the newest row of the audit trail."""
    return db.session.execute(
        select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
    ).scalar_one()


def jobs(kind: str) -> list[dict[str, Any]]:
    """Return what the queued jobs of a kind carry, in order."""
    return list(
        db.session.execute(
            select(OutboxJob.payload).where(OutboxJob.kind == kind).order_by(OutboxJob.id)
        ).scalars()
    )


def afresh(*objects: Any) -> Callable[[], list[Any]]:
    """Return a way to read these again in another thread, whose session knows none of them."""
    keys = [(type(found), inspect(found).identity) for found in objects]
    return lambda: [db.session.get_one(kind, key) for kind, key in keys]


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Do all of this at the same time, each in a thread of its own; return what came of each.

    What a work raises is its outcome.
    """
    gate = threading.Barrier(len(works))

    def do(work: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait(timeout=10)
            try:
                return work()
            except Exception as error:  # noqa: BLE001 (the test looks at it)
                return error
            finally:
                db.session.remove()

    db.session.rollback()
    db.session.expire_all()
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(do, work) for work in works]]
