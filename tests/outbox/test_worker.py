"""The worker: what it does with each job, in a real database and the development mailbox."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask_babel import get_locale
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, is_in_transaction, transaction
from supportgroups.outbox import worker
from supportgroups.outbox.mail import Letter
from supportgroups.outbox.models import JobState
from supportgroups.outbox.services import leases
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.outbox.worker import Task, run_due_jobs, schedule_tasks
from tests.outbox.mail_server import PATIENCE

HOUR = timedelta(hours=1)


def in_threads(number, work):
    """Do the same in several threads that begin together; fail if one of them fails."""
    together = threading.Barrier(number)
    failures = []

    def run():
        try:
            together.wait(PATIENCE)
            work()
        except Exception as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []


class TestRunDueJobs:
    def test_it_writes_and_sends_what_is_due(self, ask, outbox, jobs, now):
        ask(1)
        ask(2)
        ask(3, due_at=now + HOUR)
        assert outbox.run() == 2
        assert [letter["To"] for letter in outbox.letters] == [
            "person1@example.org",
            "person2@example.org",
        ]
        assert [job.state for job in jobs()] == [JobState.DONE, JobState.DONE, JobState.WAITING]
        assert outbox.run(now=now + HOUR) == 1

    def test_it_stops_at_the_limit(self, ask, outbox, jobs, now):
        for number in range(3):
            ask(number)
        assert run_due_jobs(now, limit=2) == 2
        assert [job.leased_until for job in jobs()] == [None, None, None]
        assert len(outbox.letters) == 2

    def test_a_letter_without_reason_is_withdrawn(self, ask, registry, outbox, jobs):
        registry.letters["tests.gone"] = lambda payload, *, now: None
        ask(kind="tests.gone")
        outbox.run()
        assert jobs()[0].state is JobState.WITHDRAWN
        assert outbox.letters == []

    def test_the_state_is_looked_at_when_the_letter_leaves(self, ask, registry, outbox, now):
        is_cancelled = False

        def build(payload, *, now):
            text = "cancelled" if is_cancelled else "on"
            return Letter(to="sam@example.org", subject="You have an update", text=text)

        registry.letters["tests.state"] = build
        ask(kind="tests.state", due_at=now + HOUR)
        is_cancelled = True
        outbox.run(now=now + HOUR)
        assert outbox.letters[0].get_content() == "cancelled\n"

    def test_a_failure_is_told_by_its_kind_alone(self, ask, registry, outbox, jobs):
        def build(payload, *, now):
            raise LookupError("sam@example.org is not here")

        registry.letters["tests.broken"] = build
        ask(1, kind="tests.broken")
        ask(2)
        with capture_logs() as logs:
            assert outbox.run() == 2
        broken, fine = jobs()
        assert (broken.state, broken.last_error) == (JobState.WAITING, "LookupError")
        assert fine.state is JobState.DONE
        assert [entry["event"] for entry in logs] == ["outbox.failed"]
        assert "sam@" not in str(logs)

    def test_one_that_is_given_up_is_logged(self, ask, outbox, jobs, now):
        ask(kind="tests.unknown")
        with capture_logs() as logs:
            for _ in range(leases.MAX_ATTEMPTS):
                outbox.run(now=now)
                now = jobs()[0].due_at
        assert jobs()[0].state is JobState.DEAD
        assert logs[-1] == {
            "event": "outbox.dead",
            "log_level": "error",
            "job": jobs()[0].id,
            "kind": "tests.unknown",
            "error": "UnknownJob",
        }

    def test_one_that_ends_every_worker_is_given_up(self, ask, outbox, jobs, now):
        ask()
        for _ in range(leases.MAX_ATTEMPTS):
            assert leases.claim(now=now) is not None
            now += leases.LEASE
        outbox.run(now=now)
        assert (jobs()[0].state, jobs()[0].last_error) == (JobState.DEAD, "WorkerDied")
        assert outbox.letters == []

    def test_an_address_that_is_none_is_given_up_at_once(self, ask, registry, outbox, jobs):
        registry.letters["tests.bad"] = lambda payload, *, now: Letter(
            to="a@example.org, b@example.org", subject="You have an update", text=""
        )
        ask(kind="tests.bad")
        outbox.run()
        job = jobs()[0]
        assert (job.state, job.attempts, job.last_error) == (JobState.DEAD, 1, "Undeliverable")

    def test_a_site_without_mail_withdraws_letters_unwritten(
        self, ask, registry, use_smtp, outbox, jobs
    ):
        # Were it written, that would be a failure and no withdrawal.
        registry.letters["tests.letter"] = lambda payload, *, now: 1 / 0
        use_smtp(None)
        ask()
        outbox.run()
        assert (jobs()[0].state, jobs()[0].last_error) == (JobState.WITHDRAWN, "no mail server")

    def test_a_letter_that_was_sent_but_not_noted_is_sent_once_more_as_the_same(
        self, ask, outbox, jobs, now, monkeypatch
    ):
        ask()

        def fail(*_arguments, **_names):
            raise OperationalError("settle", {}, Exception())

        with monkeypatch.context() as failing:
            failing.setattr(leases, "settle_and_claim", fail)
            with pytest.raises(OperationalError):
                outbox.run()
        (first,) = outbox.letters
        later = now + leases.LEASE
        outbox.run(now=later)
        (second,) = outbox.letters
        assert first["Message-ID"] == second["Message-ID"]
        assert first["Date"] != second["Date"]
        assert jobs()[0].attempts == 2

    def test_each_letter_begins_in_english_and_outside_any_transaction(self, ask, registry, outbox):
        seen = []

        def build(payload, *, now):
            seen.append((str(get_locale()), is_in_transaction(), db.session().in_transaction()))

        registry.letters["tests.letter"] = build
        ask()
        outbox.run()
        assert seen == [("en_GB", False, False)]

    def test_two_letters_share_no_session(self, ask, registry, outbox):
        sessions = []
        registry.letters["tests.letter"] = lambda payload, *, now: sessions.append(db.session())
        ask(1)
        ask(2)
        outbox.run()
        assert sessions[0] is not sessions[1]
        assert db.session() not in sessions

    def test_workers_share_the_work_without_doing_anything_twice(self, app, ask, outbox, jobs, now):
        for number in range(30):
            ask(number)

        def work():
            with app.app_context():
                run_due_jobs(now)

        in_threads(4, work)
        assert {(job.state, job.attempts) for job in jobs()} == {(JobState.DONE, 1)}
        assert len(outbox.letters) == 30


class TestScheduleTasks:
    @pytest.fixture
    def calls(self, registry):
        """The moments at which the hourly task was done."""
        calls = []
        registry.tasks["tests.hourly"] = Task(lambda *, now: calls.append(now), HOUR)
        return calls

    def test_a_task_is_done_once_in_each_slot(self, calls, outbox, now):
        outbox.run_tasks(now=now)
        outbox.run_tasks(now=now + HOUR / 2)
        outbox.run_tasks(now=now + HOUR)
        assert calls == [now, now + HOUR]

    def test_slots_that_nobody_was_there_for_are_not_made_up_for(self, calls, outbox, now):
        outbox.run_tasks(now=now)
        outbox.run_tasks(now=now + 10 * HOUR)
        assert calls == [now, now + 10 * HOUR]

    def test_one_that_comes_too_late_leaves_it_to_the_next(self, calls, app, outbox, jobs, now):
        schedule_tasks(now)
        outbox.run_tasks(now=now + HOUR)
        assert calls == [now + HOUR]

    def test_only_its_last_slot_is_remembered(self, calls, ask, app, outbox, jobs, now):
        ask(1)
        for hours in range(3):
            schedule_tasks(now + hours * HOUR)
            outbox.run_tasks(now=now + hours * HOUR)
        assert [job.kind for job in jobs()] == ["tests.letter", "task:tests.hourly"]
        outbox.run_tasks(now=now + 2 * HOUR)
        assert calls == [now, now + HOUR, now + 2 * HOUR]

    def test_two_workers_make_one_job(self, app, calls, jobs, now):
        def work():
            with app.app_context():
                schedule_tasks(now)

        for hours in range(5):
            now += hours * HOUR
            in_threads(2, work)
        assert len(jobs()) == 5

    def test_a_task_that_fails_is_tried_again(self, registry, outbox, jobs, now):
        calls = []

        def fail_once(*, now):
            calls.append(now)
            if len(calls) == 1:
                raise LookupError

        registry.tasks["tests.daily"] = Task(fail_once, timedelta(days=1))
        outbox.run_tasks(now=now)
        assert jobs()[0].last_error == "LookupError"
        outbox.run_tasks(now=now + HOUR)
        assert jobs()[0].state is JobState.DONE

    def test_an_unknown_task_waits_for_a_worker_that_knows_it(self, ask, outbox, jobs):
        ask(kind="task:tests.unknown")
        outbox.run()
        assert (jobs()[0].state, jobs()[0].last_error) == (JobState.WAITING, "UnknownJob")

    def test_the_tasks_of_the_site_can_be_done(self, app, outbox, jobs, now):
        names = set(app.extensions["outbox"].tasks)
        assert outbox.run_tasks(now=now) == len(names)
        assert {job.kind.removeprefix("task:") for job in jobs()} == names
        assert {(job.state, job.last_error) for job in jobs()} == {(JobState.DONE, None)}


class TestWorkForEver:
    def test_it_does_what_is_due_until_it_is_told_to_stop(self, ask, registry, outbox, jobs):
        ask(1)
        ask(2)
        worker.work_for_ever(is_stopped=lambda: len(outbox.letters) >= 1)
        assert [job.state for job in jobs()] == [JobState.DONE, JobState.WAITING]
        assert [job.leased_until for job in jobs()] == [None, None]

    def test_it_sees_what_is_asked_for_later(self, ask, outbox):
        rounds = []

        def is_stopped():
            rounds.append(None)
            if len(rounds) == 3:
                ask()
            return len(outbox.letters) >= 1

        worker.work_for_ever(is_stopped=is_stopped, poll=0)
        assert len(rounds) > 3

    def test_it_sees_to_tasks_even_while_letters_keep_coming(
        self, registry, outbox, now, monkeypatch
    ):
        monkeypatch.setattr(worker, "ROUND", 3)
        written, done = [], []

        def ask_for_another(payload, *, now):
            written.append(payload)
            # Known from now on: it comes due while there is something to do.
            registry.tasks["tests.hourly"] = Task(lambda *, now: done.append(now), HOUR)
            with transaction():
                enqueue("tests.chain", {}, key=f"tests.chain:{len(written)}", now=now)

        registry.letters["tests.chain"] = ask_for_another
        with transaction():
            enqueue("tests.chain", {}, key="tests.chain:0", now=now)
        worker.work_for_ever(is_stopped=lambda: bool(done) or len(written) > 20)
        assert len(done) == 1

    def test_it_outlives_a_database_that_does_not_answer(self, ask, registry, outbox, monkeypatch):
        ask()
        claim, failures = leases.claim, [OperationalError("claim", {}, Exception())]

        def fail_once(**names):
            if failures:
                raise failures.pop()
            return claim(**names)

        monkeypatch.setattr(leases, "claim", fail_once)
        monkeypatch.setattr(worker, "PAUSE", 0)
        with capture_logs() as logs:
            worker.work_for_ever(is_stopped=lambda: len(outbox.letters) >= 1)
        assert [(entry["event"], entry["error"]) for entry in logs] == [
            ("outbox.unreachable", "OperationalError")
        ]

    def test_the_same_tasks_are_asked_for_once(self, registry, outbox, monkeypatch):
        asked = []
        monkeypatch.setattr(worker, "schedule_tasks", asked.append)
        registry.tasks["tests.hourly"] = Task(lambda *, now: None, HOUR)
        rounds = iter(range(5))
        worker.work_for_ever(is_stopped=lambda: next(rounds) == 4, poll=0)
        assert len(asked) == 1


def test_a_change_by_a_job_is_seen_afterwards(app, registry, outbox, now, make_user):
    user = make_user("Sam")

    def build(payload, *, now):
        with transaction():
            person = db.session.get(UserAccount, payload["user_id"])
            person.display_name = "Sam again"

    registry.letters["tests.change"] = build
    with transaction():
        enqueue("tests.change", {"user_id": user.id}, key="tests.change", now=now)
    outbox.run()
    assert user.display_name == "Sam again"


class TestPace:
    @pytest.fixture
    def many(self, ask, registry, application, monkeypatch):
        """Ask for 25 letters to one domain and then one to another, on a site in no hurry."""
        config = replace(application.config["SETTINGS"], mail_pace=60)
        monkeypatch.setitem(application.config, "SETTINGS", config)
        registry.letters["tests.elsewhere"] = lambda payload, *, now: Letter(
            to="someone@example.com", subject="You have an update", text=""
        )
        for number in range(25):
            ask(number)
        ask(kind="tests.elsewhere")

    def test_letters_to_one_domain_take_turns_and_others_pass_them_by(self, many, outbox, now):
        outbox.run()
        readers = [f"person{number}@example.org" for number in range(25)]
        assert [letter["To"] for letter in outbox.letters] == [
            *readers[:20],
            "someone@example.com",
        ]
        outbox.run(now=now + timedelta(seconds=2))
        assert {letter["To"] for letter in outbox.letters} - set(readers[:20]) == {
            "someone@example.com",
            *readers[20:22],
        }
        # They have their turns, even if the worker slept through them.
        outbox.run(now=now + HOUR)
        assert len(outbox.letters) == 26

    def test_waiting_for_a_turn_is_no_failure(self, many, outbox, jobs):
        outbox.run()
        waiting = [job for job in jobs() if job.state is JobState.WAITING]
        assert [(job.attempts, job.last_error, job.leased_until) for job in waiting] == [
            (0, None, None)
        ] * 5

    def test_somebody_who_waits_for_a_link_does_not_queue(self, many, ask, registry, outbox):
        registry.letters["tests.link"] = lambda payload, *, now: Letter(
            to="sam@example.org", subject="Your link", text="", is_asked_for=True
        )
        outbox.run()
        ask(kind="tests.link")
        outbox.run()
        assert outbox.letters[-1]["To"] == "sam@example.org"
