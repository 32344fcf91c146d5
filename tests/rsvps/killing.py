"""A site whose server and worker are killed in a storm of answers, and what must be true afterwards.

People press again with the same form when they hear nothing, as a browser does. Half of them say
later that they cannot come after all, which moves others up and writes letters.
"""

import http.client
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select, text

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.form_keys import UsedFormKey
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps.models import Rsvp, RsvpStatus
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
#: How often they are answered: one half presses once, the other three times.
ANSWERS = PEOPLE // 2 + 3 * (PEOPLE // 2)
ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
#: How long somebody waits before they press again, in seconds.
PATIENCE = 0.2


class MortalSite:
    """A server and a worker at one address, which can die and come back."""

    def __init__(self, application: Flask) -> None:
        self.application = application
        self.port = free_port()
        #: After how many seconds it answered again, for each time that it was killed.
        self.back_after: list[float] = []
        self.start()

    def start(self) -> None:
        """Start both, and wait until the server answers."""
        self.server = start_server(self.application, self.port, workers=2, threads=8, preload=True)
        log = self.application.config["SETTINGS"].data_dir / "worker.log"
        self.worker: subprocess.Popen[bytes] = start_worker(
            self.application, log, base_url=self.server.base_url
        )
        wait_until_ready(self.server)

    def kill(self) -> None:
        """Let both die at once, without a word."""
        kill(self.worker)
        kill(self.server.process)

    def kill_and_start(self) -> None:
        """Let both die, and come back."""
        died_at = time.monotonic()
        self.kill()
        self.start()
        self.back_after.append(time.monotonic() - died_at)


class Crowd:
    """Sixty people; the site dies when so many of their answers have been acknowledged.

    :param kill_after: each of these numbers of answers, up to `ANSWERS`, costs the site its life
    """

    def __init__(self, site: MortalSite, *, kill_after: Collection[int]) -> None:
        self.site = site
        self.kill_after = kill_after
        self.lock = threading.Lock()
        self.acknowledged = 0
        #: How often somebody heard nothing and pressed again.
        self.repeated = 0

    def come(self) -> Iterator[str]:
        """Let everybody press; tell whatever is wrong when all have been answered."""
        group_session = make_popular_session()
        self.path = f"/sessions/{group_session.public_id}/rsvp"
        passes = make_passes(self.site.application, group_session, PEOPLE)
        with ThreadPoolExecutor(16) as pool:
            said = list(pool.map(self._decide, range(PEOPLE), passes))
        if not self.repeated:
            yield "nobody was hit"
        yield from lost_or_doubled(said)
        yield from damage()

    def _decide(self, number: int, somebody: Pass) -> RsvpStatus:
        """Say yes; every second person changes their mind. Return the last answer acknowledged."""
        self._press(somebody, ACCEPTED, f"first form of {number}")
        if number % 2:
            return ACCEPTED
        self._press(somebody, DECLINED, f"second form of {number}")
        # A form that is stuck somewhere arrives once more, long after it was answered.
        self._press(somebody, ACCEPTED, f"first form of {number}")
        return DECLINED

    def _press(self, somebody: Pass, status: RsvpStatus, form_key: str) -> None:
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
            self._count()
            return
        raise AssertionError("the site did not come back")

    def _count(self) -> None:
        with self.lock:
            self.acknowledged += 1
            if self.acknowledged in self.kill_after:
                self.site.kill_and_start()


def lost_or_doubled(said: Sequence[RsvpStatus]) -> Iterator[str]:
    """Tell which answers are not as they were acknowledged.

    :param said: what each person heard last, in the order of their accounts
    """
    found = answers_by_status()
    people = db.session.execute(select(UserAccount.id).order_by(UserAccount.id)).scalars()
    declined = {person for person, status in zip(people, said, strict=True) if status is DECLINED}
    numbers = {
        "say no": (len(found[DECLINED]), len(declined)),
        "have a place": (len(found[ACCEPTED]), PLACES),
        "wait": (len(found[WAITLISTED]), PEOPLE - len(declined) - PLACES),
        "answers stand": (count(Rsvp.id), PEOPLE),
        "forms were used": (count(UsedFormKey.key), PEOPLE + len(declined)),
    }
    for what, (are, ought) in numbers.items():
        if are != ought:
            yield f"{are} {what} instead of {ought}"
    if {rsvp.user_id for rsvp in found[DECLINED]} != declined:
        yield "others say no than those who said so"
    if not count(OutboxJob.id, OutboxJob.kind == "rsvps.promoted"):
        yield "nobody was told that they moved up"


def count(column: object, *conditions: object) -> int:
    """Return how many rows there are."""
    return db.session.execute(select(func.count(column)).where(*conditions)).scalar_one()


def damage() -> Iterator[str]:
    """Let SQLite look over its file; PostgreSQL has constraints that nothing can switch off."""
    if db.engine.dialect.name == "sqlite":
        for question in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
            rows = [tuple(row) for row in db.session.execute(text(question))]
            if rows not in ([("ok",)], []):
                yield f"{question} says {rows}"
