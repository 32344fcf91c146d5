"""A worker in a process of its own, as a site runs it, with the sample letter in its table."""

import multiprocessing
import os
import signal
from datetime import timedelta
from multiprocessing.context import ForkServerProcess

from flask import Flask

from supportgroups.app import create_app
from supportgroups.config import Config, load_config
from supportgroups.outbox.cli import worker_command
from supportgroups.outbox.worker import Registry, work_for_ever
from tests.outbox.sample_letter import write_letter


def start(environ: dict[str, str], lease: timedelta) -> ForkServerProcess:
    """Start a worker with a lease that is short enough for a test."""
    context = multiprocessing.get_context("forkserver")
    # The server imports the product once, so that a new worker is there in no time.
    context.set_forkserver_preload(["tests.outbox.worker_process"])
    process = context.Process(target=_work, args=(environ, lease))
    process.start()
    return process


def site_environ(config: Config, smtp_url: str, name: str = "localhost") -> dict[str, str]:
    """Return the settings of the same site with a mail server; the worker greets it with `name`."""
    return {
        "SUPPORTGROUPS_DATABASE_URL": config.database_url,
        "SUPPORTGROUPS_DATA_DIR": str(config.data_dir),
        "SUPPORTGROUPS_SECRET_KEY": config.secret_key,
        "SUPPORTGROUPS_MAIL_FROM": config.mail_from,
        "SUPPORTGROUPS_MAIL_PACE": "0",
        "SUPPORTGROUPS_SMTP_URL": smtp_url,
        "SUPPORTGROUPS_BASE_URL": f"http://{name}",
        "SUPPORTGROUPS_DEVELOPMENT": "1",
    }


def _make_app(environ: dict[str, str]) -> Flask:
    app = create_app(load_config(environ))
    app.extensions["outbox"] = Registry({"tests.letter": write_letter}, {}, reports=())
    return app


def _work(environ: dict[str, str], lease: timedelta) -> None:
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    with _make_app(environ).app_context():
        work_for_ever(is_stopped=lambda: bool(told), lease=lease, poll=0.05)


if __name__ == "__main__":
    # `python -m tests.outbox.worker_process`: the command itself, signals and all.
    with _make_app(dict(os.environ)).app_context():
        worker_command.main([])
