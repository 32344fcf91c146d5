"""What the site takes of a machine's memory, and how long it takes to start.

  python3 dev.py bench memory

Memory is the share of pages (PSS) of gunicorn and two sync workers together,
after each worker has shown a number of pages. Starting is the CPU time of importing what the server
serves. Beside both stands the least program with the same frameworks (`_floor.py`).
"""

import os
import statistics
import subprocess
import sys
from itertools import repeat
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)

from bench import pages  # noqa: E402
from bench._server import WORKERS, Ask, memory, site, spend  # noqa: E402
from tests.server import serving  # noqa: E402

MEMORY_GOAL, START_GOAL = 1.5, 2.0
ROUNDS = 7
SITE, FLOOR = "wsgi:app", "bench._floor:app"


def main() -> None:
    with site() as app:
        addresses, cookie = pages.make_group(app)
        shown = [Ask(path, cookie) for path in (*addresses.values(), "/groups", "/guides", "/my")]
        ours = memory_of(app, SITE, shown)
        floor = memory_of(app, FLOOR, [Ask("/")])
        print(f"{'':8} {'site':>10} {'floor':>10} {'ratio':>6} {'goal':>6}")
        print(say("memory", ours, floor, "MB", MEMORY_GOAL))
        times = [(start_of("wsgi", app), start_of("bench._floor", app)) for _ in range(ROUNDS)]
        site_start, floor_start = (statistics.median(column) for column in zip(*times, strict=True))
        print(say("start", site_start, floor_start, "s ", START_GOAL))


def memory_of(app: Flask, module: str, asks: list[Ask]) -> float:
    with serving(app, workers=WORKERS, threads=1, worker_class="sync", module=module) as server:
        for ask in asks:
            spend(server, repeat(ask), 200, limit=20 * WORKERS)
        return memory(server)


def start_of(module: str, app: Flask) -> float:
    """Return the CPU seconds that a new Python has used when it has imported a module."""
    config = app.config["SETTINGS"]
    environ = os.environ | {
        "SUPPORTGROUPS_DATA_DIR": str(config.data_dir),
        "SUPPORTGROUPS_DATABASE_URL": config.database_url,
        "SUPPORTGROUPS_DEVELOPMENT": "1",
    }
    code = f"import {module}, time; print(time.process_time())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, check=True, capture_output=True
    )
    return float(done.stdout)


def say(name: str, site: float, floor: float, unit: str, goal: float) -> str:
    ratio = site / floor
    missed = "" if ratio <= goal else "  missed"
    return f"{name:8} {site:7.2f} {unit} {floor:7.2f} {unit} {ratio:6.2f} {goal:6.2f}{missed}"


if __name__ == "__main__":
    main()
