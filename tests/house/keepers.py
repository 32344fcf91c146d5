"""Keeps the rows of the world aside, sees whether any of them changed, and puts them back.

Hundreds of requests end in a change that the next one must not see, so this has to be quick: on
SQLite by its own backup, on PostgreSQL by copies of the tables in a schema of their own.
"""

import hashlib
import sqlite3
from contextlib import closing
from typing import Protocol

from supportgroups.db import Model, db

TABLES = [table.name for table in Model.metadata.sorted_tables]
#: PostgreSQL: numbers are given to transactions when they first write.
NEXT_WRITER = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


class Keeper(Protocol):
    """Remembers what the database held when it was made."""

    def put_back(self) -> None:
        """Let every row be as it was."""

    def changed_tables(self) -> list[str]:
        """Return the tables whose rows are not as they were."""

    def leave(self) -> None:
        """Let go of the database, which the next test replaces."""

    def close(self) -> None:
        """Forget what was kept."""


def make_keeper() -> Keeper:
    """Return the keeper for the database of this application, as it is now."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        return PostgresKeeper()
    return SqliteKeeper(str(db.engine.url.database))


class SqliteKeeper:
    """Keeps a copy of the file in memory."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(path)) as file:
            file.backup(self.copy)
            self.marks = _marks(file)
        self.watcher: sqlite3.Connection | None = None

    def put_back(self) -> None:
        """Copy the file back, as another connection would write it."""
        self.leave()
        with closing(sqlite3.connect(self.path)) as file:
            file.execute("PRAGMA synchronous=OFF")
            self.copy.backup(file)
        self.watcher = sqlite3.connect(self.path, isolation_level=None)
        self.version = self._version()

    def changed_tables(self) -> list[str]:
        """Look at the rows only if somebody has written at all."""
        assert self.watcher is not None, "put the world back first"
        version = self._version()
        if version == self.version:
            return []
        self.version = version
        return _differing(self.marks, _marks(self.watcher))

    def leave(self) -> None:
        """Close the file."""
        if self.watcher is not None:
            self.watcher.close()
            self.watcher = None

    def close(self) -> None:
        """Give the memory back."""
        self.copy.close()

    def _version(self) -> int:
        # It differs as soon as any other connection has committed a change.
        return int(self.watcher.execute("PRAGMA data_version").fetchone()[0])


class PostgresKeeper:
    """Keeps a copy of each table in the schema `kept`."""

    def __init__(self) -> None:
        copies = [f'CREATE TABLE kept."{name}" AS TABLE "{name}"' for name in TABLES]
        self._do("DROP SCHEMA IF EXISTS kept CASCADE", "CREATE SCHEMA kept", *copies)
        self.marks = self._marks()

    def put_back(self) -> None:
        """Empty every table and fill it again, in one go."""
        empty = [f'DELETE FROM "{name}"' for name in reversed(TABLES)]
        fill = [f'INSERT INTO "{name}" TABLE kept."{name}"' for name in TABLES]
        self._do(*empty, *fill)
        self.version = self._version()

    def changed_tables(self) -> list[str]:
        """Look at the rows only if somebody has written at all."""
        version = self._version()
        if version == self.version:
            return []
        self.version = version
        return _differing(self.marks, self._marks())

    def _version(self) -> int:
        # The number of the next transaction that writes, anywhere on this server.
        with db.engine.connect() as connection:
            return int(connection.exec_driver_sql(NEXT_WRITER).scalar_one())

    def leave(self) -> None:
        """Hold nothing."""

    def close(self) -> None:
        """Drop the copies."""
        self._do("DROP SCHEMA kept CASCADE")

    def _do(self, *statements: str) -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("; ".join(statements))

    def _marks(self) -> dict[str, str]:
        marks = (
            f"SELECT '{name}', md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), ''))"
            f' FROM "{name}" AS row'
            for name in TABLES
        )
        with db.engine.connect() as connection:
            found = connection.exec_driver_sql(" UNION ALL ".join(marks))
            return dict(found.all())


def _marks(file: sqlite3.Connection) -> dict[str, str]:
    return {
        name: hashlib.sha256(
            repr(sorted(map(repr, file.execute(f'SELECT * FROM "{name}"')))).encode()
        ).hexdigest()
        for name in TABLES
    }


def _differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [name for name in TABLES if before[name] != after[name]]
