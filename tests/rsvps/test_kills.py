"""The server and the worker are killed in a storm of answers: what was acknowledged is kept.

`python3 dev.py bench answers_kills` does the same with twenty kills, and tells how soon the site is back.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.rsvps.killing import ANSWERS, Crowd, MortalSite


@pytest.fixture
def site(live_app: Flask) -> Iterator[MortalSite]:
    """The site, ready."""
    site = MortalSite(live_app)
    yield site
    site.kill()


def test_what_was_acknowledged_is_kept_and_nothing_is_doubled(site: MortalSite) -> None:
    crowd = Crowd(site, kill_after=(15, 45))
    assert list(crowd.come()) == []
    assert (crowd.acknowledged, len(site.back_after)) == (ANSWERS, 2)
