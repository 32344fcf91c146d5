"""What a guide costs, which is public and seldom changes: the whole page, and "nothing new" (304).

python3 dev.py bench guides
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench._server import ANEW, Ask, beside_hello, heading, line, site, statements  # noqa: E402
from supportgroups.clock import utc_now  # noqa: E402 (found beside this folder)
from tests import factories  # noqa: E402

GOAL = 0.9


def main() -> None:
    with site() as app:
        factories.make_cast(now=utc_now())
        slug = next(iter(app.extensions["guide_library"])).slug
        ask = Ask(f"/guides/{slug}")
        print(heading())
        with beside_hello(app, DEVELOPMENT="0") as beside:
            said = len(statements(app, ask))
            print(line("a guide", beside.measure([ask]), GOAL, said))
            print(line("a guide, made anew", beside.measure([Ask(ask.path, ANEW)]), GOAL, said))
            nothing_new = Ask(ask.path, {"If-None-Match": beside.tag(ask.path)})
            said = len(statements(app, nothing_new))
            print(line("the same, nothing new", beside.measure([nothing_new], 304), GOAL, said))


if __name__ == "__main__":
    main()
