"""A small project for the door to open: its own folder, a stand-in site, a ready environment."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import dev

REAL_ROOT = Path(dev.__file__).parent

#: The least that `run` expects of a site: two commands and an answer at /healthz.
STAND_IN_SITE = """
import os, signal, sys, time
import click
from flask import Flask

app = Flask(__name__)

@app.get("/healthz")
def healthz():
    return "ok"

@app.cli.group("dev")
def dev_group():
    pass

@dev_group.command()
def prepare():
    {prepare}

@app.cli.command()
def worker():
    {worker}
    while True:
        time.sleep(60)

{after}
"""


@dataclass
class Door:
    """A copy of dev.py in a folder of its own, and what was started through it."""

    root: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def site(self, *, prepare: str = "pass", worker: str = "pass", after: str = "") -> None:
        """Write the stand-in site; each argument is a line of Python."""
        text = STAND_IN_SITE.format(prepare=prepare, worker=worker, after=after)
        (self.root / "wsgi.py").write_text(text)

    def stamp(self, profile: str) -> None:
        """Say that the environment holds `profile`, so that nothing is installed."""
        lock = self.root / "requirements" / f"{profile}.txt"
        lock.parent.mkdir(exist_ok=True)
        lock.write_text(f"# {profile}\n")
        mark = dev.hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
        (self.root / ".venv" / "installed").write_text(f"{profile} {mark}\n")

    def without_pip(self, instead: str) -> None:
        """Let the environment's Python run a line of shell where it is called to run pip."""
        python = self.root / ".venv" / "bin" / "python"
        python.write_text(
            f'#!/bin/sh\nif [ "$2" = pip ]; then {instead}; fi\nexec "{sys.executable}" "$@"\n'
        )

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start the door with these arguments and further variables."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SUPPORTGROUPS_")}
        program = subprocess.Popen(
            [sys.executable, str(self.root / "dev.py"), *arguments],
            cwd=self.root,
            env={**kept, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(program)
        return program

    def call(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Run the door to its end; return the exit status and what it printed."""
        program = self.start(*arguments, **variables)
        text = program.communicate(timeout=60)[0]
        return program.returncode, text


def processes_of(root: Path) -> list[str]:
    """Return the command lines of all processes that work in the folder `root`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve() == root:
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def read_until(program: subprocess.Popen[str], words: str) -> str:
    """Read what a program prints up to the line with these words."""
    assert program.stdout
    read = ""
    for line in program.stdout:
        read += line
        if words in line:
            return read
    raise AssertionError(f"{words!r} was never printed, but:\n{read}")
