"""The worker: takes jobs out of the outbox, does them, and writes down what became of them.

A job is claimed in one transaction, done outside any, and settled in the next one. Whoever dies
in between leaves a lease that runs out, and the job is done again: at least once, with the same
Message-ID. No transaction is open while a letter is on its way.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import structlog
from flask import Flask, current_app
from flask.globals import app_ctx
from sqlalchemy.exc import SQLAlchemyError

from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.db import Busy
from supportgroups.errors import place_of
from supportgroups.outbox import queries
from supportgroups.outbox.bounces import AddressFails, Undeliverable
from supportgroups.outbox.mail import Letter, Verdict, compose, return_path
from supportgroups.outbox.message import Message
from supportgroups.outbox.models import ADDRESS_STOPPED, TASK_PREFIX, JobState
from supportgroups.outbox.pace import Pace
from supportgroups.outbox.services import addresses, jobs, leases
from supportgroups.outbox.services.leases import LEASE, ClaimedJob, Outcome
from supportgroups.outbox.transports import NoTransport, Transport, open_transport

log = structlog.get_logger()

#: How long an idle worker waits before it looks again, in seconds.
POLL = 0.5
#: How long it waits when the database does not answer, in seconds.
PAUSE = 5.0
#: After so many jobs a worker looks up: tasks may have come due, the mail server may like a pause.
ROUND = 100


class Builder(Protocol):
    """Writes the letter of a job, just before it is sent, from what is true at that moment."""

    def __call__(self, payload: dict[str, Any], *, now: datetime) -> Letter | None:
        """Return the letter; none when the reason for it is gone."""


class Gate(Protocol):
    """Lets a notice through when its reader wants it: now, later, or not at all."""

    def __call__(self, letter: Letter, *, key: str, now: datetime) -> Verdict:
        """Return what becomes of the letter of the job with this key."""


def open_gate(letter: Letter, *, key: str, now: datetime) -> Verdict:  # noqa: ARG001
    """Let everything through."""
    return Verdict(letter)


class Task(NamedTuple):
    """Something to be done again and again; harmless when done twice."""

    #: Called with `now=`.
    function: Callable[..., object]
    #: It is done once in each slot of this length, counted from 1970 in UTC.
    every: timedelta


class Errand(NamedTuple):
    """Something to be done outside the site that is no letter."""

    #: Called with the payload and `now=`; returns what is needed, or none when the reason is gone.
    look: Callable[..., Any]
    #: Called with that and `now=` while no transaction is open; what it raises is tried again.
    perform: Callable[..., Any]
    #: Called with the payload and what came of it.
    note: Callable[..., object]


#: Something that whoever runs the site should know: called with `now=`, it returns lines.
Report = Callable[..., list[str]]
#: Something that goes on beside the worker for as long as it works; nothing where it is not set up.
Companion = Callable[[Flask], AbstractContextManager[None]]


@dataclass(frozen=True)
class Registry:
    """What the worker of an application knows how to do, and what else to tell of its work."""

    letters: Mapping[str, Builder]
    tasks: Mapping[str, Task]
    reports: Sequence[Report]
    gate: Gate = open_gate
    companions: Sequence[Companion] = ()
    errands: Mapping[str, Errand] = field(default_factory=dict)


class UnknownJob(Exception):
    """No code here knows this kind of job; perhaps a newer version does."""


def init_app(
    app: Flask,
    *,
    letters: Mapping[str, Builder],
    tasks: Mapping[str, Task],
    reports: Sequence[Report] = (),
    gate: Gate = open_gate,
    companions: Sequence[Companion] = (),
    errands: Mapping[str, Errand] | None = None,
) -> None:
    """Tell the application which letters it can write and when they leave, and what else it does."""
    app.extensions["outbox"] = Registry(letters, tasks, reports, gate, companions, errands or {})


def start_companions() -> ExitStack:
    """Start what goes on beside the worker; what is returned stops it again when it is left."""
    with ExitStack() as stack:
        for companion in _registry().companions:
            stack.enter_context(companion(app_ctx.app))
        return stack.pop_all()


def report(now: datetime) -> list[str]:
    """Return what the parts of the application have to say about the worker's work."""
    return [line for tell in _registry().reports for line in tell(now=now)]


