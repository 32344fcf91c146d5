"""Moving a site from SQLite to PostgreSQL: every row, in one transaction there."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from supportgroups.config import settings
from supportgroups.db import Model, db, engine_options, one_transaction
from supportgroups.errors import DomainError
from supportgroups.upkeep.copies import is_sqlite, version_of_database

#: So many rows are in hand at a time.
PART = 1000


class CannotMove(DomainError):
    """The move was not begun, or undone; the message says why."""


def move_to(url: str) -> dict[str, int]:
    """Copy every row into an empty PostgreSQL database; return how many there are in each table.

    What is there and here is counted and compared before it counts. If anything fails, nothing is
    there. The source stays as it is, and the site has to stand still meanwhile.

    :param url: an SQLAlchemy address, `config.database_address()` of what was typed
    :raises CannotMove: the source is not SQLite, the target does not answer or has tables, or the
        numbers differ
    """
    if not is_sqlite() or url.startswith("sqlite"):
        raise CannotMove("Only a site on SQLite can be moved, and only to PostgreSQL.")
    target = create_engine(url, **engine_options(replace(settings(), database_url=url)))
    try:
        with one_transaction(target) as there:
            if inspect(there).get_table_names():
                raise CannotMove("The database there has tables already. Make a new, empty one.")
            Model.metadata.create_all(there)
            counts = {table.name: _copy(table, there) for table in Model.metadata.sorted_tables}
            _remember_version(there)
    except SQLAlchemyError as error:
        # Its words may hold the address with its password, or rows.
        raise CannotMove(f"The database there refused: {type(error).__name__}.") from error
    finally:
        target.dispose()
    return counts


def _copy(table: Table, there: Connection) -> int:
    rows = db.session.connection().execute(
        select(table).order_by(*table.primary_key).execution_options(yield_per=PART)
    )
    for part in rows.mappings().partitions():
        there.execute(table.insert(), [dict(row) for row in part])
    counted = select(func.count()).select_from(table)
    here_are: int = db.session.execute(counted).scalar_one()
    there_are: int = there.execute(counted).scalar_one()
    if here_are != there_are:
        raise CannotMove(f"{here_are} rows of {table.name} became {there_are}. Is the site still?")
    _go_on_counting(table, there)
    return there_are


def _go_on_counting(table: Table, there: Connection) -> None:
    """Let the next row have a number that was never given here."""
    column = table.autoincrement_column
    if column is None:
        return
    last: Any = db.session.execute(select(func.max(column))).scalar()
    if table.dialect_options["sqlite"]["autoincrement"]:
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = max(last or 0, db.session.execute(given, {"name": table.name}).scalar() or 0)
    if last:
        there.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)"),
            {"name": table.name, "column": column.name, "last": last},
        )


def _remember_version(there: Connection) -> None:
    there.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY)"
        )
    )
    there.execute(
        text("INSERT INTO alembic_version VALUES (:version)"), {"version": version_of_database()}
    )
