"""What the tests of the outbox share: letters to send, and a mail server to send them to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.outbox.models import OutboxJob
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.outbox.worker import Builder, Registry, Task
from tests.outbox.mail_server import MailServer
from tests.outbox.sample_letter import write_letter


@pytest.fixture
def registry(application: Flask, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The tables of letters and tasks for one test; they begin with one letter and no task."""
    letters: dict[str, Builder] = {"tests.letter": write_letter}
    tasks: dict[str, Task] = {}
    registry = Registry(letters, tasks, reports=())
    monkeypatch.setitem(application.extensions, "outbox", registry)
    return registry


@pytest.fixture
def ask(app: Flask, registry: Registry, now: datetime) -> Callable[..., None]:
    """Ask for a letter to the person with a number."""

    def ask(number: int = 1, kind: str = "tests.letter", **options: Any) -> None:
        options = {"key": f"{kind}:{number}", "now": now, **options}
        with transaction():
            enqueue(kind, {"number": number}, **options)

    return ask


@pytest.fixture
def jobs() -> Callable[[], list[OutboxJob]]:
    """Read all jobs anew, in the order in which they were asked for."""

    def jobs() -> list[OutboxJob]:
        db.session.rollback()
        return list(db.session.scalars(select(OutboxJob).order_by(OutboxJob.id)))

    return jobs


@pytest.fixture
def use_smtp(application: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Make the site send its letters through the mail server of an address, or through none."""

    def use_smtp(url: str | None) -> None:
        config = replace(application.config["SETTINGS"], smtp_url=url, development=False)
        monkeypatch.setitem(application.config, "SETTINGS", config)

    return use_smtp


@pytest.fixture
def mail_server(use_smtp: Callable[[str | None], None]) -> Iterator[MailServer]:
    """A mail server that the site sends its letters through."""
    with MailServer() as server:
        use_smtp(server.url)
        yield server
