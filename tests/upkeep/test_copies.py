"""Copies: made while people write, refused where they would do harm, put back whole."""

import sqlite3
import stat
import threading
from contextlib import closing

import pytest
from sqlalchemy import func, make_url, select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.upkeep import copies
from supportgroups.upkeep.copies import CopyFailed, back_up, put_back
from tests.factories import LONG_AGO, make_user

COPIES = 20


@pytest.fixture
def run(app):
    """Run a command; return its exit status and what it prints."""

    def run(*arguments):
        result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
        return result.exit_code, result.output

    return run


def names():
    """Return who is there, read anew."""
    db.session.rollback()
    return sorted(db.session.execute(select(UserAccount.display_name)).scalars())


class TestBackup:
    def test_it_can_be_put_back(self, live_app, run, cast, tmp_path):
        file = tmp_path / "copy"
        status, printed = run("backup", file)
        assert (status, "and checked" in printed) == (0, True)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        make_user("Mira")
        status, printed = run("restore", file, "--overwrite")
        assert (status, printed.splitlines()[0]) == (0, f"Put back from {file}.")
        assert "Mira" not in names()
        assert "Sam" in names()
        make_user("Nia")
        assert "Nia" in names()

    def test_a_file_that_is_there_is_kept(self, run, tmp_path):
        file = tmp_path / "copy"
        file.write_text("precious")
        status, printed = run("backup", file)
        assert (status, "There is a file" in printed) == (1, True)
        assert file.read_text() == "precious"

    def test_a_folder_that_is_not_there(self, run, tmp_path):
        status, printed = run("backup", tmp_path / "nowhere" / "copy")
        assert (status, "cannot be written to" in printed) == (1, True)

    def test_a_failure_leaves_nothing_behind(self, app, tmp_path, monkeypatch):
        def fail(*_arguments):
            raise CopyFailed("no")

        monkeypatch.setattr(copies, "check_file", fail)
        monkeypatch.setattr(copies, "_run", fail)
        with pytest.raises(CopyFailed):
            back_up(tmp_path / "copy")
        assert list(tmp_path.iterdir()) == []

    # pg_dump copies rows, never the space of erased ones.
    @pytest.mark.one_database("sqlite")
    def test_what_was_erased_is_not_in_it(self, live_app, tmp_path):
        make_user("zqcanary")
        with transaction():
            db.session.delete(db.session.execute(select(UserAccount)).scalar_one())
        back_up(tmp_path / "copy")
        assert b"zqcanary" not in (tmp_path / "copy").read_bytes()

    # PostgreSQL's own program has tests of its own.
    @pytest.mark.one_database("sqlite")
    def test_while_people_write_each_copy_is_whole(self, live_app, tmp_path):
        is_over = threading.Event()

        def write():
            with live_app.app_context():
                while not is_over.is_set():
                    with transaction():
                        # Both or none: a torn copy would hold one without the other.
                        db.session.add_all([a_person("left"), a_person("right")])
                db.session.remove()

        writers = [threading.Thread(target=write) for _ in range(2)]
        for writer in writers:
            writer.start()
        try:
            files = [tmp_path / str(number) for number in range(COPIES)]
            for file in files:
                back_up(file)
        finally:
            is_over.set()
            for writer in writers:
                writer.join(30)
        numbers = [count_in(file) for file in files]
        assert [left - right for left, right in numbers] == [0] * COPIES
        assert numbers == sorted(numbers)
        assert numbers[-1] > numbers[0]
        put_back(files[0], is_overwriting=True)
        assert live_app.test_client().get("/readyz").status_code == 200
        assert db.session.execute(select(func.count(UserAccount.id))).scalar() == sum(numbers[0])


def a_person(name):
    person = UserAccount(display_name=name, time_zone="Europe/London")
    person.created_at = person.calendar_revised_at = LONG_AGO
    return person


def count_in(file):
    """Return how many lefts and rights are in a copy, which has to be whole."""
    copies.check_file(file)
    with closing(sqlite3.connect(file)) as copy:
        counted = "SELECT count(*) FROM user_account WHERE display_name = ?"
        left, right = (copy.execute(counted, (name,)).fetchone()[0] for name in ("left", "right"))
        return left, right


class TestRestore:
    def test_a_database_with_something_in_it_is_left_alone(self, live_app, run, cast, tmp_path):
        back_up(tmp_path / "copy")
        make_user("Mira")
        status, printed = run("restore", tmp_path / "copy")
        assert (status, "The database is not empty" in printed) == (1, True)
        assert "Mira" in names()

    def test_an_empty_one_is_filled(self, live_app, database, run, cast, tmp_path):
        back_up(tmp_path / "copy")
        db.session.remove()
        database.empty()
        assert names() == []
        assert run("restore", tmp_path / "copy")[0] == 0
        assert names() == ["Kofi", "Ola", "Rosa", "Sam", "Stan"]

    @pytest.mark.parametrize("content", [b"", b"no database at all", None])
    def test_what_is_no_copy_changes_nothing(self, live_app, run, cast, tmp_path, content):
        if content is not None:
            (tmp_path / "copy").write_bytes(content)
        status, printed = run("restore", tmp_path / "copy", "--overwrite")
        assert (status, printed.startswith("Error: ")) == (1, True)
        assert "Sam" in names()

    def test_a_broken_copy_changes_nothing(self, live_app, run, cast, tmp_path):
        back_up(tmp_path / "copy")
        content = bytearray((tmp_path / "copy").read_bytes())
        middle = len(content) // 2
        content[middle : middle + 9000] = b"\xff" * 9000
        (tmp_path / "copy").write_bytes(content[: middle + 20000])
        status, _printed = run("restore", tmp_path / "copy", "--overwrite")
        assert status == 1
        assert "Sam" in names()

    @pytest.mark.one_database("postgresql")
    def test_a_missing_program_is_named(self, live_app, run, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        status, printed = run("backup", tmp_path / "copy")
        assert (status, "pg_dump is not installed here" in printed) == (1, True)

    def test_no_password_is_on_the_command_line(self):
        url = make_url("postgresql+psycopg://ola:secret@db.example:5433/groups?sslmode=require")
        assert copies._pg_environ(url) == {
            "PGHOST": "db.example",
            "PGPORT": "5433",
            "PGUSER": "ola",
            "PGPASSWORD": "secret",
            "PGDATABASE": "groups",
            "PGSSLMODE": "require",
        }
