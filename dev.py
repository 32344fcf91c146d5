#!/usr/bin/env python3
"""The one door to this project.

  python3 dev.py run [--port N] [--data-dir D]   serve the site on this machine, with demo data
  python3 dev.py test [pytest arguments]         run the tests
  python3 dev.py check [--no-tests]              format, lint, types, imports, templates, tests
  python3 dev.py bench [NAME]                    run the benchmarks, or one of them
  python3 dev.py lock                            make the pinned lists in requirements/ anew
  python3 dev.py translate [LANGUAGE ...]        collect what pages say into the catalogues
  python3 dev.py help                            print this

It needs Python 3.11 or later and nothing else. What the project needs goes into the folder .venv.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
#: Remembers which lock .venv was made from.
STAMP = VENV / "installed"
OLDEST_PYTHON = (3, 11)
#: One lock each in requirements/; every profile holds all packages of those before it.
PROFILES = ("run", "scale", "dev")
#: Seconds that the site gets to start, and a program to finish what it is doing.
START_LIMIT = 60
STOP_LIMIT = 10

RUNNING = """\
Support Groups is running at  {base_url}
Letters it writes wait at     {base_url}/dev/mail

An empty database was given demo people. Each has the password demo-password:
  rosa@example.org   organizes a group     sam@example.org    is a member of it
  kofi@example.org   facilitates it        stan@example.org   is a stranger to it
  ola@example.org    runs the site

