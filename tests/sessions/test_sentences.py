"""How schedules read, compared with what somebody has read and found good.

To write the file of a language anew, or of another one, run this with
SUPPORTGROUPS_TEST_WRITE_GOLDEN=1, then read what it wrote.
"""

import os
from pathlib import Path

import pytest
from flask_babel import force_locale

from supportgroups.languages import LANGUAGES
from supportgroups.sessions.recurrence import MonthDayRule, Rule, WeeklyRule
from supportgroups.sessions.sentences import in_words, sentence, suggested_title
from tests.sessions.awkward_schedules import LENGTH, TABLES, TODAY, by_rule

GOLDEN = Path(__file__).parent / "sentences"
ZONES = ("Europe/London", "America/New_York", "UTC")


def all_tables() -> str:
    """Return every table as text, in the language of the moment."""
    lines = []
    for number, (title, schedules) in enumerate(TABLES.items()):
        lines += [f"# {title}", ""]
        lines += [
            sentence(schedule, length=LENGTH, zone=ZONES[number % len(ZONES)], today=TODAY)
            for schedule in schedules
        ]
        lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_twenty_tables_read_well(app, language):
    assert len(TABLES) == 20
    golden = GOLDEN / f"{language}.txt"
    with app.test_request_context(), force_locale(LANGUAGES[language]):
        found = all_tables()
    if os.environ.get("SUPPORTGROUPS_TEST_WRITE_GOLDEN"):
        golden.write_text(found)
    assert found == golden.read_text()


def test_how_often_stands_alone_too(app):
    with app.test_request_context():
        timetable = by_rule(WeeklyRule(weekdays=frozenset({1}), count=3))
        assert in_words(timetable, today=TODAY) == "Every Tuesday"


@pytest.mark.parametrize(
    ("rule", "hour", "title"),
    [
        (WeeklyRule(weekdays=frozenset({1})), 9, "Tuesday morning"),
        (WeeklyRule(weekdays=frozenset({1})), 12, "Tuesday afternoon"),
        (WeeklyRule(weekdays=frozenset({1})), 17, "Tuesday evening"),
        (WeeklyRule(weekdays=frozenset({1, 2})), 9, "Morning session"),
        (MonthDayRule(day=3), 13, "Afternoon session"),
        (None, 19, "Evening session"),
    ],
)
def test_a_title_is_suggested(app, rule: Rule | None, hour: int, title: str):
    starts = by_rule(WeeklyRule(weekdays=frozenset({1}))).first.replace(hour=hour).time()
    with app.test_request_context():
        assert suggested_title(rule, starts) == title
