"""How long a page is taken to be true."""

from datetime import timedelta

import pytest

from supportgroups.groups.freshness import is_doubtful, is_nudge_due, is_to_be_hidden
from tests.factories import LONG_AGO


def days(number):
    return LONG_AGO + timedelta(days=number)


@pytest.mark.parametrize(("age", "doubtful"), [(59, False), (60, True), (89, True)])
def test_readers_are_told_to_check_after_sixty_days(age, doubtful):
    assert is_doubtful(LONG_AGO, days(age)) is doubtful


@pytest.mark.parametrize(
    ("age", "asked", "due"),
    [
        (44, None, False), (45, None, True), (46, 45, False), (51, 45, False), (52, 45, True),
        (58, 52, False), (59, 52, True), (60, 59, False), (200, 59, False),
        # The site was not running, so all three are one.
        (70, None, True), (71, 70, False),
    ],
)  # fmt: skip
def test_organizers_are_asked_three_times(age, asked, due):
    nudged_at = None if asked is None else days(asked)
    assert is_nudge_due(LONG_AGO, nudged_at, days(age)) is due


@pytest.mark.parametrize(
    ("age", "asked", "hidden"),
    [(89, 59, False), (90, 59, True), (300, None, False), (300, 290, False), (331, 300, True)],
)
def test_a_group_is_hidden_after_ninety_days_and_a_month_after_the_last_question(
    age, asked, hidden
):
    nudged_at = None if asked is None else days(asked)
    assert is_to_be_hidden(LONG_AGO, nudged_at, days(age)) is hidden
