"""The services that plan series and make their sessions ahead."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.clock import to_zone
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Role
from supportgroups.groups.services.members import remove_member
from supportgroups.sessions import queries
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.services.series import (
    NotALeader,
    StartsInThePast,
    StartsOnClockChange,
    create_series,
    extend_all_series,
    extend_series,
)
from supportgroups.sessions.services.sessions import cancel_session, edit_session
from tests import factories
from tests.watching import acts, at_once, last_entry, nothing_changes

WEEK = timedelta(weeks=1)


def wall(text):
    return datetime.fromisoformat(text)


def sessions_of(series):
    query = select(GroupSession).where(GroupSession.series_id == series.id)
    return list(db.session.execute(query.order_by(GroupSession.recurrence_id)).scalars())


def walls_of(series):
    return [group_session.wall_starts_at for group_session in sessions_of(series)]


@pytest.fixture
def group(make_group, cast):
    """A group of Rosa's without any sessions."""
    group = make_group()
    factories.make_membership(group, cast.rosa, Role.ORGANIZER)
    factories.make_membership(group, cast.kofi, Role.FACILITATOR)
    factories.make_membership(group, cast.sam)
    return group


@pytest.fixture
def create(cast, group, plan, now):
    def create(*args, actor=cast.rosa, at=now, **overrides):
        return create_series(group, plan(*args, **overrides), actor=actor, now=at)

    return create


