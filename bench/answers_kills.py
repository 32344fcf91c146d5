"""Sixty people answer for twelve places while the server and the worker are killed twenty times.

  python3 dev.py bench answers_kills          on SQLite
  … with SUPPORTGROUPS_TEST_POSTGRES_URL set  on PostgreSQL too

The line tells what is wrong afterwards, which has to be nothing, and how soon the site answered
again: within three seconds where nothing else runs.
"""

import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)

from bench._databases import databases  # noqa: E402
from bench._server import site  # noqa: E402
from tests.rsvps.killing import ANSWERS, Crowd, MortalSite  # noqa: E402

KILLS = 20


def main() -> None:
    for name, house in databases():
        with site(house) as app:
            print(f"{name}: {storm(app)}", flush=True)


def storm(app: Flask) -> str:
    mortal = MortalSite(app)
    apart = ANSWERS // (KILLS + 1)
    crowd = Crowd(mortal, kill_after=[apart * (number + 1) for number in range(KILLS)])
    try:
        wrong = list(crowd.come())
    finally:
        mortal.kill()
    return (
        f"{len(mortal.back_after)} kills, {crowd.acknowledged} answers acknowledged,"
        f" {crowd.repeated} pressed again; wrong: {', '.join(wrong) or 'nothing'};"
        f" back after {median(mortal.back_after):.1f} s, {max(mortal.back_after):.1f} s at most"
    )


if __name__ == "__main__":
    main()
