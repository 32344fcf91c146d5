from datetime import UTC, datetime, timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group
from supportgroups.revisions import rising
from tests.watching import at_once

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("previous", "now", "revised"),
    [
        (NINE, NINE + timedelta(minutes=5), NINE + timedelta(minutes=5)),
        # Calendars know whole seconds only.
        (NINE, NINE + timedelta(seconds=5, microseconds=900_000), NINE + timedelta(seconds=5)),
        # Two changes in one second, and a clock that was put back.
        (NINE, NINE, NINE + timedelta(seconds=1)),
        (NINE, NINE + timedelta(microseconds=5), NINE + timedelta(seconds=1)),
        (NINE, NINE - timedelta(hours=1), NINE + timedelta(seconds=1)),
    ],
)
def test_a_revision_is_always_later_than_the_one_before(previous, now, revised):
    assert rising(previous, now) == revised


class TestTouchCalendar:
    def test_counter_and_moment_rise(self, cast, now):
        for revision, moment in [(1, now), (2, now + timedelta(seconds=1))]:
            with transaction():
                cast.sam.touch_calendar(now)
            assert cast.sam.calendar_revision == revision
            assert cast.sam.calendar_revised_at == moment

    def test_two_changes_at_once_count_twice(self, app, cast, now):
        group_id = cast.group.id

        @transaction()
        def touch():
            db.session.get_one(Group, group_id).touch_calendar(now)

        assert at_once(app, *[touch] * 4) == [None] * 4
        assert cast.group.calendar_revision == 4
