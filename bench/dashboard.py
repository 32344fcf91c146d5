"""What an organizer's month costs, with one weekly group and with fifty, on a small and a large site.

  python3 dev.py bench dashboard

Signed in, `/my/sessions?view=month` is the month of all the groups that somebody runs, and `/my` their
first page. The large site has a hundred times the members.
"""

import sys
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)

from bench._server import Ask, beside_hello, heading, line, site, statements  # noqa: E402
from supportgroups.accounts.models import UserAccount  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import db, transaction  # noqa: E402
from supportgroups.dev.crowd import fill_with_crowd  # noqa: E402
from supportgroups.groups.models import Role  # noqa: E402
from tests import factories  # noqa: E402
from tests.server import sign_in_all  # noqa: E402

GOAL = 0.12
MEMBERS = (1_000, 100_000)
WEEKS = 6


def main() -> None:
    print(heading())
    for members in MEMBERS:
        with site() as app:
            fill_with_crowd(groups=members // 20, members=members, now=utc_now())
            cookies = {number: make_organizer(app, number) for number in (1, 50)}
            with beside_hello(app, DEVELOPMENT="0") as beside:
                for number, cookie in cookies.items():
                    for name, path in (("month", "/my/sessions?view=month"), ("/my", "/my")):
                        ask = Ask(path, cookie)
                        said = len(statements(app, ask))
                        title = f"{name}, {number} groups, {members:,} people"
                        print(line(title, beside.measure([ask]), GOAL, said))


def make_organizer(app: Flask, number: int) -> dict[str, str]:
    """Return the cookie of somebody who runs so many weekly groups."""
    monday = utc_now().replace(tzinfo=None, hour=18, minute=0, second=0, microsecond=0, day=1)
    with transaction():
        person = factories.make_user(f"Organizer of {number}")
        for index in range(number):
            group = factories.make_group(f"Circle {number} {index}")
            factories.make_membership(group, person, Role.ORGANIZER)
            first = monday + timedelta(days=index % 7)
            series = factories.make_series(group, wall_starts_at=first)
            for week in range(WEEKS):
                factories.make_session(series, first + timedelta(weeks=week))
    user = db.session.get_one(UserAccount, person.id)
    (organizer,) = sign_in_all(app, [user])
    return organizer.headers


if __name__ == "__main__":
    main()
