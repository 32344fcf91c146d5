"""A site that moves from SQLite to PostgreSQL takes every row along, or stays."""

import os
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, inspect, make_url, select, text

from supportgroups.app import create_app
from supportgroups.db import Model, db, transaction
from supportgroups.upkeep import moving
from supportgroups.upkeep.moving import CannotMove, move_to
from tests.conftest import POSTGRES
from tests.factories import make_user
from tests.house.world import build_world, empty_tables

# A site that moves begins on SQLite.
pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def target():
    """The address of an empty PostgreSQL database."""
    if POSTGRES not in os.environ:
        pytest.skip(f"set {POSTGRES} to the address of a PostgreSQL server")
    server = make_url(os.environ[POSTGRES])
    name = f"supportgroups_moved_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def moved(app, target):
    """The site on its new database, once it was moved."""

    def moved() -> Flask:
        return create_app(replace(app.config["SETTINGS"], database_url=target))

    return moved


def rows():
    """Return every row of every table of the site of this context."""
    return {
        table.name: [
            tuple(row) for row in db.session.execute(table.select().order_by(*table.primary_key))
        ]
        for table in Model.metadata.sorted_tables
    }


def test_every_row_comes_along_and_the_site_goes_on(app, target, moved):
    build_world()
    assert empty_tables() == []
    db.session.rollback()
    here = rows()
    counts = move_to(target)
    assert counts == {name: len(found) for name, found in here.items()}
    site = moved()
    with site.app_context():
        assert rows() == here
        assert site.test_client().get("/readyz").status_code == 200
        make_user("The next one")
        db.session.remove()
        db.engine.dispose()


def test_a_number_is_never_given_twice(app, target, moved):
    gone = make_user("Gone").id
    with transaction():
        db.session.execute(text("DELETE FROM user_account"))
    move_to(target)
    site = moved()
    with site.app_context():
        assert make_user("Next").id > gone
        db.session.remove()
        db.engine.dispose()


def test_a_database_that_is_in_use_is_left_alone(app, target):
    make_user("Sam")
    move_to(target)
    make_user("Mira")
    with pytest.raises(CannotMove, match="has tables already"):
        move_to(target)


def test_a_move_that_fails_leaves_nothing_there(app, target, monkeypatch):
    def fail(_there):
        raise CannotMove

    make_user("Sam")
    monkeypatch.setattr(moving, "_remember_version", fail)
    with pytest.raises(CannotMove):
        move_to(target)
    engine = create_engine(target)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    counted = select(func.count()).select_from(Model.metadata.tables["user_account"])
    assert db.session.execute(counted).scalar() == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////tmp/other.sqlite3", "only to PostgreSQL"),
        ("mysql://db.example/groups", "must be a sqlite:/// or postgresql://"),
        ("postgresql://u:zqsecret@127.0.0.1:1/x", "OperationalError"),
    ],
)
def test_what_cannot_be_done_is_said_without_the_password(app, url, words):
    result = app.test_cli_runner().invoke(args=["move-to", url])
    assert result.exit_code == 1
    assert words in result.output
    assert "zqsecret" not in result.output
