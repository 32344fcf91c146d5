import json

import pytest
import structlog
from sqlalchemy import text

from supportgroups.app import create_app
from supportgroups.db import db
from tests.conftest import make_config


def test_it_is_alive(plain_app):
    response = plain_app.test_client().get("/healthz")
    assert (response.text, response.mimetype) == ("ok\n", "text/plain")


class TestReady:
    def test_it_is_ready_with_the_tables_of_this_version(self, browser):
        response = browser.get("/readyz")
        assert (response.status_code, response.text) == (200, "ready\n")

    def test_it_is_not_with_those_of_another(self, browser, app):
        with db.engine.begin() as connection:
            head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            connection.execute(text("UPDATE alembic_version SET version_num = 'another'"))
        try:
            response = browser.get("/readyz")
        finally:
            with db.engine.begin() as connection:
                connection.execute(
                    text("UPDATE alembic_version SET version_num = :head"), {"head": head}
                )
        assert response.status_code == 503
        assert "db upgrade" in response.text

    def test_it_is_not_without_a_database(self, plain_app):
        response = plain_app.test_client().get("/readyz")
        assert response.status_code == 503
        assert "does not answer" in response.text


class TestRobots:
    def test_personal_pages_are_no_use_to_robots(self, plain_app):
        lines = plain_app.test_client().get("/robots.txt").text.splitlines()
        for path in ("/my", "/account", "/sign-in", "/sign-up", "/invitations/"):
            assert f"Disallow: {path}" in lines

    def test_calendars_stay_readable_for_importers(self, plain_app):
        text = plain_app.test_client().get("/robots.txt").text
        refused = [line.partition(": ")[2] for line in text.splitlines() if "Disallow" in line]
        for path in ("/calendar.ics", "/groups/x/calendar.ics", "/calendar/x.ics", "/sessions/x"):
            assert not [prefix for prefix in refused if path.startswith(prefix)]


class TestLog:
    @pytest.fixture
    def log(self, tmp_path, capsys):
        """Open an address of a public site, and return what it logs."""
        before = structlog.get_config()
        app = create_app(make_config(tmp_path, DEVELOPMENT="0"))

        def log(path):
            app.test_client().get(path)
            return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

        yield log
        structlog.configure(**before)

    def test_a_request_is_one_line(self, log):
        (line,) = log("/healthz")
        assert (line["event"], line["endpoint"]) == ("request", "operations.healthz")
        assert (line["method"], line["status"]) == ("GET", 200)
        assert line["milliseconds"] >= 0

    @pytest.mark.parametrize("path", ["/canary", "/invitations/canary", "/calendar/canary.ics"])
    def test_a_secret_in_an_address_is_never_logged(self, log, path):
        lines = log(path)
        assert lines
        assert "canary" not in json.dumps(lines)
