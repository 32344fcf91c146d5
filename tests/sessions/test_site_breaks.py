"""Breaks of every group of the site: what they call off, who sees what of it, and how they end."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.db import db
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Role, Visibility
from supportgroups.sessions.models import GroupSession, Pause, ScheduleChange, SiteBreak
from supportgroups.sessions.services.pauses import end_break
from supportgroups.sessions.services.series import create_series
from supportgroups.sessions.services.site_breaks import begin_site_break, lift_site_break
from supportgroups.sessions.services.undoing import undo_change
from tests import factories
from tests.watching import acts, nothing_changes

WEEK = timedelta(weeks=1)
FIRST = datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001 (a wall time)
STARTS, RETURNS = date(2026, 12, 15), date(2026, 12, 29)
DAYS = {"starts_on": "2026-12-15", "returns_on": "2026-12-29", "reason": "The halls are closed"}


@pytest.fixture
def groups(make_group, plan, cast, now):
    """A listed group and a private one, each with a schedule of Rosa's."""
    found = []
    for name, visibility in (
        ("Harbour circle", Visibility.LISTED),
        ("Quiet circle", Visibility.PRIVATE),
    ):
        group = make_group(name, visibility=visibility)
        factories.make_membership(group, cast.rosa, Role.ORGANIZER)
        create_series(group, plan(), actor=cast.rosa, now=now)
        found.append(group)
    return found


def off(group):
    """Return which sessions of a group, counted from nought, do not take place."""
    query = select(GroupSession).where(GroupSession.group_id == group.id)
    found = db.session.execute(query.order_by(GroupSession.recurrence_id)).scalars()
    return [number for number, one in enumerate(found) if one.is_cancelled]


def the_break():
    return db.session.execute(select(SiteBreak)).scalar_one()


def pause_of(group):
    return db.session.execute(select(Pause).where(Pause.group_id == group.id)).scalar_one()


@pytest.fixture
def begin(cast, now):
    def begin(actor=cast.ola):
        return begin_site_break(
            starts_on=STARTS, returns_on=RETURNS, reason="Snow", actor=actor, now=now
        )

    return begin


