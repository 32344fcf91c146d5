"""Nobody learns from our answers who has an account, and no secret stays anywhere."""

import json
import re
from contextlib import contextmanager

import pytest
import structlog
from sqlalchemy import event, inspect, select, text

from supportgroups.accounts import passwords
from supportgroups.accounts.models import SignInLink
from supportgroups.db import db
from supportgroups.outbox.models import OutboxJob
from tests.accounts.conftest import GOOD_PASSWORD
from tests.browser_client import Browser

#: As long as the known one, so that nothing but knowledge can make a difference.
KNOWN, UNKNOWN = "sam@example.org", "zoe@example.org"

WAYS = {
    "sign up": ("/sign-up", {"display_name": "Robin", "password": GOOD_PASSWORD}),
    "sign up without a password": ("/sign-up", {"display_name": "Robin", "password": ""}),
    "sign in": ("/sign-in", {"password": "not the password"}),
    "ask for a link": ("/sign-in/link", {}),
    "sign up badly": ("/sign-up", {"display_name": "", "password": "password12"}),
    "ask badly": ("/sign-in", {"password": ""}),
}


def answer_to(app, way, email):
    """Return all that a browser learns, without what differs for each form: its token."""
    path, form = WAYS[way]
    browser = Browser(app)
    response = browser.post(path, form | {"email": email})
    headers = [(name, value) for name, value in response.headers if name != "Set-Cookie"]
    body = re.sub(rb'(name="csrf_token" value=")[^"]+', rb"\1", response.data)
    pages = [response.status_code, headers, body.replace(email.encode(), b"")]
    if response.location:
        pages.append(browser.get(response.location).data)
    with browser.client.session_transaction() as session:
        pages.append(sorted(session))
    return pages


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("way", WAYS)
class TestWhoHasAnAccount:
    def test_the_answer_is_the_same_byte_for_byte(self, app, way):
        assert answer_to(app, way, KNOWN) == answer_to(app, way, UNKNOWN)

    def test_the_same_is_written(self, app, way):
        answer_to(app, way, "amy@example.org")  # Begins the counting of this caller.
        counts = []
        for email in (KNOWN, UNKNOWN):
            before = count_rows()
            answer_to(app, way, email)
            after = count_rows()
            counts.append({table: after[table] - before[table] for table in after})
        assert counts[0] == counts[1]

    def test_the_same_is_asked_of_the_database(self, app, way, count_statements):
        counts = []
        for email in (KNOWN, UNKNOWN):
            with count_statements() as statements:
                answer_to(app, way, email)
            counts.append([" ".join(statement.split()[:3]) for statement in statements])
        assert counts[0] == counts[1]

    def test_the_same_is_hashed(self, app, way, monkeypatch):
        passwords.verify(None, "warm")
        seen = []

        class Watched(passwords.PasswordHasher):
            def hash(self, password):
                seen.append("hash")
                return super().hash(password)

            def verify(self, kept, password):
                seen.append("verify")
                return super().verify(kept, password)

        monkeypatch.setattr(
            passwords, "_hasher", Watched(time_cost=1, memory_cost=8, parallelism=1)
        )
        counts = []
        for email in (KNOWN, UNKNOWN):
            seen.clear()
            answer_to(app, way, email)
            counts.append(list(seen))
        assert counts[0] == counts[1]


def count_rows():
    db.session.rollback()
    names = [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"]
    return {
        name: db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
        for name in names
    }


@pytest.fixture
def count_statements():
    """Collect the statements that are sent while a block runs."""

    @contextmanager
    def collect():
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def log_events(app):
    """All that is logged from now on, whatever its level."""
    seen = []

    def note(_logger, _name, event):
        seen.append(dict(event))
        raise structlog.DropEvent

    usual = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, note],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    yield seen
    structlog.configure(**usual)


class TestSecrets:
    @pytest.fixture
    def secrets(self, browser, cast, next_link):
        """What the whole story of a person leaves behind in their hands."""
        found = [GOOD_PASSWORD, "another kettle sings"]
        form = {"display_name": "Robin", "email": "robin@example.org", "password": GOOD_PASSWORD}
        browser.post("/sign-up", form | {"next": "/invitations/secret-of-an-invitation"})
        link = next_link()
        found += [link.rpartition("/")[2], "secret-of-an-invitation"]
        browser.get(link)
        browser.post(link)
        browser.post("/sign-in/link", form)
        link = next_link()
        found.append(link.rpartition("/")[2])
        browser.get(link)
        browser.post(link)
        with browser.client.session_transaction() as session:
            found.append(session["_user_id"])
        browser.post("/account/password", {"new": "another kettle sings"})
        browser.post("/account/email", {"email": "new@example.org", "present": found[1]})
        link = next_link()
        found.append(link.rpartition("/")[2])
        browser.get(link)
        browser.post(link)
        browser.post("/sign-in", {"email": "wrong@example.org", "password": "wrong password"})
        browser.get("/sign-up/broken-link")
        return [*found, "robin@example.org", "wrong@example.org", "wrong password", "broken-link"]

    def test_none_is_in_the_outbox(self, secrets, cast):
        jobs = db.session.execute(select(OutboxJob)).scalars().all()
        assert len(jobs) >= 5
        for job in jobs:
            written = json.dumps([job.key, job.kind, job.payload, job.last_error])
            for secret in secrets:
                assert secret not in written, job.kind

    def test_none_is_in_the_log(self, log_events, capfd, request):
        secrets = request.getfixturevalue("secrets")
        assert any(event.get("endpoint") == "accounts.confirm_sign_up" for event in log_events)
        out, err = capfd.readouterr()
        for secret in secrets:
            assert secret not in repr(log_events)
            assert secret not in out + err

    def test_links_and_devices_are_kept_as_hashes_alone(self, secrets):
        db.session.rollback()
        names = [name for name in inspect(db.engine).get_table_names() if name != "outbox_job"]
        everything = " ".join(
            repr(row)
            for name in names
            for row in db.session.execute(text(f"SELECT * FROM {name}")).all()
        )
        for secret in secrets[:-4]:
            assert secret not in everything
        assert db.session.execute(select(SignInLink)).first() is None
