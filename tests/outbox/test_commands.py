"""The command `flask --app wsgi worker`."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from supportgroups.clock import utc_now
from supportgroups.db import transaction
from supportgroups.outbox.models import JobState
from supportgroups.outbox.services.jobs import enqueue_many
from supportgroups.outbox.worker import Task
from tests.outbox.mail_server import PATIENCE, MailServer
from tests.outbox.worker_process import site_environ

SECOND = timedelta(seconds=1)


@pytest.fixture
def command(app, registry):
    """Give the command its options; return what it prints."""

    def command(*options):
        result = app.test_cli_runner().invoke(args=["worker", *options])
        assert result.exit_code == 0, result.output
        return result.output

    return command


class TestOnce:
    def test_it_does_what_is_due_and_the_tasks(self, command, ask, registry, outbox, now):
        done = []
        registry.tasks["tests.daily"] = Task(lambda *, now: done.append(now), timedelta(days=1))
        ask()
        assert command("--once") == "Jobs taken in hand: 2\n"
        assert len(outbox.letters) == 1
        assert done == [now]


class TestStatus:
    def test_it_counts(self, command, ask, outbox, now):
        ask(1)
        outbox.run()
        ask(2, due_at=now - 90 * SECOND)
        assert command("--status").splitlines() == [
            "       1 waiting",
            "       1 done",
            "       0 withdrawn",
            "       0 dead",
            "Letters that left in the last minute: 1",
            "A worker last finished something 0 s ago.",
            "The oldest one has been due for 90 s.",
        ]

    def test_it_tells_what_is_dead_and_never_an_address(self, command, ask, mail_server, outbox):
        mail_server.refusals["RCPT"] = ["550 person1@example.org is unknown"]
        ask(1)
        outbox.run()
        printed = command("--status")
        assert "       1 tests.letter: AddressFails 550\n" in printed
        assert "@" not in printed


class TestRetryDead:
    def test_it_works(self, command, ask, mail_server, outbox, jobs):
        mail_server.refusals["RCPT"] = ["550 unknown"]
        ask(1)
        outbox.run()
        assert command("--retry-dead") == "Dead jobs that wait again: 1\n"
        outbox.run()
        assert jobs()[0].state is JobState.DONE


def test_options_exclude_each_other(app):
    result = app.test_cli_runner().invoke(args=["worker", "--once", "--status"])
    assert result.exit_code == 2
    assert "Give one of" in result.output


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_finishes_the_letter_in_hand(live_app, jobs, ending):
    is_in_hand, may_go_on = threading.Event(), threading.Event()

    def hold(_delivery):
        is_in_hand.set()
        may_go_on.wait(PATIENCE)

    with transaction():
        letters = [(str(number), {"number": number}) for number in (1, 2)]
        enqueue_many("tests.letter", letters, now=utc_now())
    with MailServer(on_letter=hold) as server:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.outbox.worker_process"],
            env=site_environ(live_app.config["SETTINGS"], server.url),
        )
        try:
            assert is_in_hand.wait(PATIENCE)
            worker.send_signal(ending)
            may_go_on.set()
            assert worker.wait(PATIENCE) == 0
        finally:
            worker.kill()
            worker.wait(PATIENCE)
    assert len(server.deliveries) == 1
    assert [job.state for job in jobs()] == [JobState.DONE, JobState.WAITING]