class TestCreateSeries:
    def test_a_single_date_is_a_series_of_one(self, create, group, now):
        series = create(every=None)
        assert series.rrule is None
        (only,) = sessions_of(series)
        assert (only.group_id, only.wall_starts_at) == (group.id, wall("2026-12-01 19:00"))
        assert only.recurrence_id == only.wall_starts_at
        assert only.starts_at == datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
        assert only.ends_at == datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
        assert (only.sequence, only.revision, only.revised_at) == (0, 0, now)
        assert not only.is_moved

    def test_what_the_series_says_is_asked_of_it(self, create):
        only = sessions_of(create(every=None))[0]
        overrides = (only.title, only.description, only.place, only.online_link, only.capacity)
        assert overrides == (None,) * 5
        assert only.title_shown == "Tuesday evening"
        assert only.description_shown == "Bring a cup."
        assert only.place_shown == "The library, High Street"
        assert only.online_link_shown == "https://meet.example/canary"
        assert only.capacity_shown == 12

    def test_every_week_for_half_a_year(self, create):
        # Half a year from Monday 23 November 2026, 9:00, is Monday 24 May 2027, 9:00.
        found = walls_of(create())
        assert found == [wall("2026-12-01 19:00") + week * WEEK for week in range(25)]
        assert found[-1] == wall("2027-05-18 19:00")

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2026-11-23 09:01", "2027-05-17 09:01"),
            ("2026-11-30 09:00", "2027-05-24 09:00"),
            ("2026-11-30 09:01", "2027-05-17 09:01"),
        ],
    )
    def test_half_a_year_is_counted_to_the_minute(self, create, first, last):
        assert walls_of(create(wall(first)))[-1] == wall(last)

    @pytest.mark.parametrize("every", [2, 3, 12])
    def test_every_few_weeks(self, create, every):
        found = walls_of(create(every=every))
        assert found == [wall("2026-12-01 19:00") + n * WEEK for n in range(0, 25, every)]

    @pytest.mark.parametrize(
        ("until", "number"),
        [(date(2026, 12, 1), 1), (date(2026, 12, 21), 3), (date(2026, 12, 22), 4)],
    )
    def test_up_to_a_day(self, create, until, number):
        assert len(walls_of(create(until=until))) == number

    def test_what_begins_later_than_half_a_year_has_its_first_session(self, create):
        assert walls_of(create(wall("2027-10-05 19:00"))) == [wall("2027-10-05 19:00")]

    @pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Asia/Tokyo"])
    def test_seven_in_the_evening_stays_seven_in_the_evening(self, create, zone):
        shown = {
            to_zone(found.starts_at, zone).time().isoformat("minutes")
            for found in sessions_of(create(time_zone=zone))
        }
        assert shown == {"19:00"}

    def test_the_clocks_go_forward_beneath_it(self, create):
        by_day = {
            found.wall_starts_at.date(): found
            for found in sessions_of(create(wall("2026-11-29 19:00")))
        }
        assert by_day[date(2027, 3, 21)].starts_at == datetime(2027, 3, 21, 19, 0, tzinfo=UTC)
        assert by_day[date(2027, 3, 28)].starts_at == datetime(2027, 3, 28, 18, 0, tzinfo=UTC)
        assert by_day[date(2027, 3, 28)].ends_at == datetime(2027, 3, 28, 19, 30, tzinfo=UTC)

    def test_it_ends_when_the_wall_shows_what_was_typed(self, create):
        (only,) = sessions_of(create(wall("2027-03-27 23:00"), every=None, length_minutes=210))
        assert to_zone(only.ends_at, "Europe/London").time().isoformat("minutes") == "02:30"

    @pytest.mark.parametrize(
        ("first", "every", "refused"),
        [
            ("2027-03-28 01:30", None, "2027-03-28 01:30"),
            ("2027-10-31 01:30", None, "2027-10-31 01:30"),
            ("2027-03-28 01:00", 1, "2027-03-28 01:00"),
            # Not the first session, but one that is made today.
            ("2026-11-29 01:59", 1, "2027-03-28 01:59"),
        ],
    )
    def test_an_hour_that_the_clocks_skip_or_repeat_is_refused(self, create, first, every, refused):
        with nothing_changes(), pytest.raises(StartsOnClockChange) as caught:
            create(wall(first), every=every)
        assert caught.value.wall_starts_at == wall(refused)

    @pytest.mark.parametrize(
        ("first", "zone"),
        [
            ("2026-11-23 09:00", "Europe/London"),
            ("2026-11-23 08:59", "Europe/London"),
            ("2026-11-23 18:00", "Asia/Tokyo"),
            ("2026-11-23 04:00", "America/New_York"),
            ("1999-12-31 19:00", "Europe/London"),
        ],
    )
    def test_a_start_that_has_passed_is_refused(self, create, first, zone):
        with nothing_changes(), pytest.raises(StartsInThePast):
            create(wall(first), time_zone=zone)

    @pytest.mark.parametrize(
        ("first", "zone"),
        [("2026-11-23 18:01", "Asia/Tokyo"), ("2026-11-23 04:01", "America/New_York")],
    )
    def test_the_next_minute_is_not(self, create, first, zone):
        assert walls_of(create(wall(first), time_zone=zone))[0] == wall(first)

    def test_each_session_has_an_id_of_its_own_that_says_nothing(self, create):
        found = sessions_of(create())
        uids = {group_session.uid for group_session in found}
        assert len(uids) == len({group_session.public_id for group_session in found}) == 25
        assert all(re.fullmatch(r"[0-9a-f]{32}@calendar\.invalid", uid) for uid in uids)

    def test_those_who_lead_it_lead_every_session(self, create, cast):
        leaders = {cast.rosa.id, cast.kofi.id}
        series = create(facilitator_ids=frozenset(leaders))
        db.session.expire_all()
        assert {person.id for person in series.facilitators} == leaders
        for found in sessions_of(series):
            assert {person.id for person in found.facilitators} == leaders

    @pytest.mark.parametrize("name", ["sam", "stan", "ola"])
    def test_nobody_else_can_lead_it(self, create, cast, name):
        ids = frozenset({cast.kofi.id, getattr(cast, name).id})
        with nothing_changes(), pytest.raises(NotALeader):
            create(facilitator_ids=ids)

    def test_who_was_removed_can_no_longer_lead_it(self, create, cast, group, now):
        remove_member(group_queries.get_membership(group, cast.kofi), actor=cast.rosa, now=now)
        with nothing_changes(), pytest.raises(NotALeader):
            create(facilitator_ids=frozenset({cast.kofi.id}))

    def test_calendars_learn_of_it(self, create, group):
        create()
        assert group.calendar_revision == 1

    def test_it_leaves_one_row_in_the_audit_trail(self, create, cast, group):
        series = create()
        assert acts() == ["series.created"]
        entry = last_entry()
        assert (entry.actor_id, entry.group_id) == (cast.rosa.id, group.id)
        assert entry.subject == str(series.public_id)

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may(self, create, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            create(actor=getattr(cast, name))


class TestExtendSeries:
    def test_the_horizon_moves_on(self, create, now):
        series = create()
        assert extend_series(series.id, now=now + 4 * WEEK) == 4
        assert walls_of(series) == [wall("2026-12-01 19:00") + n * WEEK for n in range(29)]

    def test_doing_it_again_makes_nothing(self, create, now):
        series = create()
        assert extend_series(series.id, now=now) == 0
        extend_series(series.id, now=now + 4 * WEEK)
        with nothing_changes():
            assert extend_series(series.id, now=now + 4 * WEEK) == 0

    def test_a_clock_put_back_makes_nothing(self, create, now):
        series = create()
        with nothing_changes():
            assert extend_series(series.id, now=now - 4 * WEEK) == 0
        assert extend_series(series.id, now=now + WEEK) == 1

    def test_workers_at_once_make_no_doubles(self, app, create, now):
        series = create()
        work = [lambda: extend_series(series_id, now=now + 6 * WEEK)] * 4
        series_id = series.id
        made = at_once(app, *work)
        assert sorted(made) == [0, 0, 0, 6]
        assert len(walls_of(series)) == len(set(walls_of(series))) == 31

    @pytest.mark.parametrize("every", [None, 1])
    def test_what_has_ended_stays_as_it_is(self, create, now, every):
        series = create(every=every, until=date(2026, 12, 22))
        number = len(walls_of(series))
        assert extend_series(series.id, now=now + 52 * WEEK) == 0
        assert len(walls_of(series)) == number

    def test_what_was_changed_or_cancelled_stays_so(self, create, cast, now, as_it_is):
        series = create()
        moved, cancelled = sessions_of(series)[:2]
        move = as_it_is(moved, wall_starts_at=wall("2026-12-02 18:00"))
        edit_session(moved, move, actor=cast.rosa, now=now)
        cancel_session(cancelled, actor=cast.rosa, now=now)
        extend_series(series.id, now=now + WEEK)
        db.session.expire_all()
        found = sessions_of(series)
        assert len(found) == 26
        assert found[0].wall_starts_at == wall("2026-12-02 18:00")
        assert found[1].is_cancelled

    def test_a_new_session_says_what_the_series_says(self, create, cast, now):
        series = create(facilitator_ids=frozenset({cast.kofi.id}))
        extend_series(series.id, now=now + WEEK)
        newest = sessions_of(series)[-1]
        assert newest.title_shown == "Tuesday evening"
        assert [person.id for person in newest.facilitators] == [cast.kofi.id]
        assert newest.length_minutes == 90

    @pytest.mark.parametrize(
        ("day", "moment"),
        [(date(2027, 10, 31), "2027-10-31 00:30"), (date(2028, 3, 26), "2028-03-26 01:30")],
        ids=["repeated", "skipped"],
    )
    def test_nobody_is_there_to_be_asked_about_a_clock_change(self, create, now, day, moment):
        series = create(wall("2027-04-04 01:30"))
        extend_series(series.id, now=now + 40 * WEEK)
        extend_series(series.id, now=now + 60 * WEEK)
        by_day = {found.wall_starts_at.date(): found for found in sessions_of(series)}
        assert by_day[day].starts_at == wall(moment).replace(tzinfo=UTC)
        assert by_day[day].recurrence_id.time().isoformat("minutes") == "01:30"

    def test_calendars_learn_of_new_sessions_alone(self, create, group, now):
        series = create()
        extend_series(series.id, now=now)
        db.session.expire_all()
        assert group.calendar_revision == 1
        extend_series(series.id, now=now + WEEK)
        db.session.expire_all()
        assert group.calendar_revision == 2

    def test_it_is_no_privileged_act(self, create, now):
        extend_series(create().id, now=now + WEEK)
        assert acts() == ["series.created"]


class TestExtendAllSeries:
    @pytest.fixture(autouse=True)
    def _forget_the_cast_s_own(self, cast):
        with transaction():
            db.session.delete(cast.series)

    def test_only_those_that_need_it(self, create, now):
        old = create()
        create(every=None)
        in_a_fortnight = now + 2 * WEEK
        new = create(wall("2026-12-08 18:00"), at=in_a_fortnight)
        assert queries.list_series_to_extend(now=in_a_fortnight) == [old.id]
        assert extend_all_series(now=in_a_fortnight) == 2
        assert queries.list_series_to_extend(now=in_a_fortnight) == []
        with nothing_changes():
            assert extend_all_series(now=in_a_fortnight) == 0
        assert len(walls_of(new)) == 26

    @pytest.mark.parametrize(("days", "number"), [(6, 0), (8, 1)])
    def test_each_about_once_a_week(self, create, now, days, number):
        create()
        assert len(queries.list_series_to_extend(now=now + timedelta(days=days))) == number

    def test_every_group_in_every_zone(self, create, now):
        for zone in ("Europe/London", "Pacific/Auckland", "America/Los_Angeles"):
            create(time_zone=zone)
        assert extend_all_series(now=now + 2 * WEEK) == 6
        assert len(db.session.execute(select(Series)).all()) == 3

    def test_the_worker_does_it(self, create, outbox, now):
        series = create()
        outbox.run_tasks(now=now + 2 * WEEK)
        assert len(walls_of(series)) == 27
