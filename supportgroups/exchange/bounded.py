"""Having a file read by a process that can do no harm: see reader.py."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from supportgroups.exchange.reader import MOST_BYTES

ROOT = Path(__file__).parent.parent.parent
#: However busy the machine is, nobody waits longer, in seconds.
LONGEST_WAIT = 15
COMMAND = (sys.executable, "-m", "supportgroups.exchange.reader")
#: No secret of this process reaches that one.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class CannotRead(Exception):
    """A file is of no kind that we know, or reading it took too much."""


class TooLarge(CannotRead):
    """It has more than 1 MiB, or more than 500 events."""


def read_file(content: bytes, *, home: str) -> dict[str, Any]:
    """Return what is in a file of another program: its `events`, or the `table` of a CSV file.

    :param home: the zone of the group
    :raises CannotRead: it is of no known kind, or took more than two seconds or 64 MiB
    :raises TooLarge: it has more than 1 MiB, or more than 500 events
    """
    if len(content) > MOST_BYTES:
        raise TooLarge
    try:
        done = subprocess.run(  # noqa: S603 (our own program; the file is no argument)
            [*COMMAND, home],
            input=content,
            capture_output=True,
            cwd=ROOT,
            env=ENVIRONMENT,
            timeout=LONGEST_WAIT,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise CannotRead from error
    found: dict[str, Any] = json.loads(done.stdout)
    if found.get("refusal") == "too_many":
        raise TooLarge
    if "refusal" in found:
        raise CannotRead
    return found
