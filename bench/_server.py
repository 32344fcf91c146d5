"""How a benchmark of pages measures: the real server, and beside it a bare Flask "hello" of 1 KB.

Both are gunicorn with two sync workers on loopback, and one client asks them in turns: hello, case,
hello, in at least three rounds, of which the median counts. The ratio is CPU of one hello ÷ CPU of one
request of the case; machines are noisy, and what a figure of one minute says is a ratio of that minute.
CPU is what the kernel counted for the workers, in user and kernel mode together.
"""

import socket
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event
from werkzeug.test import EnvironBuilder, run_wsgi_app

from supportgroups.app import create_app
from supportgroups.db import db
from tests.conftest import PostgresHouse, SqliteHouse, make_config
from tests.server import Server, serving

ROUNDS = 5
#: So long a case is asked in one round, in seconds; a hello half as long before it and after it.
ROUND_SECONDS = 0.8
WORKERS = 2
#: A cookie of no meaning: whoever sends one is given no copy of a page that others saw.
ANEW = {"Cookie": "seen=1"}


class Ask(NamedTuple):
    """One request, which may be sent again and again."""

    path: str
    headers: Mapping[str, str] = MappingProxyType({})
    #: A POST with these fields; a GET without any.
    form: dict[str, str] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"

    def as_bytes(self, host: str) -> bytes:
        """Return what goes through the socket."""
        body = b"" if self.form is None else urlencode(self.form).encode()
        headers = {"Host": host, "Connection": "close", **self.headers}
        if self.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Figures(NamedTuple):
    """What one case costs: CPU and times in milliseconds, and the size of its last answer."""

    ratio: float
    cpu: float
    p50: float
    p99: float
    hello_p50: float
    body_bytes: int


class Spent(NamedTuple):
    """What a run of requests took: CPU seconds of the workers, each request's seconds, a body."""

    cpu: float
    seconds: list[float]
    body: bytes

    @property
    def each(self) -> float:
        return self.cpu / len(self.seconds)


@contextmanager
def site(house: SqliteHouse | PostgresHouse | None = None) -> Iterator[Flask]:
    """Yield the application on a fresh database, inside its context; SQLite unless told otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        house = house or SqliteHouse(Path(folder))
        app = create_app(make_config(house.folder, DATABASE_URL=house.url))
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()


class Beside(NamedTuple):
    """The site, and a hello beside it."""

    site: Server
    hello: Server

    def measure(self, asks: Iterable[Ask], status: int = 200) -> Figures:
        """Send the asks in turns, each of which must be answered with the status.

        An iterator of asks is for what cannot be asked twice.
        """
        return _measure(self.site, self.hello, asks, status)

    def tag(self, path: str) -> str:
        """Return the ETag of a page."""
        answer = exchange(self.site.port, Ask(path).as_bytes(f"127.0.0.1:{self.site.port}"))
        return answer.partition(b"\r\nETag: ")[2].partition(b"\r\n")[0].decode()


@contextmanager
def beside_hello(app: Flask, *, module: str = "wsgi:app", **settings: str) -> Iterator[Beside]:
    """Serve `app` and a hello until the block ends.

    :param module: what to serve instead, for peers
    :param settings: settings of the site by name, such as DEVELOPMENT
    """
    with (
        serving(
            app, workers=WORKERS, threads=1, worker_class="sync", module=module, **settings
        ) as site,
        serving(
            app, workers=WORKERS, threads=1, worker_class="sync", module="bench._hello:app"
        ) as hello,
    ):
        yield Beside(site, hello)


def _measure(site: Server, hello: Server, asks: Iterable[Ask], status: int) -> Figures:
    known = asks if isinstance(asks, (list, tuple)) else None
    endless = chain.from_iterable(repeat(known)) if known is not None else iter(asks)
    greetings = repeat(Ask("/"))
    spend(hello, greetings, 200, limit=50)
    # Every worker has seen the case, and holds what it keeps, before anything counts.
    spend(site, endless, status, limit=10 * WORKERS)
    cases, ratios, hellos = [], [], []
    for _round in range(ROUNDS):
        before = spend(hello, greetings, 200, seconds=ROUND_SECONDS / 2)
        case = spend(site, endless, status, seconds=ROUND_SECONDS)
        after = spend(hello, greetings, 200, seconds=ROUND_SECONDS / 2)
        cases.append(case)
        hellos += before.seconds + after.seconds
        ratios.append((before.each + after.each) / 2 / case.each)
    times = sorted(chain.from_iterable(case.seconds for case in cases))
    return Figures(
        ratio=statistics.median(ratios),
        cpu=statistics.median(case.each for case in cases) * 1000,
        p50=statistics.median(times) * 1000,
        p99=times[int(len(times) * 0.99)] * 1000,
        hello_p50=statistics.median(hellos) * 1000,
        body_bytes=len(cases[-1].body),
    )


def spend(
    server: Server,
    asks: Iterator[Ask],
    status: int,
    *,
    seconds: float = 60,
    limit: int = 1_000_000,
) -> Spent:
    """Ask one after the other for so many seconds, or so many times."""
    workers = workers_of(server)
    before = cpu_seconds(workers)
    taken: list[float] = []
    answer = b""
    began = time.perf_counter()
    while len(taken) < limit and time.perf_counter() - began < seconds:
        question = next(asks).as_bytes(f"127.0.0.1:{server.port}")
        asked = time.perf_counter()
        answer = exchange(server.port, question)
        taken.append(time.perf_counter() - asked)
        found = answer[9:12].decode()
        assert found == str(status), f"{found} instead of {status}: {question!r}\n{answer[:300]!r}"
    return Spent(cpu_seconds(workers) - before, taken, answer.partition(b"\r\n\r\n")[2])


def exchange(port: int, question: bytes) -> bytes:
    """Send bytes on a connection of their own; return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(question)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def workers_of(server: Server) -> list[int]:
    """Return the process ids of a server's workers."""
    pid = server.process.pid
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time of processes of one thread each, to the nanosecond (schedstat, Linux)."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def memory(server: Server) -> float:
    """Return what a server takes of the machine's memory in MB: its share of pages (PSS), all together."""
    kilobytes = 0
    for pid in (server.process.pid, *workers_of(server)):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def statements(app: Flask, ask: Ask) -> list[str]:
    """Return what one request says to the database; it is made in this process."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    builder = EnvironBuilder(
        path=ask.path.partition("?")[0],
        query_string=ask.path.partition("?")[2],
        method=ask.method,
        headers=ask.headers,
        data=ask.form,
        base_url="http://localhost",
    )
    with app.app_context():
        engine = db.engine
        db.session.remove()
    event.listen(engine, "before_cursor_execute", note)
    try:
        body, _status, _headers = run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=True)
        list(body)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return said


def heading() -> str:
    return (
        f"{'':34} {'of hello':>8} {'goal':>6} {'CPU':>10} {'p50':>9} {'p99':>9} {'body':>9}"
        f" {'statements':>10}"
    )


def line(name: str, figures: Figures, goal: float, said: int | str = "") -> str:
    """Return one row under the heading."""
    mark = "" if figures.ratio >= goal else "  missed"
    return (
        f"{name:34} {figures.ratio:8.3f} {goal:6.2f} {figures.cpu:7.3f} ms {figures.p50:6.2f} ms"
        f" {figures.p99:6.2f} ms {figures.body_bytes / 1000:6.1f} kB {said:>10}{mark}"
    )
