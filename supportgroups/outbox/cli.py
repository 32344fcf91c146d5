"""The command that runs the worker and looks after its jobs."""

import signal
from datetime import datetime

import click
from flask.cli import with_appcontext

from supportgroups.clock import utc_now
from supportgroups.outbox import queries, services, worker


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.option("--status", is_flag=True, help="Tell how many jobs stand where, and do nothing.")
@click.option("--retry-dead", is_flag=True, help="Let the jobs that were given up begin anew.")
@with_appcontext
def worker_command(*, once: bool, status: bool, retry_dead: bool) -> None:
    """Send the letters and do the tasks that wait in the outbox.

    Without an option it goes on until it is told to stop (SIGTERM, or Ctrl-C) and then finishes
    the job in hand. Any number of workers may run beside each other.
    """
    if status + retry_dead + once > 1:
        raise click.UsageError("--once, --status and --retry-dead exclude each other")
    if status:
        _print_status(utc_now())
    elif retry_dead:
        click.echo(f"{services.retry_dead_jobs(now=utc_now())} dead jobs wait again")
    elif once:
        worker.schedule_tasks(utc_now())
        click.echo(f"{worker.run_due_jobs(utc_now())} jobs were taken in hand")
    else:
        _work_until_told_to_stop()


def _work_until_told_to_stop() -> None:
    told: list[int] = []
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, _: told.append(number))
    worker.work_for_ever(is_stopped=lambda: bool(told))


def _print_status(now: datetime) -> None:
    for state, count in queries.count_jobs_by_state().items():
        click.echo(f"{state:<10} {count}")
    oldest = queries.find_oldest_due(now=now)
    if oldest is not None:
        click.echo(f"the oldest of those due has been waiting for {(now - oldest).seconds} s")
    for dead in queries.list_dead_jobs():
        click.echo(f"dead: {dead.how_many} {dead.kind} {dead.reason}")
