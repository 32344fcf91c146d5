"""The process that reads one file of another program, and can do nothing else.

`python -m supportgroups.exchange.reader ZONE` takes the file from its standard input and writes what
it found as JSON. Before it looks at the first byte it takes its own means away: two seconds of
the processor, 64 MiB of memory, no file to write, no process to start. See docs/adr/0008-import.md.
"""

import json
import resource
import sys
from typing import Any

from supportgroups.calendars.lines import NotACalendar, TooManyEvents
from supportgroups.calendars.reading import read_calendar
from supportgroups.clock import is_zone
from supportgroups.exchange.foreign_meetings import NotMeetings, read_meetings
from supportgroups.exchange.tables import NotATable, read_table

MOST_BYTES = 1024 * 1024
MOST_CPU_SECONDS = 2
MOST_MEMORY = 64 * 1024 * 1024


def read(content: bytes, *, home: str) -> dict[str, Any]:
    """Return what is in a file: `events`, or the `table` of a CSV file, or the reason for a `refusal`.

    What kind of file it is, its first character says; its name says nothing.

    :param home: the zone of the group
    """
    words = decoded(content)
    begins = words.lstrip()[:20].upper()
    try:
        if begins.startswith("BEGIN:"):
            return {"events": [one.as_json() for one in read_calendar(words, home=home)]}
        if begins.startswith(("[", "{")):
            return {"events": [one.as_json() for one in read_meetings(words, home=home)]}
        return {"table": read_table(words)}
    except TooManyEvents:
        return {"refusal": "too_many"}
    except (NotACalendar, NotMeetings, NotATable):
        return {"refusal": "unknown"}


def decoded(content: bytes) -> str:
    """Return the text of a file, in whatever letters it was written; unreadable ones are marked."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").lstrip("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def take_means_away() -> None:
    """Limit this process for good, from here on."""
    # What starting took does not count against what reading may take.
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + MOST_CPU_SECONDS
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))


def main() -> int:
    """Read what comes in."""
    home = sys.argv[1]
    # Zone data is read on first use: now, while files may still be opened in plenty.
    assert is_zone(home)  # noqa: S101 (whoever calls has looked)
    take_means_away()
    json.dump(read(sys.stdin.buffer.read(MOST_BYTES), home=home), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
