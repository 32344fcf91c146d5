"""The letter that asks those who run the site to check help lines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from supportgroups.guides.services import ask_to_check_lines
from tests.watching import jobs


@pytest.fixture
def checked(app, now):
    """Say how many days ago all help lines were checked."""
    book = app.extensions["help_book"]

    def checked(days_ago):
        day = now.date() - timedelta(days=days_ago)
        lines = tuple(replace(line, verified_on=day) for line in book.lines)
        app.extensions["help_book"] = replace(book, lines=lines)

    yield checked
    app.extensions["help_book"] = book


@pytest.mark.parametrize(("days_ago", "is_sent"), [(100, False), (200, True)])
def test_it_comes_once_they_are_old(outbox, cast, checked, now, days_ago, is_sent):
    checked(days_ago)
    ask_to_check_lines(now=now)
    outbox.run()
    assert [letter["To"] for letter in outbox.letters] == ["ola@example.org"] * is_sent


def test_it_is_asked_once_a_month(cast, now):
    for days in range(40):
        ask_to_check_lines(now=now + timedelta(days=days))
    # From 23 November on: in November, in December, and on New Year's Day.
    assert jobs("guides.lines_to_check") == [{"user_id": cast.ola.id}] * 3
