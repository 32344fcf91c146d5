"""Counting who came, and asking for the count."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.insight import links, services
from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.insight.queries import find_head_count, list_uncounted
from supportgroups.sessions.models import SessionFacilitator, SessionStatus
from tests.factories import find_membership, make_user
from tests.watching import jobs, last_entry


def count(group_session, actor, now, *, heads=8, first_timers=2, outcome=Outcome.HELD):
    """Write a count down."""
    return services.count_heads(
        group_session,
        actor=actor,
        outcome=outcome,
        heads=heads,
        first_timers=first_timers,
        now=now,
    )


class TestCountHeads:
    @pytest.mark.parametrize("name", ["rosa", "kofi"])
    def test_those_who_lead_count(self, cast, past, now, name):
        actor = getattr(cast, name)
        count(past, actor, now)
        found = find_head_count(past)
        assert (found.heads, found.first_timers, found.outcome) == (8, 2, Outcome.HELD)
        assert (found.counted_at, found.counted_by_id) == (now, actor.id)
        entry = last_entry()
        assert (entry.act, entry.actor_id) == ("session.counted", actor.id)
        assert entry.subject == str(past.public_id)

    @pytest.mark.parametrize("name", ["sam", "stan", "ola"])
    def test_nobody_else_does(self, cast, past, now, name):
        with pytest.raises(PermissionDenied):
            count(past, getattr(cast, name), now)
        assert find_head_count(past) is None

    def test_a_later_count_takes_the_place_of_an_earlier_one(self, cast, past, now):
        count(past, cast.kofi, now)
        count(past, cast.rosa, now, heads=9)
        rows = db.session.execute(select(HeadCount)).scalars().all()
        assert [(row.heads, row.counted_by_id) for row in rows] == [(9, cast.rosa.id)]

    @pytest.mark.parametrize("outcome", [one for one in Outcome if not one.took_place])
    def test_where_nobody_met_there_are_no_heads(self, cast, past, now, outcome):
        found = count(past, cast.kofi, now, outcome=outcome)
        assert (found.heads, found.first_timers) == (0, 0)

    def test_it_opens_with_the_session(self, cast):
        begins = cast.session.starts_at
        with pytest.raises(services.SessionNotStarted):
            count(cast.session, cast.kofi, begins - timedelta(seconds=1))
        assert count(cast.session, cast.kofi, begins).heads == 8

    def test_a_cancelled_session_has_nobody_to_count(self, cast, past, now):
        with transaction():
            past.status = SessionStatus.CANCELLED
        with pytest.raises(services.SessionIsCancelled):
            count(past, cast.kofi, now)

    @pytest.mark.parametrize(
        ("heads", "first_timers", "outcome"),
        [(-1, 0, "held"), (2, 3, "held"), (2, -1, "held"), (1, 0, "weather")],
    )
    def test_the_database_takes_no_nonsense(self, cast, past, now, heads, first_timers, outcome):
        with pytest.raises(IntegrityError), transaction():
            db.session.add(
                HeadCount(
                    group_session_id=past.id,
                    outcome=Outcome(outcome),
                    heads=heads,
                    first_timers=first_timers,
                    counted_at=now,
                )
            )

    def test_the_count_outlives_whoever_counted(self, cast, past, now):
        count(past, cast.kofi, now)
        with transaction():
            db.session.delete(cast.kofi)
        db.session.expire_all()
        found = find_head_count(past)
        assert (found.heads, found.counted_by_id) == (8, None)


class TestUncounted:
    def test_only_what_is_over_took_place_and_is_not_long_ago(self, cast, past, now):
        ids = [cast.group.id]
        assert list_uncounted(ids, now=now) == [past]
        assert list_uncounted([], now=now) == []
        assert list_uncounted(ids, now=past.ends_at - timedelta(seconds=1)) == []
        assert past not in list_uncounted(ids, now=past.ends_at + timedelta(days=14))
        count(past, cast.kofi, now)
        assert list_uncounted(ids, now=now) == []

    def test_not_what_was_cancelled(self, cast, past, now):
        with transaction():
            past.status = SessionStatus.CANCELLED
        assert list_uncounted([cast.group.id], now=now) == []


class TestAskForHeadCounts:
    @pytest.fixture
    def led(self, cast, past):
        """Let Kofi have led it."""
        with transaction():
            db.session.add(SessionFacilitator(group_session_id=past.id, user_id=cast.kofi.id))
        return past

    def asked(self):
        return [job["user_id"] for job in jobs("insight.head_count_wanted")]

    def test_those_who_led_are_asked_once(self, cast, led):
        for minutes in (0, 15, 30):
            services.ask_for_head_counts(now=led.ends_at + timedelta(minutes=minutes))
        assert self.asked() == [cast.kofi.id]

    def test_where_nobody_led_the_organizers_are(self, cast, past):
        services.ask_for_head_counts(now=past.ends_at)
        assert self.asked() == [cast.rosa.id]

    @pytest.mark.parametrize("late", [-timedelta(seconds=1), timedelta(days=1)])
    def test_not_before_the_end_nor_long_after(self, led, late):
        services.ask_for_head_counts(now=led.ends_at + late)
        assert self.asked() == []

    def test_not_about_what_is_counted_or_cancelled(self, cast, led):
        with transaction():
            led.status = SessionStatus.CANCELLED
        services.ask_for_head_counts(now=led.ends_at)
        with transaction():
            led.status = SessionStatus.SCHEDULED
        count(led, cast.rosa, led.ends_at)
        services.ask_for_head_counts(now=led.ends_at)
        assert self.asked() == []

    def test_the_letter(self, cast, led, outbox):
        services.ask_for_head_counts(now=led.ends_at)
        outbox.run()
        [letter] = outbox.letters
        assert letter["To"] == cast.kofi.email
        assert letter["Subject"] == "A short question"
        words = letter.get_body(("plain",)).get_content()
        assert "Tuesday 17 November 2026, 19:00–20:30" in words
        assert f"http://localhost/head-counts/{links.sign(led.public_id, cast.kofi.id)}" in words
        for private in (cast.group.name, led.title_shown, led.place_shown):
            assert private not in str(letter)

    def test_it_is_withdrawn_when_its_reason_is_gone(self, cast, led, outbox, now):
        services.ask_for_head_counts(now=led.ends_at)
        count(led, cast.rosa, now)
        outbox.run()
        assert outbox.letters == []

    def test_it_goes_to_nobody_who_no_longer_leads(self, cast, led, outbox, now):
        services.ask_for_head_counts(now=led.ends_at)
        with transaction():
            find_membership(cast.group, cast.kofi).removed_at = now
        outbox.run()
        assert outbox.letters == []


class TestLink:
    def test_it_tells_whose_it_is(self, cast, past):
        token = links.sign(past.public_id, cast.kofi.id)
        assert links.read(token) == (past.public_id, cast.kofi.id)

    def test_another_s_is_not_made_from_it(self, cast, past):
        token = links.sign(past.public_id, cast.kofi.id)
        other = links.sign(past.public_id, make_user("Other").id)
        forged = other.partition(".")[0] + "." + token.partition(".")[2]
        assert links.read(forged) is None
        assert links.read("nowhere") is None
