"""The tables are what the models say, and every step goes up and down with rows in them."""

import ast
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, inspect, text

from supportgroups.app import create_app
from supportgroups.db import Model, db
from tests.conftest import SqliteHouse, make_config
from tests.house.source import ROOT, Module, dotted, read
from tests.house.world import build_world, empty_tables

MIGRATIONS = ROOT / "migrations"
STEPS = sorted((MIGRATIONS / "versions").glob("*.py"))
#: The table in which Alembic remembers where it is.
VERSION = "alembic_version"


@pytest.fixture
def site(database: Any, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own that has no tables yet."""
    if isinstance(database, SqliteHouse):
        yield from serve(tmp_path, f"sqlite:///{tmp_path / 'steps.sqlite3'}")
        return
    name = f"{database.name}_steps"
    database._on_server(f'CREATE DATABASE "{name}"')
    try:
        url = database.server.set(database=name)
        yield from serve(tmp_path, url.render_as_string(hide_password=False))
    finally:
        database._on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def serve(folder: Path, url: str) -> Iterator[Flask]:
    """Run the application on a database."""
    app = create_app(make_config(folder, DATABASE_URL=url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_models_want_no_other_tables(site: Flask):
    upgrade()
    with db.engine.connect() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            # The full-text index is a table of tables on SQLite, of which no model knows; the test
            # below sees that it is made in the same way on both roads.
            "include_name": lambda name, *_: not str(name).startswith("search_index"),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Model.metadata) == []


def test_tables_made_step_by_step_are_those_of_the_models(site: Flask):
    """With every constraint and default, of which the comparison above overlooks some."""
    upgrade()
    step_by_step = structure()
    downgrade(revision="base")
    Model.metadata.create_all(db.engine)
    at_once = structure()
    assert set(step_by_step) == set(at_once)
    for name, table in at_once.items():
        assert step_by_step[name] == table, name


def structure() -> dict[str, dict[str, Any]]:
    """Return how each table is built."""
    inspector = inspect(db.engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            },
            "key": inspector.get_pk_constraint(name),
            "references": by_name(inspector.get_foreign_keys(name)),
            "unique": by_name(inspector.get_unique_constraints(name)),
            "checks": by_name(inspector.get_check_constraints(name)),
            "indexes": by_name(inspector.get_indexes(name)),
            "counts for ever": "AUTOINCREMENT" in sqlite_sql(name),
        }
        for name in inspector.get_table_names()
        if name != VERSION
    }


def by_name(found: list[Any]) -> dict[str, str]:
    """Return constraints by their names."""
    return {one["name"]: repr(sorted(one.items())) for one in found}


def sqlite_sql(name: str) -> str:
    """Return the statement that made a table, where the database keeps it."""
    if db.engine.dialect.name != "sqlite":
        return ""
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    with db.engine.connect() as connection:
        return str(connection.execute(query, {"name": name}).scalar())


def test_every_step_goes_down_and_up_again_with_rows(site: Flask):
    upgrade()
    build_world()
    assert empty_tables() == []
    go_down_and_up(MIGRATIONS)


#: What a step cannot keep on the way down, because no version before it knows such values: the
#: table → its columns.
CANNOT_KEEP: dict[str, dict[str, set[str]]] = {"0021_courses": {"series": {"admission"}}}


def go_down_and_up(directory: Path) -> None:
    """Take each step back and again, from the last to the first, and look for every row."""
    db.session.remove()
    for step in ScriptDirectory(str(directory)).walk_revisions():
        before, built = contents(), structure()
        below = step.down_revision or "base"
        downgrade(directory=str(directory), revision=below)
        lower = contents()
        lost = CANNOT_KEEP.get(step.revision, {})
        kept = shared(before, lower, without=lost) == shared(lower, before, without=lost)
        assert kept, f"{step.revision} down changed rows"
        upgrade(directory=str(directory), revision=step.revision)
        again = contents()
        assert shared(lower, again) == shared(again, lower), f"{step.revision} up changed rows"
        assert structure() == built, f"{step.revision} comes up otherwise the second time"
        downgrade(directory=str(directory), revision=below)
    assert set(contents()) == set(), "the first step leaves tables behind"


Contents = dict[str, list[dict[str, Any]]]


def contents() -> Contents:
    """Return all rows of all tables, as the database itself describes them."""
    found = MetaData()
    with db.engine.connect() as connection:
        found.reflect(connection)
        return {
            name: [dict(row._mapping) for row in connection.execute(table.select())]
            for name, table in found.tables.items()
            if name != VERSION
        }


def shared(
    one: Contents, other: Contents, *, without: Mapping[str, set[str]] | None = None
) -> dict[str, Counter[str]]:
    """Return the rows of `one` in those tables and columns that both have.

    :param without: columns to leave out, by the name of their table
    """
    rows = {}
    for name in one.keys() & other.keys():
        both = columns_of(one[name]) & (columns_of(other[name]) or columns_of(one[name]))
        columns = sorted(both - (without or {}).get(name, set()))
        rows[name] = Counter(repr([row[column] for column in columns]) for row in one[name])
    return rows


def columns_of(rows: list[dict[str, Any]]) -> set[str]:
    """Return the columns of a table that holds rows."""
    return set(rows[0]) if rows else set()


#: A step as it may come one day. On SQLite it makes the tables anew that everything refers to.
NEXT_STEP = '''
"""Remember something more."""
import sqlalchemy as sa
from alembic import op

revision = "next_step"
down_revision = "{head}"

# Alembic forgets this when it makes a table anew.
KEPT = {{"sqlite_autoincrement": True}}


def upgrade() -> None:
    for name in ("user_account", "support_group", "group_session"):
        with op.batch_alter_table(name, table_kwargs=KEPT) as table:
            table.add_column(sa.Column("extra", sa.String(), nullable=True))
            table.alter_column("created_at" if name != "group_session" else "uid", nullable=True)
    {upgrade}


def downgrade() -> None:
    for name in ("user_account", "support_group", "group_session"):
        with op.batch_alter_table(name, table_kwargs=KEPT) as table:
            table.alter_column("created_at" if name != "group_session" else "uid", nullable=False)
            table.drop_column("extra")
    {downgrade}
'''
LOSS = "op.execute(\"DELETE FROM membership WHERE role = 'member'\")"
CHANGE = "op.execute(\"UPDATE support_group SET name = 'x'\")"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("up", "down", "caught"),
    [
        ("pass", "pass", None),
        (LOSS, "pass", "next_step up changed rows"),
        (CHANGE, "pass", "next_step up changed rows"),
        ("pass", LOSS, "next_step down changed rows"),
    ],
    ids=["careful", "loses rows", "changes rows", "loses rows on the way down"],
)
def test_a_step_that_loses_rows_would_be_caught(
    site: Flask, tmp_path: Path, up: str, down: str, caught: str | None
):
    directory = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, directory, ignore=shutil.ignore_patterns("__pycache__"))
    upgrade()
    build_world()
    db.session.remove()
    step = NEXT_STEP.format(head=STEPS[-1].stem, upgrade="pass", downgrade=down)
    (directory / "versions" / "next_step.py").write_text(step)
    upgrade(directory=str(directory))
    step = NEXT_STEP.format(head=STEPS[-1].stem, upgrade=up, downgrade=down)
    (directory / "versions" / "next_step.py").write_text(step)
    if caught is None:
        go_down_and_up(directory)
        return
    with pytest.raises(AssertionError, match=caught):
        go_down_and_up(directory)


def test_there_is_one_last_step_and_the_program_knows_it():
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()
    assert heads == [(MIGRATIONS / ".current-head").read_text().strip()]


def test_steps_are_numbered_and_named():
    assert [path.stem[:4] for path in STEPS] == [f"{n:04}" for n in range(1, len(STEPS) + 1)]
    for path in STEPS:
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name)
        values = constants(read(path))
        assert values["revision"] == path.stem
    before = [None, *(path.stem for path in STEPS[:-1])]
    assert [constants(read(path))["down_revision"] for path in STEPS] == before


def constants(module: Module) -> dict[str, Any]:
    """Return the plain values at the top of a module."""
    return {
        dotted(node.targets[0]): node.value.value
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_stands_on_its_own(path: Path):
    """It has to run in years, when the product it was written for reads otherwise."""
    module = read(path)
    roots = {
        name.partition(".")[0]
        for node in ast.walk(module.tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert roots <= {"alembic", "sqlalchemy", "datetime", "json", "uuid"}
    assert ast.get_docstring(module.tree)
    ways = {function.name: function for function in module.top_functions()}
    assert {"upgrade", "downgrade"} <= set(ways)
    for name in ("upgrade", "downgrade"):
        assert not isinstance(ways[name].body[-1], ast.Pass), f"{name} does nothing"
