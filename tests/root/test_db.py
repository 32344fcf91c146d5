from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from sqlalchemy import insert, literal, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from supportgroups import db as database_module
from supportgroups.accounts.models import UserAccount
from supportgroups.app import create_app
from supportgroups.db import Busy, after_commit, db, is_in_transaction, transaction
from supportgroups.sessions.models import Series
from tests import factories
from tests.conftest import make_config
from tests.watching import at_once, nothing_changes


def name_as_others_see_it(user_id):
    """Read through a connection that shares nothing with the session."""
    with db.engine.connect() as connection:
        query = select(UserAccount.display_name).where(UserAccount.id == user_id)
        return connection.execute(query).scalar_one()


@pytest.fixture
def robin(make_user):
    return make_user("Robin")


class Boom(Exception):
    pass


class TestTransaction:
    def test_it_commits(self, robin):
        with transaction():
            robin.display_name = "Kim"
        assert name_as_others_see_it(robin.id) == "Kim"

    def test_it_undoes_everything_on_an_error(self, robin):
        @transaction()
        def fail():
            factories.make_user("Somebody new")
            robin.display_name = "Kim"
            db.session.flush()
            raise Boom

        with nothing_changes():
            with pytest.raises(Boom):
                fail()
            assert robin.display_name == "Robin"

    def test_a_nested_one_joins(self, robin):
        @transaction()
        def rename():
            robin.display_name = "Kim"

        @transaction()
        def fail():
            rename()
            with transaction():
                pass
            assert is_in_transaction()
            raise Boom

        with nothing_changes(), pytest.raises(Boom):
            fail()
        assert not is_in_transaction()

    def test_changes_made_before_it_are_refused(self, robin):
        robin.display_name = "Kim"
        with pytest.raises(RuntimeError, match="before the transaction"), transaction():
            pass
        db.session.rollback()

    def test_what_was_read_before_is_read_again(self, robin):
        assert robin.display_name == "Robin"
        with db.engine.begin() as connection:
            connection.execute(update(UserAccount).values(display_name="Kim"))
        with transaction():
            assert robin.display_name == "Kim"

    def test_the_next_one_is_fresh_after_an_error(self, robin):
        with pytest.raises(Boom), transaction():
            raise Boom
        with transaction():
            robin.display_name = "Kim"
        assert name_as_others_see_it(robin.id) == "Kim"

    def test_writers_wait_for_each_other(self, app, robin):
        user_id = robin.id

        @transaction()
        def lengthen():
            row = select(UserAccount).where(UserAccount.id == user_id).with_for_update()
            user = db.session.execute(row).scalar_one()
            user.display_name += "x"

        assert at_once(app, *[lengthen] * 8) == [None] * 8
        assert robin.display_name == "Robin" + "x" * 8


class TestAfterCommit:
    def test_it_runs_once_others_can_see_the_change(self, robin):
        seen = []
        with transaction():
            with transaction():
                after_commit(lambda: seen.append(name_as_others_see_it(robin.id)))
                robin.display_name = "Kim"
            assert seen == []
        assert seen == ["Kim"]
        with transaction():
            pass
        assert seen == ["Kim"]

    def test_it_never_runs_for_what_was_undone(self, app):
        seen = []

        @transaction()
        def fail():
            after_commit(lambda: seen.append(1))
            raise Boom

        with pytest.raises(Boom):
            fail()
        with transaction():
            pass
        assert seen == []

    def test_it_needs_a_transaction(self, app):
        with pytest.raises(RuntimeError, match="transaction"):
            after_commit(lambda: None)


def failure(state):
    return OperationalError("UPDATE", {}, SimpleNamespace(sqlstate=state))


