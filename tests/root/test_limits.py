from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.limits import TriesCounter, forget_old_tries, spend
from tests.watching import at_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def try_once(app, now):
    """Try something that may be done three times a minute."""

    def try_once(key="knock:192.0.2.1", *, limit=3, later=timedelta(0)):
        return spend(key, limit=limit, per=MINUTE, now=now + later)

    return try_once


class TestSpend:
    def test_it_lets_exactly_the_limit_pass(self, try_once):
        assert [try_once() for _ in range(5)] == [True, True, True, False, False]

    def test_each_key_is_counted_by_itself(self, try_once):
        assert not [try_once() for _ in range(4)][-1]
        assert try_once("knock:192.0.2.2")

    def test_a_new_window_begins_anew(self, try_once):
        assert not [try_once() for _ in range(4)][-1]
        assert not try_once(later=MINUTE - timedelta(seconds=1))
        assert try_once(later=MINUTE)

    def test_racing_tries_do_not_pass_together(self, app, try_once):
        outcomes = at_once(app, *[lambda: try_once(limit=4)] * 8)
        assert sorted(outcomes) == [False] * 4 + [True] * 4

    def test_a_try_counts_although_the_act_failed(self, try_once):
        class Boom(Exception):
            pass

        @transaction()
        def act():
            raise Boom

        for _ in range(3):
            assert try_once()
            with pytest.raises(Boom):
                act()
        assert not try_once()

    def test_the_database_never_learns_the_key(self, try_once):
        try_once("sign-in:rosa@example.org")
        key = db.session.execute(select(TriesCounter.key)).scalar_one()
        assert "rosa" not in key


class TestForgetOldTries:
    def test_old_counters_go_and_the_others_stay(self, try_once, now):
        try_once()
        try_once(later=timedelta(days=1))
        later = now + timedelta(days=2, seconds=1)
        assert forget_old_tries(now=later) == 1
        assert forget_old_tries(now=later) == 0
        assert len(db.session.execute(select(TriesCounter)).all()) == 1
