"""Sessions that are over, and ways to count."""

from datetime import timedelta

import pytest

from tests.factories import make_session


@pytest.fixture
def past(cast):
    """The session of the cast's group on the Tuesday before, at 19:00 in London."""
    return make_session(cast.series, cast.series.wall_starts_at - timedelta(weeks=2))
