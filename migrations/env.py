"""Run migrations on the database of the application.

On SQLite a table is changed by rebuilding it. With foreign keys enforced, dropping the old
table would delete every row that refers to it, so enforcement is off while migrations run and
all references are checked at the end.
"""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text

from supportgroups import models  # noqa: F401 (makes every table known)
from supportgroups.db import Model, UTCDateTime, WallTime, db


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Write our own column types as the plain ones they are, so migrations import no product."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, WallTime):
        return "sa.DateTime()"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave alone what migrations make by hand: the full-text index, which no model describes."""
    return not (kind in {"table", "index"} and str(name).startswith("search_index"))


def run() -> None:
    """Bring the tables to the wanted version."""
    engine = current_app.extensions["migrate"].db.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
            # The switch is ignored inside a transaction, so it is thrown on the bare driver.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            render_item=render_item,
            render_as_batch=is_sqlite,
            compare_type=True,
            include_name=include_name,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite:
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise RuntimeError(f"the migration broke references: {broken}")
        if is_sqlite:
            connection.commit()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
        connection.commit()
    db.session.remove()


run()
