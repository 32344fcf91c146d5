"""What tells one version of the program from another, for the tags of feeds.

Counters say that rows have changed. They cannot say that the program now writes the same rows in
other words, and apps would keep the old ones until a counter rises. So every version of the
program has tags of its own: fetching once more after an update costs little.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

#: Libraries whose next version may write the same in other bytes.
WRITERS = ("babel", "icalendar", "tzdata")


def fingerprint(program: Path) -> str:
    """Return what changes with the code and the translations below this folder."""
    found = hashlib.sha256(repr([version(name) for name in WRITERS]).encode())
    for path in sorted(program.rglob("*")):
        if path.suffix in {".py", ".mo"}:
            found.update(path.read_bytes())
    return found.hexdigest()


#: The version that this process runs, the same in every process of a site.
FORM = fingerprint(Path(__file__).parent.parent)
