"""The door of a small project with a stand-in site, and a port for it."""

import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.door.stand_in import REAL_ROOT, Door


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Copy dev.py beside a stand-in site, with an environment that counts as set up."""
    root = tmp_path / "project"
    (root / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(REAL_ROOT / "dev.py", root)
    # exec keeps the process id, so that a signal reaches Python itself.
    python = root / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    opened = Door(root)
    opened.stamp("dev")
    opened.site()
    yield opened
    for program in opened.started:
        if program.poll() is None:
            program.send_signal(signal.SIGTERM)
            program.communicate(timeout=30)


@pytest.fixture
def free_port() -> int:
    """Find a port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
