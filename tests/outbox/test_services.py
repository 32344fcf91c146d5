"""Asking for jobs, taking them in hand, and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.outbox.models import DayCount, JobState, OutboxJob
from supportgroups.outbox.services import history, leases
from supportgroups.outbox.services import jobs as asking
from supportgroups.outbox.services.jobs import enqueue, enqueue_many
from supportgroups.outbox.services.leases import Outcome, claim, settle

SECOND = timedelta(seconds=1)
DONE = Outcome(JobState.DONE)
FAILED = Outcome(JobState.WAITING, "Trouble")


class TestEnqueue:
    def test_it_works(self, app, jobs, now):
        with transaction():
            enqueue("tests.letter", {"number": 1}, key="one", now=now)
        (job,) = jobs()
        assert (job.kind, job.payload, job.key) == ("tests.letter", {"number": 1}, "one")
        assert (job.state, job.attempts) == (JobState.WAITING, 0)
        assert (job.created_at, job.due_at) == (now, now)

    def test_it_may_be_due_later(self, app, jobs, now):
        with transaction():
            enqueue("tests.letter", {}, key="one", now=now, due_at=now + SECOND)
        assert jobs()[0].due_at == now + SECOND

    def test_a_change_that_fails_leaves_no_job(self, app, jobs, now):
        @transaction()
        def change():
            enqueue("tests.letter", {}, key="one", now=now)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            change()
        assert jobs() == []

    def test_it_needs_a_change(self, app, now):
        with pytest.raises(RuntimeError, match="belongs to a change"):
            enqueue("tests.letter", {}, key="one", now=now)

    def test_it_belongs_to_the_group_that_it_names(self, app, jobs, now, cast):
        payload = {"group_id": cast.group.id}
        with transaction():
            enqueue("tests.letter", payload, key="1", now=now)
            enqueue("tests.letter", {}, key="2", now=now)
            enqueue_many("tests.letter", [("3", payload), ("4", {})], now=now)
        assert [job.group_id for job in jobs()] == [cast.group.id, None, cast.group.id, None]

    def test_the_same_key_makes_one_job(self, app, jobs, now):
        for number in (1, 2):
            with transaction():
                enqueue("tests.letter", {"number": number}, key="one", now=now)
        assert [job.payload for job in jobs()] == [{"number": 1}]

    def test_the_same_key_makes_one_job_within_a_change(self, app, jobs, now):
        with transaction():
            enqueue("tests.letter", {"number": 1}, key="one", now=now)
            enqueue("tests.letter", {"number": 2}, key="one", now=now)
        assert [job.payload for job in jobs()] == [{"number": 1}]

    def test_a_job_that_was_done_is_not_repeated(self, ask, outbox):
        ask(1)
        assert outbox.run() == 1
        ask(1)
        assert outbox.run() == 0


class TestEnqueueMany:
    def test_it_is_like_asking_for_each(self, app, jobs, now):
        payload = {"text": 'it\'s "so" – ünï\\', "deep": {"list": [1, None, True, 0.5]}}
        with transaction():
            enqueue("tests.letter", payload, key="it's 1", now=now, due_at=now + SECOND)
            many = [("it's 2", payload)]
            enqueue_many("tests.letter", many, now=now, due_at=now + SECOND)
        one, other = ({**vars(job)} for job in jobs())
        for job in (one, other):
            del job["_sa_instance_state"], job["id"], job["key"]
        assert one == other
        assert one["payload"] == payload

    def test_keys_that_are_known_are_left_out(self, app, jobs, now):
        with transaction():
            enqueue("tests.letter", {"number": 1}, key="1", now=now)
            enqueue_many("tests.letter", ((str(n), {"number": n}) for n in (1, 2, 2)), now=now)
            enqueue_many("tests.letter", [], now=now)
        assert [job.payload["number"] for job in jobs()] == [1, 2]

    def test_any_number_in_the_order_given(self, app, jobs, now):
        number = 2 * asking.PART + 1
        with transaction():
            enqueue_many("tests.letter", ((str(n), {"number": n}) for n in range(number)), now=now)
        assert [job.payload["number"] for job in jobs()] == list(range(number))

    def test_it_needs_a_change(self, app, now):
        with pytest.raises(RuntimeError, match="belongs to a change"):
            enqueue_many("tests.letter", [], now=now)


class TestClaim:
    def test_the_one_due_for_longest_comes_first(self, ask, now):
        ask(1)
        ask(2, due_at=now - SECOND)
        ask(3)
        claimed = [claim(now=now) for _ in range(4)]
        assert [job and job.payload["number"] for job in claimed] == [2, 1, 3, None]

    def test_one_that_is_not_due_stays(self, ask, now):
        ask(due_at=now + SECOND)
        assert claim(now=now) is None
        assert claim(now=now + SECOND) is not None

    def test_nobody_else_takes_it_while_the_lease_lasts(self, ask, now):
        ask()
        assert claim(now=now) is not None
        assert claim(now=now + leases.LEASE - SECOND) is None

    def test_it_is_taken_again_when_the_lease_has_run_out(self, ask, now):
        ask()
        first = claim(now=now)
        second = claim(now=now + leases.LEASE)
        assert (first.attempts, second.attempts) == (1, 2)
        assert first.id == second.id

    def test_a_task_may_take_longer(self, ask, now):
        ask(kind="task:tests")
        assert claim(now=now) is not None
        assert claim(now=now + leases.TASK_LEASE - SECOND) is None
        assert claim(now=now + leases.TASK_LEASE) is not None

    @pytest.mark.parametrize("state", [JobState.DONE, JobState.WITHDRAWN, JobState.DEAD])
    def test_finished_jobs_are_left_alone(self, ask, now, state):
        ask()
        settle(claim(now=now), Outcome(state), now=now)
        assert claim(now=now + timedelta(days=300)) is None


class TestSettle:
    def test_done(self, ask, jobs, now):
        ask()
        settle(claim(now=now), FAILED, now=now)
        later = now + timedelta(hours=1)
        assert settle(claim(now=later), DONE, now=later) is JobState.DONE
        (job,) = jobs()
        assert (job.state, job.finished_at, job.leased_until) == (JobState.DONE, later, None)
        assert job.last_error is None

    @pytest.mark.parametrize(
        ("attempts", "minutes"),
        [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 720), (7, 720)],
    )
    def test_a_failed_one_waits_longer_each_time(self, ask, jobs, now, attempts, minutes):
        ask()
        for _ in range(attempts):
            job = claim(now=now)
            assert settle(job, FAILED, now=now) is JobState.WAITING
            before, now = now, jobs()[0].due_at
        assert job.attempts == attempts
        wait = (now - before) / timedelta(minutes=1)
        assert 0.9 * minutes <= wait <= 1.1 * minutes
        assert jobs()[0].last_error == "Trouble"

    def test_what_failed_together_does_not_come_back_together(self):
        assert len({leases.backoff(1) for _ in range(10)}) > 1

    def test_it_is_given_up_after_the_eighth_time(self, ask, jobs, now):
        ask()
        states = []
        for _ in range(8):
            states.append(settle(claim(now=now), FAILED, now=now))
            now = jobs()[0].due_at
        assert states == [JobState.WAITING] * 7 + [JobState.DEAD]
        assert jobs()[0].last_error == "Trouble"
        assert claim(now=now + timedelta(days=300)) is None

    @pytest.mark.parametrize("outcome", [DONE, FAILED])
    def test_who_is_too_late_changes_nothing(self, ask, jobs, now, outcome):
        ask()
        slow = claim(now=now)
        later = now + leases.LEASE
        quick = claim(now=later)
        settle(slow, outcome, now=later)
        assert jobs()[0].state is JobState.WAITING
        assert jobs()[0].leased_until == later + leases.LEASE
        settle(quick, DONE, now=later)
        settle(slow, FAILED, now=later)
        assert jobs()[0].state is JobState.DONE

    def test_the_next_one_is_claimed_in_the_same_commit(self, ask, now):
        ask(1)
        ask(2)
        state, job = leases.settle_and_claim(claim(now=now), DONE, now=now)
        assert state is JobState.DONE
        assert job.payload == {"number": 2}


class TestRetryDeadJobs:
    def test_they_begin_anew(self, ask, jobs, now):
        ask(1)
        ask(2)
        settle(claim(now=now), Outcome(JobState.DEAD, "Undeliverable 550"), now=now)
        settle(claim(now=now), DONE, now=now)
        later = now + SECOND
        assert history.retry_dead_jobs(now=later) == 1
        again, done = jobs()
        assert (again.state, again.attempts, again.due_at) == (JobState.WAITING, 0, later)
        assert again.finished_at is None
        assert done.state is JobState.DONE


class TestForgetFinishedJobs:
    @pytest.mark.parametrize(
        ("state", "is_forgotten"),
        [(JobState.DONE, True), (JobState.WITHDRAWN, True), (JobState.DEAD, False)],
    )
    def test_it_works(self, ask, jobs, now, state, is_forgotten):
        ask()
        settle(claim(now=now), Outcome(state), now=now)
        assert history.forget_finished_jobs(now=now + timedelta(days=30)) == 0
        forgotten = history.forget_finished_jobs(now=now + timedelta(days=30) + SECOND)
        assert (forgotten, jobs() == []) == (int(is_forgotten), is_forgotten)

    def test_a_letter_to_an_address_that_takes_none_is_forgotten_too(self, ask, jobs, now):
        ask()
        settle(claim(now=now), Outcome(JobState.DEAD, "AddressFails 550"), now=now)
        assert history.forget_finished_jobs(now=now + timedelta(days=31)) == 1

    def test_their_numbers_stay(self, ask, now):
        for number, outcome in enumerate([DONE, DONE, Outcome(JobState.WITHDRAWN)]):
            ask(number)
            settle(claim(now=now), outcome, now=now)
        late = now.replace(hour=23, minute=59)
        ask(4, now=late)
        settle(claim(now=late), DONE, now=late)
        for hours in (9, 20):
            # Those of one day may be over at different hours.
            history.forget_finished_jobs(now=now + timedelta(days=30, hours=hours))
        rows = db.session.execute(select(DayCount).order_by(DayCount.state)).scalars()
        assert [(row.day, row.kind, row.state, row.how_many) for row in rows] == [
            (now.date(), "tests.letter", JobState.DONE, 3),
            (now.date(), "tests.letter", JobState.WITHDRAWN, 1),
        ]

    def test_one_that_waits_is_kept(self, ask, jobs, now):
        ask()
        assert history.forget_finished_jobs(now=now + timedelta(days=300)) == 0


@pytest.mark.parametrize(
    ("length", "start"),
    [
        (timedelta(days=1), datetime(2026, 11, 23, tzinfo=UTC)),
        (timedelta(hours=1), datetime(2026, 11, 23, 9, tzinfo=UTC)),
        (timedelta(minutes=5), datetime(2026, 11, 23, 9, 5, tzinfo=UTC)),
    ],
)
def test_slots_are_counted_from_1970(length, start):
    assert asking.slot_start(length, datetime(2026, 11, 23, 9, 9, 59, 999, tzinfo=UTC)) == start


def test_a_job_holds_no_words_of_a_letter():
    assert {column.name for column in OutboxJob.__table__.columns} == {
        *("id", "key", "kind", "payload", "group_id", "state", "created_at", "due_at"),
        *("attempts", "has_turn", "leased_until", "finished_at", "last_error"),
    }
