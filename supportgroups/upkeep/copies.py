"""Copies of the whole database, made while the site runs, and put back.

SQLite: `VACUUM INTO` reads one moment, and leaves out the remains of what was erased; a plain copy
of the file taken during writes may be broken (safety.md, trap 7). PostgreSQL: its own `pg_dump`
and `pg_restore`.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, inspect, text

from supportgroups.db import Model, db
from supportgroups.errors import DomainError

#: The name of a part of a database's address → the variable by which PostgreSQL's programs take it.
#: Not as an argument: everybody on the machine can read those.
PG_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "username": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


class CopyFailed(DomainError):
    """A copy could not be made or put back; the message says why and what to do."""


def is_sqlite() -> bool:
    """Tell which of the two databases the site has."""
    return db.engine.dialect.name == "sqlite"


def back_up(path: Path) -> None:
    """Write a copy of the database to a new file that only its owner can read.

    The file has its name only when the copy is whole and was checked.

    :raises CopyFailed: there is such a file, the folder cannot be written to, a program is missing
    """
    if path.exists():
        raise CopyFailed(f"There is a file {path} already. Choose another name.")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CopyFailed(f"{path.parent} cannot be written to: {error.strerror}.") from error
    try:
        # What it holds would be waited for, where there is one connection in all.
        db.session.remove()
        if is_sqlite():
            with closing(db.engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM INTO ?", (str(unfinished),))
            check_file(unfinished)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
        _reach_the_disk(unfinished)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def put_back(path: Path, *, is_overwriting: bool = False) -> None:
    """Let the database be what it was when this copy was made.

    :param is_overwriting: what the database holds now may be lost
    :raises CopyFailed: this is no whole copy, or the database is not empty
    """
    if not path.is_file():
        raise CopyFailed(f"There is no file {path}.")
    if not is_overwriting and not is_empty():
        raise CopyFailed(
            "The database is not empty. To lose what it holds, say so with --overwrite."
        )
    db.session.remove()
    if is_sqlite():
        check_file(path)
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
            closing(db.engine.raw_connection()) as connection,
        ):
            source.backup(connection.driver_connection)  # type: ignore[arg-type]
        return
    # A list of what is in it: cheap, and says whether it is a copy at all before anything is lost.
    _run("pg_restore", "--list", str(path))
    _run(
        "pg_restore",
        *("--clean", "--if-exists", "--no-owner", "--single-transaction"),
        *("--dbname", str(db.engine.url.database), str(path)),
    )


def is_empty() -> bool:
    """Tell whether no table has a row, or there are no tables yet."""
    known = set(inspect(db.engine).get_table_names())
    tables = [table for table in Model.metadata.sorted_tables if table.name in known]
    return all(db.session.execute(table.select().limit(1)).first() is None for table in tables)


def check_file(path: Path) -> None:
    """Look through an SQLite file.

    :raises CopyFailed: it is none of ours, or broken
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(1)")]
            orphan = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise CopyFailed(f"{path} is not a copy of such a site.") from error
    if version is None or found != ["ok"] or orphan is not None:
        raise CopyFailed(f"{path} is broken. Take another copy.")


def version_of_database() -> str | None:
    """Return the name of the last step of migration that the database has seen."""
    return db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _reach_the_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against the database of the site."""
    found = shutil.which(program)
    if found is None:
        raise CopyFailed(
            f"{program} is not installed here. It comes with PostgreSQL’s client programs; "
            "its version must not be older than the server’s."
        )
    done = subprocess.run(  # noqa: S603 (names of programs and paths, and no shell)
        [found, *arguments],
        env={**os.environ, **_pg_environ(db.engine.url)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        # The first line says what is wrong. The others may quote rows.
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise CopyFailed(f"{program} failed: {reason}")


def _pg_environ(url: URL) -> dict[str, str]:
    parts: dict[str, Any] = {**url.query, **url.translate_connect_args()}
    return {
        variable: str(parts[name]) for name, variable in PG_VARIABLES.items() if parts.get(name)
    }
