"""What every test shares: an application on a real database, a browser, and a small cast.

Each test that needs the database runs on SQLite and, where SUPPORTGROUPS_TEST_POSTGRES_URL
names a server, on PostgreSQL too. Nothing is mocked and every commit is a real one: between two
tests the whole database is put back.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_migrate import upgrade
from hypothesis import settings
from sqlalchemy import create_engine, event, make_url, text

from supportgroups.accounts.models import UserAccount
from supportgroups.app import create_app
from supportgroups.calendars.feeds import kept_bodies
from supportgroups.config import Config, load_config
from supportgroups.db import Model, db
from supportgroups.groups.models import Group
from supportgroups.sessions.models import GroupSession, Series
from tests import factories
from tests.browser_client import Browser
from tests.outbox_runner import OutboxRunner
from tests.outgoing import listen_to

POSTGRES = "SUPPORTGROUPS_TEST_POSTGRES_URL"
STRICT = os.environ.get("SUPPORTGROUPS_TEST_STRICT") == "1"

TOURS = frozenset({"test_every_page.py", "test_planted_faults.py", "test_other_scripts.py"})

# A machine that is busy is no fault of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

#: The Monday from which the tests look at the world; the cast's session is on the Tuesday after.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Turn every skip into a failure where the machine is meant to have everything."""
    if STRICT and call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception):
        reason = f"skipped, though nothing may be skipped here: {call.excinfo.value}"
        call.excinfo = pytest.ExceptionInfo.from_exception(AssertionError(reason))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser come last: its driver keeps an event loop in the process it ran in.

    Of its tests those go first that look at every page: each takes minutes.
    """
    items.sort(key=lambda item: ("browser" in item.path.parts, item.path.name not in TOURS))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses the database once on each kind of database, unless it is marked for one."""
    if "database" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("one_database")
        kinds = ["sqlite", "postgresql"] if marker is None else list(marker.args or ["sqlite"])
        metafunc.parametrize("database", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A freshly migrated, empty database and the way to empty it again."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        yield SqliteHouse(folder)
        return
    if POSTGRES not in os.environ:
        pytest.skip(f"set {POSTGRES} to the address of a PostgreSQL server to run this there too")
    house = PostgresHouse(folder, os.environ[POSTGRES])
    yield house
    house.pull_down()


class SqliteHouse:
    """An SQLite file that is copied anew for every test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "test.sqlite3"
        self.template = folder / "template.sqlite3"
        self.url = f"sqlite:///{self.file}"

    def built(self, _app: Flask) -> None:
        """Keep a copy of the migrated, empty file."""
        db.engine.dispose()
        engine = create_engine(self.url)
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        # A connection that is closed later would take the log of the next test with it.
        engine.dispose()
        shutil.copyfile(self.file, self.template)
        event.listen(db.engine, "connect", _do_not_wait_for_the_disk)

    def empty(self) -> None:
        """Put the empty file back."""
        db.engine.dispose()
        for leftover in self.folder.glob("test.sqlite3-*"):
            leftover.unlink()
        shutil.copyfile(self.template, self.file)


def _do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    # No test pulls the plug of the machine.
    connection.execute("PRAGMA synchronous=OFF")


class PostgresHouse:
    """A PostgreSQL database of its own for each test process."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.server = make_url(server)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
        self.name = f"supportgroups_test_{worker}_{os.getpid()}"
        self._on_server(f'CREATE DATABASE "{self.name}"')
        # Here too nobody waits for the disk.
        self._on_server(f'ALTER DATABASE "{self.name}" SET synchronous_commit = off')
        self.url = self.server.set(database=self.name).render_as_string(hide_password=False)

    def built(self, _app: Flask) -> None:
        """Need nothing: emptying is quick enough."""

    def empty(self) -> None:
        """Delete every row of every table, the referring ones first, in one round trip."""
        tables = reversed(Model.metadata.sorted_tables)
        deletions = "".join(f'DELETE FROM "{table.name}";' for table in tables)
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DO $$ BEGIN {deletions} END $$")

    def pull_down(self) -> None:
        """Drop the database."""
        self._on_server(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _on_server(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def make_config(folder: Path, **settings: str) -> Config:
    """Return the configuration of a development site that keeps its files in `folder`."""
    environ = {
        "DATA_DIR": str(folder),
        "SECRET_KEY": "the-secret-key-of-the-tests-is-not-a-secret",
        "BASE_URL": "http://localhost",
        "DEVELOPMENT": "1",
        "MAIL_FROM": "Updates <updates@gatherings.example>",
        "MAIL_PACE": "0",
        **settings,
    }
    return load_config({f"SUPPORTGROUPS_{name}": value for name, value in environ.items()})


@pytest.fixture(scope="session")
def application(database: Any) -> Iterator[Flask]:
    """The application, built once for each database."""
    app = create_app(make_config(database.folder, DATABASE_URL=database.url))
    app.testing = True
    app.teardown_appcontext(_look_for_unsaved_changes)
    listen_to(app)
    with app.app_context():
        upgrade()
        database.built(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@contextmanager
def _emptied(application: Flask, database: Any) -> Iterator[Flask]:
    with application.app_context():
        application.extensions["kept_pages"].forget()
        database.empty()
        # Ids and counters begin anew, so a tag of the last test may come to name other bytes.
        kept_bodies.clear()
        for letter in application.config["SETTINGS"].mail_folder.glob("*"):
            letter.unlink()
        application.extensions["ear"].forget()
        yield application
        told = application.extensions["ear"].look_over()
        leftover = [*db.session.new, *db.session.dirty, *db.session.deleted]
        db.session.remove()
        assert leftover == [], "the test or the code under test left changes uncommitted"
        assert told == [], "what went out tells too much"


def _look_for_unsaved_changes(_error: BaseException | None) -> None:
    leftover = [*db.session.new, *db.session.dirty, *db.session.deleted]
    assert leftover == [], "the request left changes uncommitted"


@pytest.fixture
def app(application: Flask, database: Any) -> Iterator[Flask]:
    """The application with an empty database, inside its context, at a fixed moment."""
    with time_machine.travel(NOW, tick=False), _emptied(application, database) as app:
        yield app


@pytest.fixture
def live_app(application: Flask, database: Any) -> Iterator[Flask]:
    """The same in real time, for tests in which other processes look at the database too."""
    with _emptied(application, database) as app:
        yield app


@pytest.fixture
def now() -> datetime:
    """The moment at which the test takes place."""
    return NOW


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody is signed in to yet."""
    return Browser(app)


@pytest.fixture
def outbox(app: Flask) -> OutboxRunner:
    """The worker's hands: `outbox.run()` does what is due; `outbox.letters` are the letters."""
    return OutboxRunner(app)


@dataclass
class Cast:
    """Rosa organizes a group, Kofi facilitates, Sam is a member, Stan a stranger, Ola runs the site."""

    rosa: UserAccount
    kofi: UserAccount
    sam: UserAccount
    stan: UserAccount
    ola: UserAccount
    group: Group
    series: Series
    session: GroupSession


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The people, their group, and its next session: Tuesday 1 December 2026, 19:00 in London."""
    return Cast(**factories.make_cast(now=NOW))


@pytest.fixture
def make_user(app: Flask) -> Callable[..., UserAccount]:
    """Make a person."""
    return factories.make_user


@pytest.fixture
def make_group(app: Flask) -> Callable[..., Group]:
    """Make a group."""
    return factories.make_group


@pytest.fixture
def make_series(app: Flask) -> Callable[..., Series]:
    """Make a series without its sessions."""
    return factories.make_series


@pytest.fixture
def make_session(app: Flask) -> Callable[..., GroupSession]:
    """Make a session."""
    return factories.make_session