Press Ctrl-C to stop."""

CHECKS = {
    "format": ("-m", "ruff", "format", "--check", "."),
    "lint": ("-m", "ruff", "check", "."),
    "types": ("-m", "mypy"),
    "import contracts": (
        *("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
        "--no-logo",
    ),
    "templates": ("-m", "djlint", "--lint", "--quiet", "templates"),
    "dependencies": ("-m", "deptry", "."),
    "dead code": ("-m", "vulture"),
}

CATALOGUES = ROOT / "supportgroups" / "translations"
PYBABEL = ("-m", "babel.messages.frontend", "--quiet")
#: Where to look stands in pyproject.toml. A line names the file alone, so that it seldom changes.
EXTRACT = ("extract", "-F", "pyproject.toml", "-k", "_l", "--add-location=file", "--no-wrap")
#: Half-right guesses would be read by people; what is new stays empty until somebody translates it.
UPDATE = (
    *("update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"),
    "--no-wrap",
)

UV = "uv==0.13.9"
COMPILE = (
    *("pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"),
    # A pip of 2023 looks for coverage[toml] among all releases unless the lock names it so.
    "--no-strip-extras",
)
#: What each lock is made from. A later one keeps the versions of the one that it names.
LOCKS = {
    "run": "pyproject.toml",
    "scale": "pyproject.toml --extra scale -c requirements/run.txt",
    "dev": "pyproject.toml --extra scale --group dev -c requirements/scale.txt",
    "subscriber": "--group subscriber",
}
#: A lock names packages and hashes alone; where they come from is the reader's own affair.
ADDRESS = re.compile(r"://| @ |^\s*(-i|-f|--index-url|--extra-index-url|--find-links)\b")
UNREACHABLE = re.compile(r"NewConnection|NameResolution|Max retries|ProxyError|[Tt]imed out")


class Trouble(Exception):
    """What keeps a command from its work, in one sentence for the person at the terminal."""


def main(arguments: list[str]) -> int:
    """Do what the person asked for and return the exit status."""
    name = arguments[0] if arguments else "help"
    try:
        refuse_old_python(sys.version_info[:2])
        if name in COMMANDS:
            return COMMANDS[name](arguments[1:])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0 if name == "run" else 130
    if name in ("help", "-h", "--help"):
        print(str(__doc__).strip())
        return 0
    print(f"There is no command {name!r}.\n\n{str(__doc__).strip()}", file=sys.stderr)
    return 2


def refuse_old_python(version: tuple[int, ...]) -> None:
    """Raise Trouble when the project cannot run on this version of Python."""
    if version < OLDEST_PYTHON:
        needed, found = (".".join(map(str, each)) for each in (OLDEST_PYTHON, version))
        raise Trouble(
            f"Support Groups needs Python {needed} or later and this is Python {found}: "
            f"use a newer one, such as python{needed} dev.py run."
        )


# The environment in .venv


def ensure_environment(profile: str) -> None:
    """Make .venv hold at least the packages of `profile`; do nothing when it does already."""
    if is_installed(profile):
        return
    print(f"Setting up .venv from requirements/{profile}.txt (up to a minute the first time) ...")
    begun = time.monotonic()
    make_environment()
    install(profile)
    STAMP.write_text(f"{profile} {fingerprint(profile)}\n")
    print(f"Set up in {time.monotonic() - begun:.0f} s.")


def is_installed(profile: str) -> bool:
    """Tell whether .venv was set up for `profile`, or for one that holds it, and is up to date."""
    try:
        stamped, mark = STAMP.read_text().split()
    except (OSError, ValueError):
        return False
    enough = PROFILES[PROFILES.index(profile) :]
    return stamped in enough and mark == fingerprint(stamped) and PYTHON.exists()


def fingerprint(profile: str) -> str:
    """Return a hash that changes with the lock of `profile` and with the Python version."""
    lock = (ROOT / "requirements" / f"{profile}.txt").read_bytes()
    return hashlib.sha256(lock + sys.version.encode()).hexdigest()


def make_environment() -> None:
    """Make .venv, with pip in it, unless there is one of this same Python."""
    version = "import sys; print(sys.version)"
    if not PYTHON.exists() or report(PYTHON, "-c", version).stdout.strip() != sys.version:
        refuse_missing_module("venv")
        made = report(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
        if made.returncode:
            raise Trouble(f"The folder {VENV} cannot be made: {last_line(made.stdout)}")
    if report(PYTHON, "-c", "import pip").returncode:
        refuse_missing_module("ensurepip")
        added = report(PYTHON, "-m", "ensurepip", "--upgrade")
        if added.returncode:
            raise Trouble(f"pip cannot be added to {VENV}: {last_line(added.stdout)}")


def refuse_missing_module(name: str) -> None:
    """Raise Trouble naming the package to install, where Python came without module `name`."""
    if importlib.util.find_spec(name) is None:
        raise Trouble(
            f"This Python came without its {name} module: install it with 'apt install "
            "python3-venv' (Debian, Ubuntu) or 'dnf install python3-libs python3-pip' (Fedora), "
            "then try again."
        )


def install(profile: str) -> None:
    """Install a lock, each file checked against its hash. Raise Trouble with pip's reason."""
    lock = f"requirements/{profile}.txt"
    options = ("--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
    result = report(PYTHON, "-m", "pip", "install", *options, "-r", lock)
    if result.returncode:
        log = VENV / "pip.log"
        log.write_text(result.stdout)
        raise Trouble(f"{why_pip_failed(lock, result.stdout)} Its whole report is in {log}.")


def why_pip_failed(lock: str, text: str) -> str:
    """Turn a report of pip into the sentence that helps."""
    if UNREACHABLE.search(text):
        return (
            f"pip could not reach the package index to install {lock}: check the network "
            "connection, or pip's settings for a proxy or an index, and try again."
        )
    errors = [line for line in text.splitlines() if line.startswith("ERROR:")]
    return f"pip could not install {lock}: {errors[0] if errors else last_line(text)}"


def report(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program in the project's folder and keep what it prints."""
    return subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def last_line(text: str) -> str:
    """Return the last line of `text` that says something."""
    return (text.strip().splitlines() or ["it gave no reason."])[-1]


# run


def run(arguments: list[str]) -> int:
    """Serve the site with demo data until Ctrl-C, or until a part of it stops by itself."""
    parser = argparse.ArgumentParser(prog="dev.py run", description="Serve the site here.")
    parser.add_argument("--port", metavar="N", type=int, default=8000, help="default: 8000")
    parser.add_argument("--data-dir", metavar="D", type=Path, help="default: data")
    options = parser.parse_args(arguments)
    environment = site_environment(options.port, options.data_dir, dict(os.environ))
    refuse_busy_port(options.port)
    refuse_unwritable(Path(environment["SUPPORTGROUPS_DATA_DIR"]))
    ensure_environment(site_profile(environment))

    stopping = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: stopping.set())
    site = Programs(environment)
    try:
        serve(site, options.port, stopping)
    finally:
        site.stop()
    print("\nStopped.")
    return 0


def site_environment(port: int, folder: Path | None, given: dict[str, str]) -> dict[str, str]:
    """Return the site's variables: those asked for, then those set already, then the usual ones."""
    asked = {"SUPPORTGROUPS_DATA_DIR": str(folder.absolute())} if folder else {}
    usual = {
        "SUPPORTGROUPS_DATA_DIR": str(ROOT / "data"),
        "SUPPORTGROUPS_BASE_URL": f"http://127.0.0.1:{port}",
        "SUPPORTGROUPS_DEVELOPMENT": "1",
    }
    return {**usual, **given, **asked}


def site_profile(environment: dict[str, str]) -> str:
    """Return the profile that the settings call for: a database server needs its driver."""
    database = environment.get("SUPPORTGROUPS_DATABASE_URL", "").strip()
    return "scale" if database and not database.startswith("sqlite") else "run"


def refuse_busy_port(port: int) -> None:
    """Try the port before any work is done. Raise Trouble when it cannot be had."""
    with socket.socket() as attempt:
        # Connections that ended a moment ago linger on a port without standing in our way.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "a port is a number from 0 to 65535"
            raise Trouble(
                f"Port {port} cannot be used ({reason}): stop the program that has it, "
                "or choose another port, such as --port 8123."
            ) from None


def refuse_unwritable(folder: Path) -> None:
    """Make the data directory and write in it. Raise Trouble when that cannot be done."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise Trouble(
            f"The data directory {folder} cannot be written ({error.strerror}): "
            "choose another one with --data-dir."
        ) from None


class Programs:
    """The programs of one run, each in a process group of its own.

    So a Ctrl-C in the terminal reaches this door alone, which then ends them in order.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a module of the environment, under a name that people understand."""
        command = (str(PYTHON), "-m", *arguments)
        self.running[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, start_new_session=True
        )
        return self.running[name]

    def refuse_stopped(self) -> None:
        """Raise Trouble when a program has ended by itself."""
        for name, program in self.running.items():
            status = program.poll()
            if status is not None:
                how = f"exit status {status}" if status >= 0 else signal.Signals(-status).name
                raise Trouble(f"The {name} stopped by itself ({how}), so the rest was stopped too.")

    def stop(self) -> None:
        """Ask every program to end, wait a while, then end it together with its children."""
        for program in self.running.values():
            program.terminate()
        deadline = time.monotonic() + STOP_LIMIT
        for program in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(max(0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def serve(site: Programs, port: int, stopping: threading.Event) -> None:
    """Prepare the database, start server and worker, and watch them until it is time to stop."""
    was_here = any(Path(site.environment["SUPPORTGROUPS_DATA_DIR"]).iterdir())
    preparation = site.start("preparation", "flask", "--app", "wsgi", "dev", "prepare")
    if was_here:
        # There is little to prepare then, and either takes a second to load.
        start_server(site, port)
    while preparation.poll() is None:
        if stopping.wait(0.02):
            return
    if preparation.returncode:
        raise Trouble("The database could not be prepared, for the reason given above.")
    del site.running["preparation"]
    if not was_here:
        start_server(site, port)
    site.start("worker", "flask", "--app", "wsgi", "worker")
    base_url = site.environment["SUPPORTGROUPS_BASE_URL"].rstrip("/")
    deadline = time.monotonic() + START_LIMIT
    while not is_healthy(port, urlsplit(base_url).netloc):
        site.refuse_stopped()
        if time.monotonic() > deadline:
            raise Trouble(f"The site gave no healthy answer for {START_LIMIT} s.")
        if stopping.wait(0.05):
            return
    print(RUNNING.format(base_url=base_url))
    while not stopping.wait(0.5):
        site.refuse_stopped()


def start_server(site: Programs, port: int) -> None:
    """Start what answers browsers. It asks the database for nothing before somebody comes."""
    # Loaded once and then forked, the site is up sooner. There is no access log, because addresses
    # carry the secrets of calendar links and sign-in links.
    site.start(
        *("server", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
        *("--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"),
    )


def is_healthy(port: int, host: str) -> bool:
    """Ask the server on this machine, past any proxy, whether it is well."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("GET", "/healthz", headers={"Host": host})
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


# test, check, bench, lock


def call(*arguments: str) -> int:
    """Run the environment's Python in the project's folder and return its exit status."""
    program = subprocess.Popen([PYTHON, *arguments], cwd=ROOT)
    try:
        return program.wait()
    except KeyboardInterrupt:
        # The terminal has told the program as well; it may finish what it is saying.
        program.wait(STOP_LIMIT)
        raise
    finally:
        program.kill()


def test(arguments: list[str]) -> int:
    """Run the tests on all cores; further arguments go to pytest."""
    ensure_environment("dev")
    # pytest cannot hand the terminal to a debugger while it spreads tests over processes.
    spread = [] if "--pdb" in arguments else ["-n", str(os.cpu_count() or 1)]
    return call("-m", "pytest", *spread, *arguments)


def check(arguments: list[str]) -> int:
    """Run every check, then say which failed; `--no-tests` leaves the tests out."""
    if arguments not in ([], ["--no-tests"]):
        raise Trouble("check takes no argument but --no-tests.")
    ensure_environment("dev")
    failed = []
    for name, command in CHECKS.items():
        print(f"== {name}")
        if call(*command):
            failed.append(name)
    if not arguments:
        print("== tests")
        failed += ["tests"] if test([]) else []
    if failed:
        raise Trouble(f"These checks failed: {', '.join(failed)}.")
    print("Every check passed.")
    return 0


def bench(arguments: list[str]) -> int:
    """Run every file in bench/, or those that are named."""
    files = {file.stem: str(file) for file in sorted((ROOT / "bench").glob("[!_]*.py"))}
    if not files:
        print("There are no benchmarks yet.")
        return 0
    for name in arguments:
        if name not in files:
            raise Trouble(f"There is no benchmark {name!r}, but: {', '.join(files)}.")
    ensure_environment("dev")
    return max(call(files[name]) for name in arguments or files)


def lock(arguments: list[str]) -> int:
    """Resolve the dependencies in pyproject.toml anew and write the locks."""
    if arguments:
        raise Trouble("lock takes no arguments.")
    make_environment()
    print(f"Fetching {UV} ...")
    target = VENV / "uv"
    fetched = report(PYTHON, "-m", "pip", "install", "-q", "-U", "--target", target, UV)
    if fetched.returncode:
        raise Trouble(why_pip_failed(UV, fetched.stdout))
    # A folder of packages on this machine must not decide what a lock says.
    os.environ.pop("PIP_FIND_LINKS", None)
    os.environ.pop("UV_FIND_LINKS", None)
    for name, sources in LOCKS.items():
        result = report(target / "bin" / "uv", *COMPILE, *sources.split())
        if result.returncode:
            raise Trouble(f"uv could not resolve {name}: {result.stdout.strip()}")
        write_lock(ROOT / "requirements" / f"{name}.txt", result.stdout)
    return 0


def write_lock(path: Path, text: str) -> None:
    """Write a lock. Raise Trouble when it tells where packages come from."""
    for line in text.splitlines():
        if ADDRESS.search(line):
            raise Trouble(f"{path.name} was not written, because it holds an address: {line}")
    path.write_text(text)
    print(f"Wrote requirements/{path.name}.")


def translate(arguments: list[str]) -> int:
    """Bring every catalogue up to date with what pages and letters say, and compile it.

    A language that is named and has no catalogue yet gets one.
    """
    ensure_environment("dev")
    with tempfile.TemporaryDirectory() as folder:
        template = f"{folder}/messages.pot"
        if call(*PYBABEL, *EXTRACT, "-o", template, "."):
            return 1
        known = {path.name for path in CATALOGUES.glob("*") if path.is_dir()}
        for language in sorted(known | set(arguments)):
            act = UPDATE if language in known else ("init",)
            options = ("-i", template, "-d", str(CATALOGUES), "-l", language)
            if call(*PYBABEL, *act, *options):
                return 1
    return call(*PYBABEL, "compile", "--statistics", "-d", str(CATALOGUES))


COMMANDS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "lock": lock,
    "translate": translate,
}

if __name__ == "__main__":
    # Each line appears at once, so that those of the programs started here do not overtake it.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    sys.exit(main(sys.argv[1:]))
