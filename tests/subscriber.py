"""What a member has at home: a calendar program that fetches one address and shows it.

vdirsyncer and khal live in an environment of their own, whose folder SUPPORTGROUPS_TEST_SUBSCRIBER
names (requirements/subscriber.txt lists what goes into it).
"""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from supportgroups.clock import to_utc

SUBSCRIBER = "SUPPORTGROUPS_TEST_SUBSCRIBER"

#: Marks a test that needs both programs, and skips it where they are missing.
needs_subscriber = pytest.mark.skipif(
    SUBSCRIBER not in os.environ,
    reason=f"set {SUBSCRIBER} to the folder of an environment with vdirsyncer and khal",
)

SYNC_CONFIG = """\
[general]
status_path = "{folder}/status"

[pair feed]
a = "here"
b = "there"
collections = null

[storage here]
type = "filesystem"
path = "{folder}/items"
fileext = ".ics"

[storage there]
type = "http"
url = "{address}"
"""
KHAL_CONFIG = """\
[calendars]
[[feed]]
path = {folder}/items
readonly = True

[locale]
local_timezone = Europe/London
default_timezone = Europe/London
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
firstweekday = 0

[sqlite]
path = {folder}/khal.db
"""


class Shown(NamedTuple):
    """One entry as khal shows it."""

    starts_at: str
    ends_at: str
    title: str
    status: str


class CalendarProgram:
    """Synchronizes one address, and shows it.

    It tells items apart by their content, not by their UID, because other sites change the UID of
    an event with every answer. So the tests know a session by its start.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.programs = Path(os.environ[SUBSCRIBER]) / "bin"
        (folder / "items").mkdir(parents=True)
        (folder / "sync").write_text(SYNC_CONFIG.format(folder=folder, address=address))
        (folder / "khal").write_text(KHAL_CONFIG.format(folder=folder))
        self._run("vdirsyncer", "-c", str(folder / "sync"), "discover")

    def sync(self) -> str:
        """Fetch; return what the program said."""
        return self._run("vdirsyncer", "-v", "INFO", "-c", str(self.folder / "sync"), "sync")

    def items(self) -> dict[datetime, bytes]:
        """Return what is kept, by the start in UTC."""
        files = [path.read_bytes() for path in (self.folder / "items").glob("*.ics")]
        found = {self._start(content): content for content in files}
        assert len(found) == len(files), "one item for each session"
        return found

    def shown(self) -> dict[datetime, Shown]:
        """Return what khal shows of the coming year, by the start in UTC."""
        form = "{start-long-full}|{end-long-full}|{title}|{status}"
        listing = self._run(
            "khal", "-c", str(self.folder / "khal"), "list", "today", "365d",
            "--format", form, "--day-format", "",
        )  # fmt: skip
        rows = [Shown(*line.strip().split("|")) for line in listing.splitlines() if "|" in line]
        return {to_utc(datetime.fromisoformat(row.starts_at), "Europe/London"): row for row in rows}

    def _run(self, program: str, *arguments: str) -> str:
        environ = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        done = subprocess.run(
            [self.programs / program, *arguments],
            env=environ,
            cwd=self.folder,
            input="y\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    @staticmethod
    def _start(content: bytes) -> datetime:
        (start,) = re.findall(rb"^DTSTART:(\S+)", content, re.MULTILINE)
        return datetime.strptime(start.decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
