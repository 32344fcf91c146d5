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

from flask_migrate import upgrade  # noqa: E402 (found beside this folder)

from bench._databases import databases  # noqa: E402
from supportgroups.app import create_app  # noqa: E402
from supportgroups.db import db  # noqa: E402
from tests.conftest import PostgresHouse, SqliteHouse, make_config  # noqa: E402
from tests.rsvps.killing import ANSWERS, Crowd, MortalSite  # noqa: E402

KILLS = 20


def main() -> None:
    for name, house in databases():
        run(name, house)


def run(name: str, house: SqliteHouse | PostgresHouse) -> None:
    app = create_app(make_config(house.folder, DATABASE_URL=house.url))
    with app.app_context():
        upgrade()
        site = MortalSite(app)
        apart = ANSWERS // (KILLS + 1)
        crowd = Crowd(site, kill_after=[apart * (number + 1) for number in range(KILLS)])
        try:
            wrong = list(crowd.come())
        finally:
            site.kill()
        db.session.remove()
        db.engine.dispose()
    print(
        f"{name}: {len(site.back_after)} kills, {crowd.acknowledged} answers acknowledged,"
        f" {crowd.repeated} pressed again; wrong: {', '.join(wrong) or 'nothing'};"
        f" back after {median(site.back_after):.1f} s, {max(site.back_after):.1f} s at most"
    )


if __name__ == "__main__":
    main()