def run_due_jobs(now: datetime, limit: int | None = None) -> int:
    """Do every job that is due at `now`, in this process; return how many were taken in hand.

    Needs an application context around it.
    """
    pace = Pace(settings().mail_pace)
    return _run(lambda: now, pace, limit=limit, lease=LEASE, is_stopped=lambda: False)


def schedule_tasks(now: datetime) -> None:
    """Put the periodic tasks of this moment into the outbox, whoever else does the same."""
    jobs.enqueue_tasks({name: task.every for name, task in _registry().tasks.items()}, now=now)


def work_for_ever(
    *, is_stopped: Callable[[], bool], lease: timedelta = LEASE, poll: float = POLL
) -> None:
    """Do jobs as they become due until `is_stopped()`, which is asked between two jobs.

    Needs an application context around it. A database that does not answer is waited for.
    """
    scheduled: dict[str, datetime] = {}
    pace = Pace(settings().mail_pace)
    while not is_stopped():
        try:
            now = utc_now()
            slots = {
                name: jobs.slot_start(task.every, now) for name, task in _registry().tasks.items()
            }
            with current_app.app_context():
                if slots != scheduled:
                    schedule_tasks(now)
                    scheduled = slots
                is_due = queries.has_due_jobs(now=now)
            if is_due:
                _run(utc_now, pace, limit=ROUND, lease=lease, is_stopped=is_stopped)
            else:
                time.sleep(poll)
        except (SQLAlchemyError, Busy) as error:
            log.warning("outbox.unreachable", error=type(error).__name__)
            time.sleep(PAUSE)


def _run(
    clock: Callable[[], datetime],
    pace: Pace,
    *,
    limit: int | None,
    lease: timedelta,
    is_stopped: Callable[[], bool],
) -> int:
    """Do due jobs until none is left, `limit` is reached or it is time to stop."""
    taken = 0
    with current_app.app_context():
        job = leases.claim(now=clock(), lease=lease)
    with closing(open_transport(settings())) as transport:
        while job is not None:
            taken += 1
            outcome = _do(job, transport, pace, now=clock())
            is_last = taken == limit or is_stopped()
            done = job
            with current_app.app_context():
                if is_last:
                    state, job = leases.settle(done, outcome, now=clock()), None
                else:
                    state, job = leases.settle_and_claim(done, outcome, now=clock(), lease=lease)
            if state is JobState.DEAD:
                # A mistyped address is nothing to wake anybody for.
                tell = log.info if outcome.blames_address else log.error
                tell("outbox.dead", job=done.id, kind=done.kind, error=outcome.reason)
    return taken


def _do(job: ClaimedJob, transport: Transport, pace: Pace, *, now: datetime) -> Outcome:
    """Do one job and tell what became of it, whatever happens."""
    if job.attempts > leases.MAX_ATTEMPTS:
        # It was taken in hand so often and nobody lived to tell.
        return Outcome(JobState.DEAD, "WorkerDied")
    try:
        if job.kind.startswith(TASK_PREFIX):
            return _do_task(job, now=now)
        if job.kind in _registry().errands:
            return _do_errand(job, now=now)
        written = _write_letter(job, transport, pace, now=now)
    except Exception as error:  # noqa: BLE001 (one bad job must not stop the others)
        return _failure(job, error)
    if isinstance(written, Outcome):
        return written
    try:
        outcome = _deliver(job, written, transport, now=now)
    except Exception as error:  # noqa: BLE001
        outcome = _failure(job, error)
    return outcome._replace(group_id=written.group_id)


def _failure(job: ClaimedJob, error: Exception) -> Outcome:
    """Return what becomes of a job that failed."""
    if isinstance(error, Undeliverable):
        blames_address = isinstance(error, AddressFails)
        return Outcome(JobState.DEAD, _kind_of(error), blames_address=blames_address)
    log.warning(
        "outbox.failed",
        job=job.id,
        kind=job.kind,
        attempt=job.attempts,
        error=_kind_of(error),
        at=place_of(error),
    )
    return Outcome(JobState.WAITING, _kind_of(error))


