"""What the directory costs, and looking for something, with a thousand groups and with more.

  python3 dev.py bench directory

Signed out, each page made anew: the first page, a page in the middle (by key), the directory for one topic, and the search over
everything. What the search itself costs is in `search.py`. 100,000 groups take a minute to make.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import text  # noqa: E402 (found beside this folder)

from bench._server import ANEW, Ask, beside_hello, heading, line, site, statements  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.dev.crowd import fill_with_crowd  # noqa: E402

PAGE_GOAL, SEARCH_GOAL = 0.2, 0.15
GROUPS = (1_000, 10_000, 100_000)
MEMBERS = 1_000


def main() -> None:
    print(heading())
    for groups in GROUPS:
        with site() as app:
            fill_with_crowd(groups=groups, members=MEMBERS, now=utc_now())
            with transaction():
                db.session.execute(text("ANALYZE"))
            db.session.remove()
            with beside_hello(app, DEVELOPMENT="0") as beside:
                for name, path, goal in (
                    ("first page", "/groups", PAGE_GOAL),
                    ("a page by key", f"/groups?after={groups // 2 + 1}", PAGE_GOAL),
                    ("one topic", "/groups?topic=anxiety", PAGE_GOAL),
                    ("search", "/search?q=lantern+grief", SEARCH_GOAL),
                ):
                    ask = Ask(path, ANEW)
                    said = len(statements(app, ask))
                    print(line(f"{name}, {groups:,} groups", beside.measure([ask]), goal, said))
                copy = beside.measure([Ask("/groups")])
                print(line(f"first page, {groups:,} groups, a copy", copy, PAGE_GOAL))


if __name__ == "__main__":
    main()
