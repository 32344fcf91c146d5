"""A real server on loopback for tests that need one: several processes, real sockets, real time.

Only the processes started here are ever stopped, by their process ids.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from supportgroups.accounts.models import SignIn, UserAccount
from supportgroups.clock import utc_now
from supportgroups.db import db, transaction
from supportgroups.tokens import hash_secret, new_secret

ROOT = Path(__file__).parent.parent
#: A server that does not answer by then never will.
DEADLINE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A server that answers at `base_url`."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """Return a port on loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    application: Flask,
    *,
    workers: int = 2,
    threads: int = 4,
    worker_class: str = "gthread",
    module: str = "wsgi:app",
    **settings: str,
) -> Iterator[Server]:
    """Serve the database of `application` with gunicorn until the block ends.

    :param module: what to serve, for tests that change the product on purpose
    :param settings: further settings by name, such as SMTP_URL
    """
    port = free_port()
    server = start_server(
        application, port, workers=workers, threads=threads,
        worker_class=worker_class, module=module, **settings,
    )  # fmt: skip
    try:
        wait_until_ready(server)
        yield server
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(DEADLINE_SECONDS)


def start_server(
    application: Flask,
    port: int,
    *,
    workers: int,
    threads: int,
    worker_class: str = "gthread",
    module: str = "wsgi:app",
    preload: bool = False,
    **settings: str,
) -> Server:
    """Start gunicorn at a port; whoever starts it ends it.

    What is listened to here is listened to there too.

    :param preload: whether the product is loaded once for all workers, as `dev.py run` does
    """
    if "ear" in application.extensions:
        module, settings["TEST_SERVED"] = "tests.overheard:app", module
    environ = _environ(application, f"http://127.0.0.1:{port}", settings)
    log = application.config["SETTINGS"].data_dir / f"server-{port}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}",
                "--workers", str(workers), "--threads", str(threads), "--worker-class", worker_class,
                "--no-control-socket", "--log-level", "warning", *(["--preload"] if preload else []),
            ],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    return Server(port, process, log)


@contextmanager
def working(application: Flask, *, base_url: str, **settings: str) -> Iterator[None]:
    """Let a worker process do the jobs of `application` until the block ends.

    :param base_url: where the links in its letters lead
    :param settings: further settings by name, such as REPLY_DOMAIN
    """
    log = application.config["SETTINGS"].data_dir / "worker.log"
    process = start_worker(application, log, base_url=base_url, **settings)
    try:
        yield
        assert process.poll() is None, f"the worker stopped by itself:\n{log.read_text()}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(DEADLINE_SECONDS)


def start_worker(
    application: Flask, log: Path, *, base_url: str, **settings: str
) -> "subprocess.Popen[bytes]":
    """Start a worker process; whoever starts it ends it."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            cwd=ROOT,
            env=_environ(application, base_url, settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process and its children at once, without a word (kill -9)."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in (process.pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(DEADLINE_SECONDS)


def _environ(application: Flask, base_url: str, settings: dict[str, str]) -> dict[str, str]:
    """Return the environment in which a process serves the same database as `application`."""
    config = application.config["SETTINGS"]
    environ = {
        "SECRET_KEY": config.secret_key,
        "DATABASE_URL": config.database_url,
        "DATA_DIR": str(config.data_dir),
        "BASE_URL": base_url,
        "DEVELOPMENT": "1",
        "MAIL_FROM": config.mail_from,
        **settings,
    }
    return {**os.environ, **{f"SUPPORTGROUPS_{name}": value for name, value in environ.items()}}


def wait_until_ready(server: Server) -> None:
    """Wait until a server answers that it is ready."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if request(server, "GET", "/readyz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text()}")


def wait_for_a_letter(application: Flask) -> None:
    """Wait until the worker has put a letter into the development mailbox."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not any(application.config["SETTINGS"].mail_folder.glob("*.eml")):
        assert time.monotonic() < deadline, "no letter left"
        time.sleep(0.05)


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes


def request(
    server: Server,
    method: str,
    path: str,
    *,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_SECONDS)
    try:
        body = urlencode(form) if form is not None else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        connection.request(method, path, body, {**kind, **(headers or {})})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Pass:
    """A signed-in person's cookie, and the token for their forms."""

    cookie: str
    csrf_token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries the cookie."""
        return {"Cookie": f"session={self.cookie}"}


def sign_in_all(application: Flask, users: list[UserAccount]) -> list[Pass]:
    """Sign people in without their passwords, all in one transaction."""
    secrets = [new_secret() for _user in users]
    now = utc_now()
    with transaction():
        for user, secret in zip(users, secrets, strict=True):
            db.session.add(
                SignIn(
                    secret_hash=hash_secret(secret),
                    user_id=user.id,
                    device_name="Test",
                    is_kept=False,
                    signed_in_at=now,
                    last_seen_at=now,
                )
            )
    return _passes(application, [{"_user_id": secret, "_fresh": True} for secret in secrets])


def guest_passes(application: Flask, number: int) -> list[Pass]:
    """Return what browsers of guests carry who have just opened a page with a form."""
    return _passes(application, [{} for _guest in range(number)])


def _passes(application: Flask, sessions: list[dict[str, object]]) -> list[Pass]:
    cookies = SecureCookieSessionInterface().get_signing_serializer(application)
    tokens = URLSafeTimedSerializer(application.config["SECRET_KEY"], salt="wtf-csrf-token")
    assert cookies is not None
    return [
        Pass(
            cookie=str(cookies.dumps({**session, "csrf_token": (raw := new_secret())})),
            csrf_token=str(tokens.dumps(raw)),
        )
        for session in sessions
    ]
