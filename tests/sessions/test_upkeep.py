"""Sessions are made ahead at a steady price, and a schedule never stops in silence."""

from datetime import date, datetime, timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.sessions.recurrence import WeeklyRule
from supportgroups.sessions.services.pauses import take_break
from supportgroups.sessions.services.series import create_series, extend_series
from tests.watching import statements

WEEK = timedelta(weeks=1)
#: For one schedule, from BEGIN to COMMIT.
MOST = 16
UNTIL = date(2026, 12, 29)


@pytest.fixture
def series(cast, plan, now):
    with transaction():
        db.session.delete(cast.series)
    ids = frozenset({cast.rosa.id, cast.kofi.id})
    return create_series(cast.group, plan(facilitator_ids=ids), actor=cast.rosa, now=now)


@pytest.mark.parametrize("weeks", [1, 12])
def test_one_schedule_costs_so_many_statements_however_many_dates(series, now, weeks):
    series_id, at = series.id, now + weeks * WEEK
    db.session.expire_all()
    with statements() as seen:
        assert extend_series(series_id, now=at) == weeks
    assert len(seen) <= MOST, "\n".join(one[:70] for one in seen)


def test_breaks_and_days_left_out_cost_no_more(series, cast, now):
    for week in range(5):
        day = date(2027, 6, 1) + week * WEEK
        take_break(
            cast.group, starts_on=day, returns_on=day + timedelta(days=1), actor=cast.rosa, now=now
        )
    series_id = series.id
    db.session.expire_all()
    with statements() as seen:
        extend_series(series_id, now=now + 12 * WEEK)
    assert len(seen) <= MOST, "\n".join(one[:70] for one in seen)


class TestRunningOut:
    def status(self, app):
        result = app.test_cli_runner().invoke(args=["worker", "--status"])
        return result.output

    @pytest.fixture
    def short(self, cast, plan, now, series):
        rule = WeeklyRule(weekdays=frozenset({1}), until=UNTIL)
        details = plan(datetime(2026, 12, 1, 11, 0), rule=rule)  # noqa: DTZ001
        return create_series(cast.group, details, actor=cast.rosa, now=now)

    def test_a_schedule_that_goes_on_is_no_news(self, app, series, browser, cast):
        assert "Schedules" not in self.status(app)
        browser.sign_in(cast.rosa)
        assert "No dates after" not in browser.get("/groups/evening-circle").text

    def test_one_that_ends_is(self, app, short, browser, cast):
        assert "Schedules with dates for less than 8 weeks: 1\n" in self.status(app)
        browser.sign_in(cast.rosa)
        page = browser.get("/groups/evening-circle").text
        assert "No dates after Tuesday 29 December 2026" in page
        browser.sign_in(cast.sam)
        assert "No dates after" not in browser.get("/groups/evening-circle").text