class TestServices:
    def test_every_group_has_it(self, groups, begin, cast):
        found = {touched.group.id: touched.sessions for touched in begin()}
        assert found == {cast.group.id: 0, **{group.id: 2 for group in groups}}
        assert [off(group) for group in groups] == [[2, 3], [2, 3]]
        assert pause_of(groups[0]).reason == "Snow"

    def test_all_end_together(self, groups, begin, cast, now):
        begin()
        lifted = lift_site_break(the_break(), actor=cast.ola, now=now)
        assert sum(touched.sessions for touched in lifted) == 4
        assert [off(group) for group in groups] == [[], []]
        assert db.session.execute(select(Pause)).all() == []
        assert db.session.execute(select(SiteBreak)).all() == []
        assert acts()[-1] == "site_break.lifted"

    def test_a_group_can_end_its_own(self, groups, begin, cast, now):
        begin()
        end_break(pause_of(groups[0]), actor=cast.rosa, now=now)
        assert [off(group) for group in groups] == [[], [2, 3]]
        lifted = lift_site_break(the_break(), actor=cast.ola, now=now)
        assert groups[0] not in [touched.group for touched in lifted]

    def test_an_end_can_be_undone_even_when_the_others_have_ended(self, groups, begin, cast, now):
        begin()
        change = end_break(pause_of(groups[0]), actor=cast.rosa, now=now)
        lift_site_break(the_break(), actor=cast.ola, now=now)
        undo_change(change, actor=cast.rosa, now=now)
        assert [off(group) for group in groups] == [[2, 3], []]
        assert (pause_of(groups[0]).site_break, pause_of(groups[0]).reason) == (None, "Snow")

    def test_organizers_can_take_their_part_back(self, groups, begin, cast, now):
        begin()
        query = select(ScheduleChange).where(ScheduleChange.group_id == groups[0].id)
        undo_change(db.session.execute(query).scalar_one(), actor=cast.rosa, now=now)
        assert [off(group) for group in groups] == [[], [2, 3]]

    @pytest.mark.parametrize("name", ["rosa", "kofi", "sam", "stan"])
    def test_only_whoever_runs_the_site_may(self, groups, begin, cast, now, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            begin(actor=getattr(cast, name))
        begin()
        with nothing_changes(), pytest.raises(PermissionDenied):
            lift_site_break(the_break(), actor=getattr(cast, name), now=now)


class TestPages:
    @pytest.fixture(autouse=True)
    def signed_in(self, browser, cast):
        browser.sign_in(cast.ola)

    def test_it_says_what_it_cancels_and_does_nothing_yet(self, browser, groups):
        browser.get("/site/breaks/new")
        with nothing_changes():
            page = browser.post("/site/breaks/new", data=DAYS).text
        assert "4 sessions are cancelled" in page
        assert "Harbour circle" in page
        assert "Quiet circle" not in page
        assert "One more group" in page

    def test_then_it_is_done_and_ended(self, browser, groups):
        browser.post("/site/breaks/new", data={**DAYS, "confirmed": "y"})
        assert [off(group) for group in groups] == [[2, 3], [2, 3]]
        page = browser.get("/site/breaks").text
        assert "It keeps 4 sessions off." in page
        address = f"/site/breaks/{the_break().public_id}/lift"
        with nothing_changes():
            page = browser.get(address).text
        assert "4 sessions take place after all" in page
        assert "Quiet circle" not in page
        browser.post(address)
        assert [off(group) for group in groups] == [[], []]
        assert browser.post(address).status_code == 404

    def test_nothing_typed_is_lost_on_the_way_back(self, browser, groups):
        page = browser.post("/site/breaks/new", data={**DAYS, "back": "y"}).text
        assert 'value="2026-12-15"' in page
        assert "The halls are closed" in page

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            ({"returns_on": "2026-12-15"}, "You meet again after the break has begun"),
            ({"starts_on": ""}, "Enter a day"),
            ({"starts_on": "2026-11-20", "returns_on": "2026-11-23"}, "This day has passed"),
        ],
    )
    def test_days_that_make_no_sense_are_explained(self, browser, groups, days, words):
        with nothing_changes():
            page = browser.post("/site/breaks/new", data={**DAYS, **days, "confirmed": "y"}).text
        assert words in page

    def test_members_read_the_reason(self, browser, groups, cast):
        browser.post("/site/breaks/new", data={**DAYS, "confirmed": "y"})
        browser.sign_in(cast.rosa)
        query = select(GroupSession).where(GroupSession.pause_id == pause_of(groups[0]).id)
        one = db.session.execute(query).scalars().first()
        assert "The halls are closed" in browser.get(f"/sessions/{one.public_id}").text
        assert "The halls are closed" in browser.get(f"/groups/{groups[0].slug}").text
        assert "All groups of this site" in browser.get(f"/groups/{groups[0].slug}/breaks").text


class TestCommand:
    def test_it_names_listed_groups_alone(self, app, groups):
        result = app.test_cli_runner().invoke(
            args=["sessions", "pause-all", "--from", "2026-12-15", "--until", "2026-12-29"]
        )
        assert result.exit_code == 0, result.output
        assert result.output.splitlines() == [
            "       0 sessions cancelled: Evening circle",
            "       2 sessions cancelled: Harbour circle",
            "       2 sessions cancelled in 1 group that is not listed",
        ]

    @pytest.mark.parametrize(
        ("starts", "until"), [("2026-12-29", "2026-12-15"), ("2026-10-01", "2026-10-02")]
    )
    def test_it_explains_days_that_make_no_sense(self, app, groups, starts, until):
        with nothing_changes():
            result = app.test_cli_runner().invoke(
                args=["sessions", "pause-all", "--from", starts, "--until", until]
            )
        assert result.exit_code == 2
        assert "--until" in result.output
