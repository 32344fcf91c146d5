"""Whom to ask, how long to wait, when to call: the rules, without a database."""

from datetime import timedelta

import pytest

from supportgroups.volunteering.fairness import Alarm, alarm_at, fair_order, patience
from tests.conftest import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("last_led", "order"),
    [
        ({}, [1, 2, 3]),
        ({1: NOW - DAY}, [2, 3, 1]),
        ({1: NOW - DAY, 2: NOW - 3 * DAY, 3: NOW - 2 * DAY}, [2, 3, 1]),
        ({1: NOW, 2: NOW, 3: NOW}, [1, 2, 3]),
        ({4: NOW}, [1, 2, 3]),
    ],
)
def test_who_has_not_led_for_longest_is_asked_first(last_led, order):
    assert fair_order([3, 1, 2], last_led) == order


@pytest.mark.parametrize(
    ("before", "unasked", "wait"),
    [
        (7 * DAY, 2, timedelta(hours=4)),
        (timedelta(hours=12), 2, timedelta(hours=2)),
        (timedelta(hours=3), 2, timedelta(minutes=30)),
        (timedelta(minutes=30), 2, timedelta(minutes=15)),
        (timedelta(hours=6), 0, timedelta(hours=3)),
    ],
)
def test_patience_leaves_time_for_everybody(before, unasked, wait):
    assert patience(starts_at=NOW + before, now=NOW, unasked=unasked) == wait


@pytest.mark.parametrize(
    ("before", "alarm"),
    [
        (timedelta(hours=72, seconds=1), None),
        (timedelta(hours=72), Alarm.THREE_DAYS),
        (timedelta(hours=24, seconds=1), Alarm.THREE_DAYS),
        (timedelta(hours=24), Alarm.ONE_DAY),
        (timedelta(seconds=1), Alarm.ONE_DAY),
        (timedelta(0), None),
    ],
)
def test_organizers_are_called_three_days_and_one_day_before(before, alarm):
    assert alarm_at(NOW + before, NOW) is alarm
