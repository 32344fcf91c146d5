"""The server and the worker are killed in a storm of answers: what was acknowledged is kept.

People press again with the same form when they hear nothing, as a browser does. Half of them say
later that they cannot come after all, which moves others up and writes letters.
"""

import http.client
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.form_keys import UsedFormKey
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession
from tests.rsvps.storm import PLACES, answers_by_status, make_passes, make_popular_session
from tests.server import (
    DEADLINE_SECONDS,
    Pass,
    free_port,
    kill,
    request,
    start_server,
    start_worker,
    wait_until_ready,
)

PEOPLE = 60
ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
#: After so many acknowledged answers everything is killed.
KILL_AFTER = (15, 45)
#: How long somebody waits before they press again, in seconds.
PATIENCE = 0.2


class Site:
    """A server and a worker at one address, which can die and come back."""

    def __init__(self, application: Flask) -> None:
        self.application = application
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self.server = start_server(self.application, self.port, workers=2, threads=8)
        log = self.application.config["SETTINGS"].data_dir / "worker.log"
        self.worker: subprocess.Popen[bytes] = start_worker(
            self.application, log, base_url=self.server.base_url
        )

    def kill(self) -> None:
        kill(self.worker)
        kill(self.server.process)


@pytest.fixture
def site(live_app: Flask) -> Iterator[Site]:
    """The site, ready."""
    site = Site(live_app)
    wait_until_ready(site.server)
    yield site
    site.kill()


class Crowd:
    """Counts what was acknowledged, and lets the site die at certain counts."""

    def __init__(self, site: Site, group_session: GroupSession) -> None:
        self.site = site
        self.path = f"/sessions/{group_session.public_id}/rsvp"
        self.lock = threading.Lock()
        self.acknowledged = 0
        self.repeated = 0

    def decide(self, number: int, somebody: Pass) -> RsvpStatus:
        """Say yes; every second person changes their mind. Return the last answer acknowledged."""
        self.press(somebody, ACCEPTED, f"first form of {number}")
        if number % 2:
            return ACCEPTED
        self.press(somebody, DECLINED, f"second form of {number}")
        # A form that is stuck somewhere arrives once more, long after it was answered.
        self.press(somebody, ACCEPTED, f"first form of {number}")
        return DECLINED

    def press(self, somebody: Pass, status: RsvpStatus, form_key: str) -> None:
        """Press until there is an answer, each time with the same form."""
        form = {"status": status.value, "csrf_token": somebody.csrf_token, "form_key": form_key}
        gives_up_at = time.monotonic() + 4 * DEADLINE_SECONDS
        while time.monotonic() < gives_up_at:
            try:
                answer = request(
                    self.site.server, "POST", self.path, form=form, headers=somebody.headers
                )
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.repeated += 1
                time.sleep(PATIENCE)
                continue
            assert answer.status == 303
            self.count()
            return
        raise AssertionError("the site did not come back")

    def count(self) -> None:
        with self.lock:
            self.acknowledged += 1
            if self.acknowledged in KILL_AFTER:
                self.site.kill()
                self.site.start()


def test_what_was_acknowledged_is_kept_and_nothing_is_doubled(live_app: Flask, site: Site) -> None:
    group_session = make_popular_session()
    passes = make_passes(live_app, group_session, PEOPLE)
    crowd = Crowd(site, group_session)
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(crowd.decide, range(PEOPLE), passes))
    assert crowd.repeated > 0, "nobody was hit"

    found = answers_by_status()
    people = list(db.session.execute(select(UserAccount.id).order_by(UserAccount.id)).scalars())
    declined = {rsvp.user_id for rsvp in found[DECLINED]}
    assert declined == {
        person for person, status in zip(people, said, strict=True) if status is DECLINED
    }
    assert len(found[ACCEPTED]) == PLACES
    assert len(found[WAITLISTED]) == PEOPLE - len(declined) - PLACES
    assert count(Rsvp.id) == PEOPLE
    assert count(UsedFormKey.key) == PEOPLE + len(declined)
    assert count(OutboxJob.id, OutboxJob.kind == "rsvps.promoted") >= 1
    look_for_damage()


def count(column: object, *conditions: object) -> int:
    return db.session.execute(select(func.count(column)).where(*conditions)).scalar_one()


def look_for_damage() -> None:
    """Let SQLite look over its file; PostgreSQL has constraints that nothing can switch off."""
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