class TestTryingAgain:
    @pytest.fixture(autouse=True)
    def _quickly(self, app, monkeypatch):
        monkeypatch.setattr(database_module.time, "sleep", lambda _seconds: None)

    @pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
    def test_a_passing_failure_is_tried_again(self, state):
        tries, done = [], []

        @transaction()
        def work():
            tries.append(1)
            after_commit(lambda: done.append(len(tries)))
            if len(tries) < 4:
                raise failure(state)
            return "done"

        assert work() == "done"
        assert (len(tries), done) == (4, [4])

    def test_it_gives_up_when_the_database_stays_busy(self):
        tries = []

        @transaction()
        def work():
            tries.append(1)
            raise failure("55P03")

        with pytest.raises(Busy):
            work()
        assert len(tries) == 4

    @pytest.mark.parametrize("state", ["57014", None])
    def test_another_failure_is_not_tried_again(self, state):
        tries = []

        @transaction()
        def work():
            tries.append(1)
            raise failure(state)

        with pytest.raises(OperationalError):
            work()
        assert tries == [1]

    def test_the_whole_is_tried_again_not_a_part_of_it(self):
        tries = []

        @transaction()
        def part():
            tries.append("part")
            if tries.count("part") == 1:
                raise failure("40001")

        @transaction()
        def whole():
            tries.append("whole")
            part()

        whole()
        assert tries == ["whole", "part", "whole", "part"]


class TestColumns:
    def test_a_moment_comes_back_in_utc(self, make_user):
        noon_in_tokyo = datetime(2026, 12, 1, 12, 0, tzinfo=timezone(timedelta(hours=9)))
        user_id = make_user(created_at=noon_in_tokyo).id
        db.session.remove()
        found = db.session.get_one(UserAccount, user_id).created_at
        assert found == noon_in_tokyo
        assert found.tzinfo is UTC

    def test_a_naive_moment_is_refused(self, app):
        with pytest.raises(StatementError, match="naive"):
            factories.make_user(created_at=datetime(2026, 12, 1))  # noqa: DTZ001

    def test_a_wall_time_comes_back_naive(self, cast):
        db.session.expire_all()
        assert cast.series.wall_starts_at == datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001

    def test_an_aware_wall_time_is_refused(self, cast):
        with pytest.raises(StatementError, match="aware"):
            factories.make_series(cast.group, wall_starts_at=datetime(2026, 12, 1, tzinfo=UTC))

    def test_the_database_itself_refuses_an_unknown_word(self, cast):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text("UPDATE support_group SET visibility = 'secret'"))

    def test_the_database_itself_refuses_a_reference_to_nothing(self, cast):
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(
                insert(Series).values(
                    group_id=0, title="", description="", wall_starts_at=cast.series.wall_starts_at,
                    length_minutes=1, time_zone="UTC", place="", online_link="",
                    created_at=datetime.now(UTC), made_until=cast.series.wall_starts_at,
                )
            )  # fmt: skip


SETTINGS = {
    "sqlite": {
        "PRAGMA journal_mode": "wal",
        "PRAGMA synchronous": "2",
        "PRAGMA foreign_keys": "1",
        "PRAGMA secure_delete": "1",
        "PRAGMA trusted_schema": "0",
        "PRAGMA busy_timeout": "10000",
    },
    "postgresql": {
        "SHOW transaction_isolation": "read committed",
        "SHOW lock_timeout": "3s",
        "SHOW timezone": "UTC",
    },
}


def test_every_connection_is_set_up(database):
    # The application of the tests does not wait for the disk; one made anew does.
    with create_app(make_config(database.folder, DATABASE_URL=database.url)).app_context():
        wanted = SETTINGS[db.engine.dialect.name]
        with db.engine.connect() as connection:
            found = {query: str(connection.execute(text(query)).scalar()) for query in wanted}
        db.engine.dispose()
    assert found == wanted


def test_each_of_many_threads_has_a_connection_of_its_own(app):
    """Sixteen threads met a pool of fifteen once: somebody always waited for another's request."""
    number = app.config["SETTINGS"].database_connections
    assert number >= 16
    with ExitStack() as held:
        for _thread in range(number):
            held.enter_context(db.engine.connect()).execute(text("SELECT 1"))
        assert db.engine.pool.checkedout() == number
        assert db.engine.pool.overflow() == 0


@pytest.mark.parametrize("word", ["árbol", "ÁRBOL", "Árbol", "ÁR", "Bol"])
def test_a_search_looks_past_capitals_in_every_alphabet(app, word):
    query = select(literal("Un Árbol").icontains(word))
    assert db.session.execute(query).scalar_one()
