"""What the page of a session and that of a group cost, signed in and signed out.

  python3 dev.py bench pages

A copy is given to those without a cookie while nothing changes; a cookie of no meaning has the page made
anew. The group has 12 members, of whom 8 said that they come, a weekly schedule and half a year of dates.
"""

import sys
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found beside this folder)

from bench._server import ANEW, Ask, beside_hello, heading, line, site, statements  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402
from supportgroups.db import transaction  # noqa: E402
from supportgroups.rsvps.models import RsvpStatus  # noqa: E402
from tests import factories  # noqa: E402
from tests.server import sign_in_all  # noqa: E402

SIGNED_IN_GOAL, SIGNED_OUT_GOAL = 0.2, 0.25
WEEKS = 26


def main() -> None:
    with site() as app:
        addresses, cookie = make_group(app)
        print(heading())
        with beside_hello(app, DEVELOPMENT="0") as beside:
            for name, path in addresses.items():
                for how, headers, goal in (
                    ("signed in", cookie, SIGNED_IN_GOAL),
                    ("signed out", ANEW, SIGNED_OUT_GOAL),
                    ("signed out, a copy", {}, SIGNED_OUT_GOAL),
                ):
                    ask = Ask(path, headers)
                    said = len(statements(app, ask))
                    print(line(f"{name}, {how}", beside.measure([ask]), goal, said))


def make_group(app: Flask) -> tuple[dict[str, str], dict[str, str]]:
    """Return the addresses of the two pages, and the cookie of a member."""
    cast = factories.make_cast(now=utc_now())
    first = utc_now().replace(tzinfo=None, hour=19, minute=0, second=0, microsecond=0)
    with transaction():
        series = factories.make_series(cast["group"], wall_starts_at=first + timedelta(days=7))
        dates = [
            factories.make_session(series, series.wall_starts_at + timedelta(weeks=week))
            for week in range(WEEKS)
        ]
        for number in range(8):
            person = factories.make_user(f"Member {number}")
            factories.make_membership(cast["group"], person)
            factories.make_rsvp(dates[0], person, RsvpStatus.ACCEPTED)
        addresses = {
            "session": f"/sessions/{dates[0].public_id}",
            "group": f"/groups/{cast['group'].slug}",
        }
    (member,) = sign_in_all(app, [cast["sam"]])
    return addresses, member.headers


if __name__ == "__main__":
    main()
