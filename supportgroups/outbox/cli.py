"""The command that runs the worker and looks after its jobs."""

import re
import signal
import sys
from datetime import datetime, timedelta

import click
from flask.cli import AppGroup, with_appcontext

from supportgroups.clock import utc_now
from supportgroups.outbox import queries, worker
from supportgroups.outbox.bounces import tells_of_failure
from supportgroups.outbox.mail import BOUNCES
from supportgroups.outbox.services import addresses, history

MINUTE = timedelta(minutes=1)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option("--status", is_flag=True, help="Tell how many jobs stand where, and do nothing.")
@click.option("--retry-dead", is_flag=True, help="Let the jobs that were given up begin anew.")
@with_appcontext
def worker_command(*, once: bool, status: bool, retry_dead: bool) -> None:
    """Send the letters and do the tasks that wait in the outbox.

    Without an option it goes on until it is told to stop (SIGTERM, or Ctrl-C), and then finishes
    the job in hand. Any number of workers may run side by side.
    """
    if status + retry_dead + once > 1:
        raise click.UsageError("Give one of --once, --status and --retry-dead, or none.")
    if status:
        _print_status(utc_now())
    elif retry_dead:
        click.echo(f"Dead jobs that wait again: {history.retry_dead_jobs(now=utc_now())}")
    elif once:
        worker.schedule_tasks(utc_now())
        click.echo(f"Jobs taken in hand: {worker.run_due_jobs(utc_now())}")
    else:
        _work_until_told_to_stop()


def _work_until_told_to_stop() -> None:
    told: list[int] = []
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, _: told.append(number))
    with worker.start_companions():
        worker.work_for_ever(is_stopped=lambda: bool(told))


def _print_status(now: datetime) -> None:
    for state, how_many in queries.count_jobs_by_state().items():
        click.echo(f"{how_many:>8} {state}")
    click.echo(f"Letters that left in the last minute: {queries.count_done_since(now - MINUTE)}")
    seen = queries.find_last_sign_of_life()
    if seen is not None:
        click.echo(f"A worker last finished something {(now - seen).total_seconds():.0f} s ago.")
    since = queries.find_oldest_due(now=now)
    if since is not None:
        click.echo(f"The oldest one has been due for {(now - since).total_seconds():.0f} s.")
    dead_jobs = queries.list_dead_jobs()
    if dead_jobs:
        click.echo("Dead, by kind and last failure (--retry-dead lets them begin anew):")
    for dead in dead_jobs:
        click.echo(f"{dead.how_many:>8} {dead.kind}: {dead.reason}")
    for line in worker.report(now):
        click.echo(line)


outbox_commands = AppGroup("outbox", help="Take what mail servers send back.")


@outbox_commands.command("take-bounce")
@click.option("--rcpt", required=True, help="The address that the message was sent to.")
def take_bounce(*, rcpt: str) -> None:
    """Read a message on standard input that says a letter could not be delivered.

    For the mail server, which hands over what comes to bounces+…@ the domain of
    SUPPORTGROUPS_BOUNCE_DOMAIN. Anything that is no such message changes nothing.
    """
    returned_to = re.fullmatch(rf"{BOUNCES}\+([0-9a-f]{{32}})@.+", rcpt.strip().casefold())
    if returned_to is not None and tells_of_failure(sys.stdin.buffer.read()):
        addresses.note_failure(returned_to[1], now=utc_now())