def _do_task(job: ClaimedJob, *, now: datetime) -> Outcome:
    task = _registry().tasks.get(job.kind.removeprefix(TASK_PREFIX))
    if task is None:
        raise UnknownJob
    if now >= datetime.fromisoformat(job.payload["slot_ends_at"]):
        return Outcome(JobState.WITHDRAWN, "a later one does it")
    with current_app.app_context():
        task.function(now=now)
    return Outcome(JobState.DONE)


class Written(NamedTuple):
    """A letter that is ready to leave."""

    message: Message
    #: `queries.address_hash` of its reader.
    hashed: str
    #: Where it comes back to.
    sender: str
    #: Letters to this address have come back before.
    has_failed: bool
    #: Whose letter it is, where it is about a group.
    group_id: int | None


def _do_errand(job: ClaimedJob, *, now: datetime) -> Outcome:
    errand = _registry().errands[job.kind]
    with current_app.app_context():
        needed = errand.look(job.payload, now=now)
    if needed is None:
        return Outcome(JobState.WITHDRAWN)
    result = errand.perform(needed, now=now)
    with current_app.app_context():
        errand.note(job.payload, result)
    return Outcome(JobState.DONE)


def _write_letter(
    job: ClaimedJob, transport: Transport, pace: Pace, *, now: datetime
) -> Written | Outcome:
    """Return the letter of a job, or what becomes of one that does not leave now."""
    builder = _registry().letters.get(job.kind)
    if builder is None:
        raise UnknownJob
    if isinstance(transport, NoTransport):
        return Outcome(JobState.WITHDRAWN, "no mail server")
    with current_app.app_context():
        letter = builder(job.payload, now=now)
        if letter is None:
            return Outcome(JobState.WITHDRAWN)
        group_id = letter.notice.group_id if letter.notice is not None else None
        passed = _let_pass(letter, key=job.key, now=now)
        if isinstance(passed, Outcome):
            return passed._replace(group_id=group_id)
        has_failed = queries.find_failing_address(passed.to) is not None
        if has_failed and not passed.is_asked_for and queries.is_stopped(passed.to):
            return Outcome(JobState.WITHDRAWN, ADDRESS_STOPPED, group_id=group_id)
        if not (job.has_turn or passed.is_asked_for):
            turn = pace.turn(_domain_of(passed), now)
            if turn > now:
                return Outcome(JobState.WAITING, turn_at=turn, group_id=group_id)
        hashed = queries.address_hash(passed.to)
        message = compose(passed, key=job.key, now=now)
        return Written(message, hashed, return_path(hashed), has_failed, group_id)


def _deliver(job: ClaimedJob, written: Written, transport: Transport, *, now: datetime) -> Outcome:
    """Hand a letter over. No context is open, and no transaction: this may take a while."""
    name = f"{job.due_at:%Y%m%dT%H%M%S.%f}-{job.id:010}"
    try:
        transport.send(written.message, name=name, sender=written.sender)
    except AddressFails:
        with current_app.app_context():
            addresses.note_failure(written.hashed, now=now)
        raise
    if written.has_failed:
        with current_app.app_context():
            addresses.note_acceptance(written.hashed, now=now)
    return Outcome(JobState.DONE)


def _let_pass(letter: Letter, *, key: str, now: datetime) -> Letter | Outcome:
    """Return the letter as its reader wants it, or what becomes of one that is not to leave now."""
    if letter.notice is None:
        return letter
    verdict = _registry().gate(letter, key=key, now=now)
    if verdict.letter is not None:
        return verdict.letter
    is_over = verdict.waits_until is None
    state = JobState.WITHDRAWN if is_over else JobState.WAITING
    return Outcome(state, verdict.reason, wanted_at=verdict.waits_until)


def _domain_of(letter: Letter) -> str:
    return letter.to.rpartition("@")[2].casefold()


def _registry() -> Registry:
    registry: Registry = current_app.extensions["outbox"]
    return registry


def _kind_of(error: Exception) -> str:
    """Return the kind of a failure with the mail server's code, without its words."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
