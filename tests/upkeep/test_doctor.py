"""The doctor says that a healthy site is well, and finds each fault that is planted."""

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import text, update

from supportgroups.db import db, transaction
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.upkeep import checks
from tests.outbox.mail_server import MailServer


class Usage(NamedTuple):
    """How full a disk is."""

    free: int


@pytest.fixture
def set_up(application, monkeypatch):
    """Change settings of the site."""

    def set_up(**changes):
        config = replace(application.config["SETTINGS"], **changes)
        monkeypatch.setitem(application.config, "SETTINGS", config)

    return set_up


@pytest.fixture
def healthy(app, set_up, now, monkeypatch):
    """A site as it should be: settings for the internet, a worker that has just done something."""
    # The clock of the tests stands still, and that of PostgreSQL does not.
    monkeypatch.setattr(checks, "_clock_of_database", lambda: now)
    with transaction():
        enqueue("tests.letter", {}, key="done", now=now)
        db.session.execute(update(OutboxJob).values(state=JobState.DONE, finished_at=now))
    with MailServer() as server:
        set_up(
            development=False,
            base_url="https://groups.example",
            uid_domain="calendar.example",
            smtp_url=server.url,
        )
        yield server


@pytest.fixture
def doctor(app):
    """Let the doctor look; return the exit status and what is wrong, by what it is."""

    def doctor():
        result = app.test_cli_runner().invoke(args=["doctor"])
        lines = [line.split("  ", 1) for line in result.output.splitlines()]
        assert len(lines) == len(checks.LOOKS)
        wrong = dict(found.split(": ", 1) for mark, found in lines if mark == "WRONG")
        return result.exit_code, wrong

    return doctor


def test_a_healthy_site_is_well(healthy, doctor):
    assert doctor() == (0, {})
    assert healthy.connections == 1
    assert healthy.deliveries == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"development": True}, "SUPPORTGROUPS_DEVELOPMENT"),
        ({"base_url": "http://groups.example"}, "SUPPORTGROUPS_BASE_URL"),
        ({"mail_from": "Updates <updates@localhost>"}, "SUPPORTGROUPS_MAIL_FROM"),
        ({"uid_domain": "calendar.invalid"}, "SUPPORTGROUPS_UID_DOMAIN"),
    ],
)
def test_settings_that_a_site_must_not_have(healthy, doctor, set_up, changes, words):
    set_up(**changes)
    status, wrong = doctor()
    assert (status, list(wrong), words in wrong["settings"]) == (1, ["settings"], True)


def test_tables_of_another_version(healthy, doctor, application, monkeypatch):
    monkeypatch.setitem(application.config, "MIGRATION_HEAD", "9999_something")
    status, wrong = doctor()
    assert (status, list(wrong)) == (1, ["tables"])
    assert "db upgrade" in wrong["tables"]


# PostgreSQL lets nobody make one.
@pytest.mark.one_database("sqlite")
def test_a_row_that_refers_to_nothing(healthy, doctor):
    with db.engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        raw = connection.connection.driver_connection
        raw.rollback()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("UPDATE outbox_job SET group_id = 4711")
        raw.commit()
        connection.invalidate()
    status, wrong = doctor()
    assert (status, list(wrong)) == (1, ["database"])
    assert "1 rows refer to nothing, in outbox_job" in wrong["database"]


def let_the_last_sign_be(moment):
    with transaction():
        db.session.execute(update(OutboxJob).values(finished_at=moment))


def test_a_worker_that_is_gone(healthy, doctor, now):
    let_the_last_sign_be(now - checks.SIGN_OF_LIFE - timedelta(seconds=1))
    status, wrong = doctor()
    assert (status, list(wrong)) == (1, ["worker"])
    assert "is it running?" in wrong["worker"]


def test_a_worker_that_never_was(healthy, doctor):
    let_the_last_sign_be(None)
    assert "none has ever done anything" in doctor()[1]["worker"]


def test_a_worker_that_does_not_keep_up(healthy, doctor, now):
    due = now - checks.LONGEST_WAIT - timedelta(seconds=1)
    with transaction():
        enqueue("tests.letter", {}, key="waiting", now=now, due_at=due)
    assert "is one worker enough?" in doctor()[1]["worker"]


def test_letters_that_were_given_up(healthy, doctor, now):
    with transaction():
        enqueue("tests.letter", {}, key="given up", now=now)
        given_up = update(OutboxJob).where(OutboxJob.key == "given up")
        db.session.execute(given_up.values(state=JobState.DEAD, finished_at=now))
    assert doctor() == (
        1,
        {"letters": "1 were given up; `flask --app wsgi worker --status` says why"},
    )


def test_a_mail_server_that_is_not_there(healthy, doctor, set_up):
    with MailServer() as gone:
        pass
    set_up(smtp_url=gone.url)
    status, wrong = doctor()
    assert (status, wrong) == (
        1,
        {"mail server": "it does not take us: ConnectionRefusedError"},
    )


def test_no_mail_server(healthy, doctor, set_up):
    set_up(smtp_url=None)
    assert "no letter leaves" in doctor()[1]["mail server"]


def test_a_full_disk(healthy, doctor, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(checks.LEAST_SPACE - 1))
    assert list(doctor()[1]) == ["disk"]


def test_a_clock_that_went_back(healthy, doctor, now):
    let_the_last_sign_be(now + timedelta(hours=1))
    assert list(doctor()[1]) == ["clock"]


# SQLite has no clock of its own.
@pytest.mark.one_database("postgresql")
def test_a_database_with_another_clock(app, doctor):
    assert "are apart" in doctor()[1]["clock"]


def test_a_database_that_does_not_answer(healthy, doctor, monkeypatch):
    def refuse(*_arguments):
        raise checks.SQLAlchemyError

    monkeypatch.setattr(checks.outbox, "find_last_sign_of_life", refuse)
    assert doctor()[1]["worker"] == "the database does not answer: SQLAlchemyError"
