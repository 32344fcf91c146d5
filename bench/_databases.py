"""Where a benchmark runs: on SQLite, and on PostgreSQL where a server is named."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import POSTGRES, PostgresHouse, SqliteHouse


def databases() -> Iterator[tuple[str, SqliteHouse | PostgresHouse]]:
    """Give the name of each kind of database and a fresh one, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", SqliteHouse(Path(folder))
        if POSTGRES in os.environ:
            house = PostgresHouse(Path(folder), os.environ[POSTGRES])
            try:
                yield "PostgreSQL", house
            finally:
                house.pull_down()
