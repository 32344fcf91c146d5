"""Whether anything in the database has changed: one word that is another one after every commit.

It costs a small part of a query. Two equal words mean that every question would be answered the same;
two different ones mean nothing, since what changed may have been something else.
"""

import sqlite3
from contextlib import closing
from threading import Lock

from flask import Flask
from sqlalchemy import Engine, event

from supportgroups.db import db


class DatabaseState:
    """Asks the database of one application, from one process."""

    def __init__(self, app: Flask) -> None:
        """Remember whose database it is; nothing is opened before somebody asks."""
        with app.app_context():
            self._engine: Engine = db.engine
        # Who lets go of the database means all of it.
        event.listen(self._engine, "engine_disposed", lambda _engine: self.close())
        self._watcher: sqlite3.Connection | None = None
        self._lock = Lock()

    def word(self) -> str | None:
        """Return the word for the present state; none where the database gives no answer."""
        try:
            if self._engine.dialect.name == "sqlite":
                return self._sqlite_word()
            with closing(self._engine.raw_connection()) as connection:
                # Equal snapshots see the same transactions (PostgreSQL documentation, 9.27).
                row = connection.cursor().execute("SELECT pg_current_snapshot()::text").fetchone()
                return str(row[0])
        except self._engine.dialect.dbapi.Error:  # type: ignore[union-attr]
            return None

    def _sqlite_word(self) -> str | None:
        """Ask on a connection that never writes: the number tells of the commits of all others.

        Source: https://sqlite.org/pragma.html#pragma_data_version.
        """
        with self._lock:
            if self._watcher is None:
                file = self._engine.url.database
                if not file or file == ":memory:":
                    return None
                self._watcher = sqlite3.connect(file, timeout=1, check_same_thread=False)
            return str(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of the database; whoever asks again opens it anew."""
        with self._lock:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
