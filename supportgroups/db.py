"""The database: model base, column types, and the one place where changes are committed.

Reading happens outside `transaction()`, in a snapshot. Writing happens inside it, one writer at
a time: on SQLite behind a kernel lock and BEGIN IMMEDIATE, on PostgreSQL behind row locks that
services take with their `lock_…` queries. See docs/adr/0002-transactions.md.
"""

import fcntl
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    String,
    bindparam,
    cast,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from supportgroups.config import Config

P = ParamSpec("P")
R = TypeVar("R")


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    metadata=Model.metadata,
    disable_autonaming=True,
    # What a service returns stays readable after its commit, without another query.
    session_options={"expire_on_commit": False},
)
migrate = Migrate(directory=str(Path(__file__).parent.parent / "migrations"))


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC on the way in and out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, whose meaning nobody knows; store the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored as a moment: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive values their zone back, and PostgreSQL's the right one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WallTime(TypeDecorator[datetime]):
    """What the clock on the wall of the group shows: a naive date and time, whole minutes."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an aware time: it would be a moment, not a wall clock."""
        if value is not None and value.tzinfo is not None:
            raise ValueError(f"an aware datetime cannot be stored as a wall time: {value}")
        return value


def enum_column(kind: type[StrEnum], name: str) -> Enum:
    """Return a text column that takes the values of `kind` alone, by a constraint of that name."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def unfold(name: str) -> ColumnElement[Any]:
    """Return the values of a list as rows of one column, for the database to take apart.

    That is four times as quick as giving it each value by itself.

    :param name: of the parameter that holds the list, which is plain JSON
    """
    values = bindparam(name, type_=JSON)
    if db.engine.dialect.name == "postgresql":
        return func.json_array_elements(values).table_valued("value").c.value
    return func.json_each(values).table_valued("value").c.value


def unfold_numbers(name: str) -> ColumnElement[int]:
    """Return numbers as rows of one column, likewise."""
    value = unfold(name)
    if db.engine.dialect.name == "postgresql":
        return cast(cast(value, String), Integer)
    return value


class Busy(Exception):
    """Other writers held what we needed for too long; the same request may work in a moment."""


#: SQLSTATEs after which the same transaction may succeed: serialization failure, deadlock,
#: lock not available. Source: PostgreSQL documentation, appendix A.
PASSING_STATES = frozenset({"40001", "40P01", "55P03"})
ATTEMPTS = 4

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class transaction:  # noqa: N801 (reads as the word it is, like contextlib.suppress)
    """Make a block, or a decorated function, one atomic change.

    A nested one joins the one around it; only the outermost commits. It begins by ending the
    read phase, so that everything read inside is current; objects loaded before are read again.
    A decorated function is tried again when the database asks for that.

    :raises Busy: the database could not give us our turn, however often we asked
    """

    def __enter__(self) -> Self:
        """Begin, or join."""
        self._block = _atomic()
        self._block.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """Commit when all went well, undo everything when not."""
        return self._block.__exit__(kind, error, trace)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Run each call of `function` in a transaction."""

        @wraps(function)
        def atomic(*args: P.args, **kwargs: P.kwargs) -> R:
            if is_in_transaction():
                return function(*args, **kwargs)
            for attempt in range(ATTEMPTS):
                try:
                    with _atomic():
                        return function(*args, **kwargs)
                except OperationalError as error:
                    if getattr(error.orig, "sqlstate", None) not in PASSING_STATES:
                        raise
                    time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 (no secret)
            raise Busy

        atomic.is_transaction = True  # type: ignore[attr-defined]
        return atomic


def is_in_transaction() -> bool:
    """Tell whether a write transaction is open here."""
    return bool(db.session.info.get("in_transaction"))


def after_commit(callback: Callable[[], object]) -> None:
    """Run `callback` once the transaction around it has been committed, or never."""
    if not is_in_transaction():
        raise RuntimeError("after_commit() needs a transaction around it")
    db.session.info.setdefault("after_commit", []).append(callback)


@contextmanager
def _atomic() -> Iterator[None]:
    session = db.session()
    info = session.info
    if info.get("in_transaction"):
        yield
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed before the transaction began; move it inside")
    # Ends the snapshot of the read phase: SQLite could not write from an old one.
    session.rollback()
    # A rollback right after a commit has nothing to end, and would leave objects as they were read.
    session.expire_all()
    with _write_lock(session.get_bind()):
        info["in_transaction"] = True
        token = _writing.set(True)
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            info.pop("after_commit", None)
            raise
        finally:
            _writing.reset(token)
            info["in_transaction"] = False
    for callback in info.pop("after_commit", []):
        callback()


@contextmanager
def _write_lock(bind: Any) -> Iterator[None]:
    """Let one writer at a time through to an SQLite file, in every process and thread.

    The kernel's lock is fair where SQLite's own waiting starves a writer for seconds. Each
    writer opens the file anew, because such a lock belongs to the opening, not to the process.
    """
    database = bind.engine.url.database
    if bind.dialect.name != "sqlite" or not database or database == ":memory:":
        yield
        return
    descriptor = os.open(f"{database}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    # An acknowledged answer survives a power cut (NORMAL lost 500 of 500 in our measurement).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # Erased means overwritten.
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)


def prepare_engine(engine: Engine) -> None:
    """Give every connection of an SQLite engine its settings and its kind of BEGIN."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)
        # Its own knows the letters from A to Z alone, and people also search for an árbol.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def empty_log() -> bool:
    """Write SQLite's log of changes into its file and empty it; tell whether that was possible.

    Until then the log holds what was erased. It waits for readers as long as any writer would.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    with closing(db.engine.raw_connection()) as connection:
        # On the driver itself: a checkpoint cannot happen inside a transaction.
        row = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(row[0] == 0)


def open_for_reading(engine: Engine) -> Any:
    """Return a connection of the driver that is outside the pool and cannot write.

    Each question on it is a transaction of its own. Whoever asks for it closes it.
    """
    pooled = engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    if engine.dialect.name == "sqlite":
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.autocommit = True
        connection.read_only = True
    return connection


def engine_options(config: Config) -> dict[str, Any]:
    """Return what SQLAlchemy's engine needs to know for the database of `config`."""
    # A thread without a connection of its own would wait for another's request to end.
    pool = {"pool_size": config.database_connections, "max_overflow": 0}
    if config.database_url.startswith("sqlite"):
        # The driver must not begin on its own: it would begin too late (safety.md, trap 1).
        return pool | {"connect_args": {"isolation_level": None, "timeout": 10}}
    return pool | {
        "pool_pre_ping": True,
        "isolation_level": "READ COMMITTED",
        "connect_args": {"options": "-c lock_timeout=3000 -c timezone=UTC"},
    }


@contextmanager
def one_transaction(engine: Engine) -> Iterator[Connection]:
    """Change another database than the site's own: all of the block, or nothing."""
    with engine.begin() as connection:
        yield connection


def init_app(app: Flask, config: Config) -> None:
    """Connect the application to its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        prepare_engine(db.engine)
    path = make_url(config.database_url).database
    if config.database_url.startswith("sqlite") and path:
        with suppress(FileNotFoundError):
            Path(path).chmod(0o600)
