"""The services that edit, move, cancel and restore one session."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups import events
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Role
from supportgroups.groups.services.members import change_role, leave_group, remove_member
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.news import NewsKind
from supportgroups.sessions.services.changes import list_news
from supportgroups.sessions.services.series import (
    NotALeader,
    StartsInThePast,
    StartsOnClockChange,
    create_series,
)
from supportgroups.sessions.services.sessions import (
    SessionOver,
    cancel_session,
    edit_session,
    restore_session,
)
from tests import factories
from tests.watching import acts, announced, last_entry, nothing_changes

DURING = timedelta(days=8, hours=10, minutes=30)
AFTERWARDS = timedelta(days=8, hours=11, minutes=30)
OUTSIDERS = ["kofi", "sam", "stan", "ola"]


def wall(text):
    return datetime.fromisoformat(text)


@pytest.fixture
def edit(cast, as_it_is, now):
    def edit(actor=cast.rosa, at=now, **changes):
        edit_session(cast.session, as_it_is(cast.session, **changes), actor=actor, now=at)
        db.session.expire_all()
        return cast.session

    return edit


@pytest.fixture
def cancel(cast, now):
    def cancel(reason="", actor=cast.rosa, at=now):
        cancel_session(cast.session, actor=actor, reason=reason, now=at)
        db.session.expire_all()
        return cast.session

    return cancel


@pytest.fixture
def restore(cast, now):
    def restore(actor=cast.rosa, at=now):
        restore_session(cast.session, actor=actor, now=at)
        db.session.expire_all()
        return cast.session

    return restore


def sessions_of(series):
    query = select(GroupSession).where(GroupSession.series_id == series.id)
    return list(db.session.execute(query).scalars())


def counters(group_session):
    return group_session.sequence, group_session.revision


class TestWhatCalendarsCount:
    """Calendar decision 4: SEQUENCE rises with time, place, title, status; text revises only."""

    @pytest.mark.parametrize(
        ("changes", "sequence", "revision"),
        [
            ({}, 0, 0),
            ({"title": "Another title"}, 1, 1),
            ({"place": "The town hall"}, 1, 1),
            ({"place": ""}, 1, 1),
            ({"wall_starts_at": wall("2026-12-02 19:00")}, 1, 1),
            ({"length_minutes": 60}, 1, 1),
            # Moved to an earlier start with the same end.
            ({"wall_starts_at": wall("2026-12-01 18:30"), "length_minutes": 120}, 1, 1),
            ({"description": "Bring a cup."}, 0, 1),
            ({"title": "Another title", "place": "Hall", "description": "Bring a cup."}, 1, 1),
            # No calendar shows these.
            ({"capacity": 5}, 0, 0),
            ({"capacity": None}, 0, 0),
            ({"online_link": "https://meet.example/room"}, 0, 0),
        ],
    )
    def test_an_edit(self, edit, cast, now, changes, sequence, revision):
        found = edit(**changes)
        assert counters(found) == (sequence, revision)
        assert found.revised_at == (now if revision else factories.LONG_AGO)
        assert cast.group.calendar_revision == revision

    def test_each_change_counts(self, edit):
        edit(title="One")
        edit(description="Bring a cup.")
        edit(title="One", description="Bring a cup.")
        assert counters(edit(title="Two")) == (2, 3)

    def test_two_changes_in_one_second_can_be_told_apart(self, edit, now):
        edit(title="One", at=now + timedelta(microseconds=900_000))
        first = edit().revised_at
        second = edit(title="Two").revised_at
        assert (first, second) == (now, now + timedelta(seconds=1))

    def test_cancelling_and_restoring(self, cancel, restore, now):
        assert counters(cancel()) == (1, 1)
        # Only the words change.
        assert counters(cancel("The hall is flooded")) == (1, 2)
        assert counters(cancel("The hall is flooded")) == (1, 2)
        assert counters(restore()) == (2, 3)
        assert counters(restore()) == (2, 3)
        assert restore().revised_at == now + timedelta(seconds=2)

    @pytest.mark.parametrize("at", [timedelta(0), DURING])
    def test_a_new_name_of_the_group_is_news_for_coming_sessions(self, cast, now, at):
        past = factories.make_session(cast.series, wall("2026-11-17 19:00"))
        later = factories.make_session(cast.series, wall("2026-12-08 19:00"))
        with transaction():
            events.group_renamed.send(group=cast.group, now=now + at)
        db.session.expire_all()
        found = [counters(group_session) for group_session in (past, cast.session, later)]
        assert found == [(0, 0), (1, 1), (1, 1)]


class TestEditSession:
    def test_it_moves(self, edit, cast):
        uid = cast.session.uid
        found = edit(wall_starts_at=wall("2027-04-06 18:30"), length_minutes=60)
        assert found.starts_at == datetime(2027, 4, 6, 17, 30, tzinfo=UTC)
        assert found.ends_at == datetime(2027, 4, 6, 18, 30, tzinfo=UTC)
        assert found.wall_starts_at == wall("2027-04-06 18:30")
        assert found.is_moved
        # What it is known by in every calendar never changes.
        assert (found.uid, found.recurrence_id) == (uid, wall("2026-12-01 19:00"))

    def test_it_moves_back(self, edit):
        edit(wall_starts_at=wall("2026-12-02 19:00"))
        assert not edit(wall_starts_at=wall("2026-12-01 19:00")).is_moved

    def test_the_others_of_its_series_stay_as_they_are(self, edit, cast):
        other = factories.make_session(cast.series, wall("2026-12-08 19:00"))
        edit(title="Another title", wall_starts_at=wall("2026-12-02 19:00"), capacity=3)
        assert (other.title_shown, other.capacity_shown) == ("Tuesday evening", 12)
        assert counters(other) == (0, 0)
        assert cast.series.title == "Tuesday evening"

    @pytest.mark.parametrize(
        ("name", "value", "own"),
        [
            ("title", "Another title", "Another title"),
            ("description", "Bring a cup.", "Bring a cup."),
            ("place", "", ""),
            ("online_link", "https://meet.example/room", "https://meet.example/room"),
            ("capacity", 3, 3),
            # No limit, where the series has one, is not the same as following the series.
            ("capacity", None, 0),
        ],
    )
    def test_only_what_differs_is_kept(self, edit, cast, name, value, own):
        series_value = getattr(cast.series, name)
        found = edit(**{name: value})
        assert getattr(found, name) == own
        assert getattr(found, f"{name}_shown") == value
        found = edit(**{name: series_value})
        assert getattr(found, name) is None
        assert getattr(found, f"{name}_shown") == series_value

    def test_what_is_not_kept_goes_on_following_the_series(self, edit, cast):
        edit(title="Another title")
        with transaction():
            cast.series.title = "Tuesday night"
            cast.series.place = "The town hall"
        assert cast.session.title_shown == "Another title"
        assert cast.session.place_shown == "The town hall"

    def test_where_the_series_has_no_limit_a_session_can_have_one(self, edit, cast):
        with transaction():
            cast.series.capacity = None
        assert edit(capacity=None).capacity is None
        assert edit(capacity=4).capacity_shown == 4
        assert edit(capacity=None).capacity is None

    @pytest.mark.parametrize(
        ("changes", "news"),
        [
            ({"title": "Another title"}, None),
            ({"length_minutes": 60}, None),
            ({"capacity": 20}, None),
            ({"capacity": None}, None),
            ({"place": "The town hall"}, NewsKind.NEW_PLACE),
            ({"wall_starts_at": wall("2026-12-02 19:00")}, NewsKind.MOVED),
            ({"wall_starts_at": wall("2026-12-02 19:00"), "place": ""}, NewsKind.MOVED),
        ],
    )
    def test_what_there_is_to_tell(self, edit, cast, now, changes, news):
        with (
            announced(events.schedule_changed) as heard,
            announced(events.session_capacity_changed) as capacity,
        ):
            found = edit(**changes)
        (fact,) = heard
        assert fact["now"] == now
        assert [one.kind for one in list_news([fact["change"]], now=now)] == (
            [news] if news else []
        )
        is_about_places = "capacity" in changes
        assert capacity == ([{"group_session": found, "now": now}] if is_about_places else [])

    def test_saving_what_is_there_is_no_news(self, edit):
        with announced(events.schedule_changed) as heard:
            edit()
        assert heard == []

    @pytest.mark.parametrize("start", ["2026-11-23 09:00", "2026-11-16 19:00", "1999-12-31 19:00"])
    def test_it_does_not_move_into_the_past(self, edit, start):
        with nothing_changes(), pytest.raises(StartsInThePast):
            edit(wall_starts_at=wall(start))

    @pytest.mark.parametrize("start", ["2027-03-28 01:30", "2027-10-31 01:30"])
    def test_it_does_not_move_into_an_hour_of_a_clock_change(self, edit, start):
        with nothing_changes(), pytest.raises(StartsOnClockChange):
            edit(wall_starts_at=wall(start))

    def test_what_is_over_is_not_rewritten(self, edit, now):
        with nothing_changes(), pytest.raises(SessionOver):
            edit(title="Another title", at=now + AFTERWARDS)

    def test_while_it_runs_its_words_can_change_but_not_its_start(self, edit, now):
        assert edit(title="In the garden", at=now + DURING).title_shown == "In the garden"
        with nothing_changes(), pytest.raises(StartsInThePast):
            edit(wall_starts_at=wall("2026-12-01 19:15"), at=now + DURING)

    def test_each_edit_is_one_row_in_the_audit_trail(self, edit, cast):
        edit(title="Another title", capacity=3, wall_starts_at=wall("2026-12-02 19:00"))
        assert acts() == ["session.edited"]
        assert last_entry().subject == str(cast.session.public_id)
        assert last_entry().actor_id == cast.rosa.id

    @pytest.mark.parametrize("name", OUTSIDERS)
    def test_only_organizers_may(self, edit, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            edit(getattr(cast, name), title="Mine now")


class TestFacilitators:
    def lead(self, edit, *people):
        return edit(facilitator_ids=frozenset(person.id for person in people))

    def test_they_can_change(self, edit, cast):
        assert self.lead(edit, cast.kofi, cast.rosa).facilitators == [cast.rosa, cast.kofi]
        assert self.lead(edit, cast.rosa).facilitators == [cast.rosa]
        assert self.lead(edit).facilitators == []

    def test_the_calendars_of_both_show_it(self, edit, cast):
        self.lead(edit, cast.kofi)
        self.lead(edit, cast.rosa)
        self.lead(edit, cast.rosa)
        found = (cast.kofi.calendar_revision, cast.rosa.calendar_revision)
        assert found == (2, 1)

    @pytest.mark.parametrize("name", ["sam", "stan", "ola"])
    def test_only_people_who_lead_in_the_group(self, edit, cast, name):
        with nothing_changes(), pytest.raises(NotALeader):
            self.lead(edit, cast.kofi, getattr(cast, name))

    def test_the_facilitator_of_another_group_is_nobody_here(self, edit, cast, make_group):
        factories.make_membership(make_group(), cast.stan, Role.FACILITATOR)
        with nothing_changes(), pytest.raises(NotALeader):
            self.lead(edit, cast.stan)

    @pytest.mark.parametrize("end", ["leave", "remove", "step back"])
    def test_who_stops_leading_leads_no_coming_session(self, edit, cast, plan, now, end):
        ids = frozenset({cast.kofi.id, cast.rosa.id})
        series = create_series(cast.group, plan(facilitator_ids=ids), actor=cast.rosa, now=now)
        past = factories.make_session(series, wall("2026-11-17 19:00"))
        with transaction():
            past.facilitators = [cast.kofi, cast.rosa]
        membership = group_queries.get_membership(cast.group, cast.kofi)
        match end:
            case "leave":
                leave_group(cast.group, actor=cast.kofi, now=now)
            case "remove":
                remove_member(membership, actor=cast.rosa, now=now)
            case "step back":
                change_role(membership, Role.MEMBER, actor=cast.rosa, now=now)
        db.session.expire_all()
        assert series.facilitators == [cast.rosa]
        coming = [found for found in sessions_of(series) if found is not past]
        assert len(coming) == 25
        assert all(found.facilitators == [cast.rosa] for found in coming)
        # What happened is not rewritten.
        assert len(past.facilitators) == 2

    def test_in_another_group_they_go_on(self, edit, cast, make_group, now):
        other = make_group()
        factories.make_membership(other, cast.kofi, Role.FACILITATOR)
        elsewhere = factories.make_session(factories.make_series(other))
        with transaction():
            elsewhere.facilitators = [cast.kofi]
            elsewhere.series.facilitators = [cast.kofi]
        leave_group(cast.group, actor=cast.kofi, now=now)
        db.session.expire_all()
        assert elsewhere.facilitators == elsewhere.series.facilitators == [cast.kofi]


class TestCancelSession:
    def test_it_is_off(self, cancel):
        found = cancel("The hall is flooded")
        assert found.is_cancelled
        assert found.cancel_reason == "The hall is flooded"

    def test_it_is_announced_once(self, cancel, cast, now):
        with announced(events.schedule_changed) as heard:
            cancel()
            cancel()
            cancel("The hall is flooded")
        # A new reason is no news: whoever looks reads it.
        told = [[one.kind for one in list_news([fact["change"]], now=now)] for fact in heard]
        assert told == [[NewsKind.CANCELLED], []]

    def test_cancelling_again_changes_the_reason_only(self, cancel):
        cancel("The hall is flooded")
        with nothing_changes():
            cancel("The hall is flooded")
        assert cancel("The hall is closed").cancel_reason == "The hall is closed"

    def test_each_act_is_one_row_in_the_audit_trail(self, cancel, restore, cast):
        cancel(), cancel(), cancel("Flooded"), restore(), restore()
        assert acts() == ["session.cancelled", "session.cancelled", "session.restored"]
        assert last_entry().subject == str(cast.session.public_id)

    def test_what_is_over_is_not_rewritten(self, cancel, now):
        with nothing_changes(), pytest.raises(SessionOver):
            cancel(at=now + AFTERWARDS)

    def test_what_has_begun_can_still_be_called_off(self, cancel, now):
        assert cancel(at=now + DURING).is_cancelled

    def test_an_edit_does_not_let_it_take_place(self, cancel, edit):
        cancel("Flooded")
        found = edit(title="Another title")
        assert (found.is_cancelled, found.cancel_reason) == (True, "Flooded")

    @pytest.mark.parametrize("name", OUTSIDERS)
    def test_only_organizers_may(self, cancel, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            cancel(actor=getattr(cast, name))


class TestRestoreSession:
    def test_it_takes_place_after_all(self, cancel, restore):
        cancel("The hall is flooded")
        found = restore()
        assert (found.is_cancelled, found.cancel_reason) == (False, "")

    def test_it_is_announced_once(self, cancel, restore, cast, now):
        cancel()
        with announced(events.session_restored) as heard:
            restore()
            restore()
        assert heard == [{"group_session": cast.session, "now": now}]

    def test_what_was_never_cancelled_stays_as_it_is(self, restore):
        with nothing_changes():
            found = restore()
        assert not found.is_cancelled

    def test_what_is_over_is_not_rewritten(self, cancel, restore, now):
        cancel()
        with nothing_changes(), pytest.raises(SessionOver):
            restore(at=now + AFTERWARDS)

    @pytest.mark.parametrize("name", OUTSIDERS)
    def test_only_organizers_may(self, cancel, restore, cast, name):
        cancel()
        with nothing_changes(), pytest.raises(PermissionDenied):
            restore(actor=getattr(cast, name))
