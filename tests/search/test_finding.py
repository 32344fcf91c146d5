"""Groups and sessions are found by their words, and only by those who may know of them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, text, update

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, GroupTopic, Visibility
from supportgroups.groups.topics import Topic
from supportgroups.search import queries, services
from supportgroups.search.models import SearchEntry
from supportgroups.search.words import all_of, any_of, nearly_all_of, words_asked
from supportgroups.sessions.models import SessionStatus
from tests.factories import make_membership


def groups(words: str, person=None, ask=all_of, limit: int = 10) -> list[str]:
    question = ask(words_asked(words))
    return [group.name for group in queries.find_groups(question, person=person, limit=limit)]


def sessions(words: str, now: datetime, person=None, ask=all_of, limit: int = 10) -> list[str]:
    question = ask(words_asked(words))
    found = queries.find_sessions(question, person=person, now=now, limit=limit)
    return [group_session.title_shown for group_session in found]


def indexed() -> list[tuple[object, ...]]:
    """Return what search knows, without the numbers of its rows."""
    known = SearchEntry.__table__.c
    rows = db.session.execute(
        select(*(column for column in known if column.name != "id")).order_by(
            known.group_id, known.series_id, known.group_session_id
        )
    )
    return sorted((tuple(row) for row in rows), key=repr)


class TestGroups:
    @pytest.fixture(autouse=True)
    def some_groups(self, make_group):
        make_group("Élan evening", purpose="We drink tea.", topics=[Topic.BEREAVEMENT])
        make_group("Tea and talk", purpose="We meet on a boat.", topics=[Topic.STRESS])

    @pytest.mark.parametrize(
        ("words", "names"),
        [
            ("elan", ["Élan evening"]),
            ("ÉLAN", ["Élan evening"]),
            ("ela", ["Élan evening"]),
            ("boat", ["Tea and talk"]),
            ("tea boat", ["Tea and talk"]),
            ("boat tea", ["Tea and talk"]),
            ("grief", ["Élan evening"]),
            ("duelo", ["Élan evening"]),
            # What stands in the name comes first.
            ("tea", ["Tea and talk", "Élan evening"]),
            ("lan", []),
            ("tea zebra", []),
            ("gro", []),
        ],
    )
    def test_by_name_purpose_and_topic(self, words, names):
        assert groups(words) == names

    @pytest.mark.parametrize("words", ["evenign", "evning", "evenings", "elam"])
    def test_a_slip_is_forgiven(self, words):
        assert groups(words) == []
        assert groups(words, ask=nearly_all_of) == ["Élan evening"]

    def test_any_of_the_words(self):
        assert groups("zebra boat", ask=any_of) == ["Tea and talk"]

    @pytest.mark.parametrize(
        ("words", "plain"),
        [
            ("te*a\\boat", "te a boat"),
            ("boat'*", "boat"),
            ("NOT boat", "not boat"),
            ("tea OR", "tea or"),
            ("{title} : tea", "title tea"),
            ("tea & | ! boat", "tea boat"),
        ],
    )
    def test_signs_of_the_index_are_only_words(self, words, plain):
        for ask in (all_of, nearly_all_of, any_of):
            assert groups(words, ask=ask) == groups(plain, ask=ask)
        assert groups(words, ask=any_of) != []

    @pytest.mark.parametrize("words", ['"', "'", "&|!", "* :"])
    def test_signs_alone_ask_nothing(self, words):
        assert words_asked(words) == ()

    def test_no_more_than_asked_for(self, make_group):
        for number in range(8):
            make_group(f"Choir {number}")
        assert len(groups("choir", limit=5)) == 5


class TestSessions:
    def test_a_schedule_gives_its_next_session_alone(self, cast, make_session, now):
        later = make_session(cast.series, cast.series.wall_starts_at + timedelta(weeks=1))
        assert sessions("tuesday", now) == ["Tuesday evening"]
        found = queries.find_sessions(all_of(("tuesday",)), person=None, now=now, limit=5)
        assert [one.id for one in found] == [cast.session.id]
        after = cast.session.starts_at
        found = queries.find_sessions(all_of(("tuesday",)), person=None, now=after, limit=5)
        assert [one.id for one in found] == [later.id]

    def test_one_with_a_title_of_its_own(self, cast, make_session, now):
        make_session(
            cast.series, cast.series.wall_starts_at + timedelta(weeks=2), title="A boat trip"
        )
        assert sessions("boat", now) == ["A boat trip"]

    def test_what_is_over_or_cancelled_is_left_out(self, cast, now):
        assert sessions("tuesday", now + timedelta(days=300)) == []
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        assert sessions("tuesday", now) == []

    def test_by_the_words_of_its_group(self, cast, now):
        assert sessions("grief", now) == ["Tuesday evening"]

    def test_the_soonest_comes_first(self, make_group, make_series, make_session, now):
        for weeks, title in [(3, "Choir late"), (1, "Choir soon"), (2, "Choir then")]:
            series = make_series(make_group(), title=title)
            make_session(series, series.wall_starts_at + timedelta(weeks=weeks))
        assert sessions("choir", now) == ["Choir soon", "Choir then", "Choir late"]


class TestWhoMayKnow:
    """The canary: a group that is not listed does not exist for strangers."""

    @pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
    def test_a_hidden_group_is_found_by_its_own_people_alone(
        self, cast, make_group, make_series, make_session, now, visibility
    ):
        group = make_group("Canary", visibility=visibility, topics=[])
        make_session(make_series(group, title="Canary sings"))
        membership = make_membership(group, cast.sam)
        for ask in (all_of, nearly_all_of, any_of):
            for person in (None, cast.stan, cast.rosa, cast.ola):
                assert groups("canary", person, ask) == []
                assert sessions("canary", now, person, ask) == []
            assert groups("canary", cast.sam, ask) == ["Canary"]
            assert sessions("canary", now, cast.sam, ask) == ["Canary sings"]
        with transaction():
            membership.removed_at = now
        assert groups("canary", cast.sam) == []
        assert sessions("canary", now, cast.sam) == []

    def test_hidden_groups_take_no_room_from_others(self, make_group):
        for number in range(20):
            make_group(f"Choir {number}", visibility=Visibility.PRIVATE)
        make_group("Choir of the town")
        assert groups("choir", limit=5) == ["Choir of the town"]

    def test_it_is_asked_each_time(self, make_group):
        group = make_group("Canary")
        assert groups("canary") == ["Canary"]
        # Past everything that search could have noticed.
        with transaction():
            db.session.execute(update(Group).values(visibility=Visibility.PRIVATE))
        assert groups("canary") == []
        assert group.id


class TestKeepingUp:
    """Each change is known at once, in the same transaction, and undone with it."""

    @pytest.mark.parametrize(
        ("field", "words"), [("name", "Zebra"), ("purpose", "About zebras"), ("audience", "Zebras")]
    )
    def test_a_group_that_changes(self, cast, field, words):
        with transaction():
            setattr(cast.group, field, words)
        assert groups("zebra") == [cast.group.name]

    def test_the_words_before_are_forgotten(self, cast):
        assert groups("evening") == ["Evening circle"]
        with transaction():
            cast.group.name = "Zebra"
        assert groups("evening") == []

    def test_a_schedule_and_a_session(self, cast, now):
        with transaction():
            cast.series.title = "Zebra hour"
        assert sessions("zebra", now) == ["Zebra hour"]
        with transaction():
            cast.session.title = "Giraffe hour"
        assert sessions("giraffe", now) == ["Giraffe hour"]

    def test_a_group_of_another_name_is_found_by_its_sessions_too(self, cast, now):
        with transaction():
            cast.group.name = "Zebra"
        assert sessions("zebra", now) == ["Tuesday evening"]

    def test_topics_that_come_and_go(self, cast):
        with transaction():
            cast.group.topic_tags = [GroupTopic(topic=Topic.CANCER)]
        assert groups("oncology") == ["Evening circle"]
        assert groups("grief") == []

    def test_a_change_that_is_undone_was_never_known(self, cast):
        @transaction()
        def fail() -> None:
            cast.group.name = "Zebra"
            db.session.flush()
            raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert groups("zebra") == []
        assert groups("evening") == ["Evening circle"]

    def test_what_is_deleted_is_gone(self, cast, now):
        with transaction():
            db.session.delete(cast.session)
            db.session.delete(cast.series)
        assert sessions("tuesday", now) == []
        with transaction():
            db.session.delete(cast.group)
        assert groups("evening") == []
        assert indexed() == []
        if db.engine.dialect.name == "sqlite":
            left = db.session.execute(text("SELECT count(*) FROM search_index")).scalar()
            assert left == 0

    def test_writing_everything_anew_finds_nothing_to_mend(self, cast, make_session):
        make_session(cast.series, cast.series.wall_starts_at + timedelta(weeks=1), title="A trip")
        before = indexed()
        assert services.rebuild() == 1
        assert indexed() == before

    def test_an_answer_does_not_concern_search(self, cast, now):
        with transaction():
            cast.session.capacity = 3
            assert "groups_to_search_anew" not in db.session.info

    def test_groups_that_were_there_before_are_found_within_the_hour(self, cast, now):
        with transaction():
            db.session.execute(SearchEntry.__table__.delete())
        assert services.write_missing(now=now) == 1
        assert services.write_missing(now=now) == 0
        assert groups("evening") == ["Evening circle"]

    def test_the_command_writes_everything(self, app, cast):
        result = app.test_cli_runner().invoke(args=["search", "rebuild"])
        assert result.output == "Search knows 1 groups.\n"


class TestCost:
    """As many statements for a thousand groups as for one."""

    def count(self, cast, now) -> int:
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        stranger = cast.stan.id
        db.session.expunge_all()
        person = db.session.get_one(UserAccount, stranger)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            groups("circle tuesday", person)
            sessions("tuesday", now, person)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    def test_it_does_not_grow(self, cast, make_group, make_series, make_session, now):
        for _number in range(30):
            make_session(make_series(make_group("Tuesday circle")))
        assert self.count(cast, now) == 2

    @pytest.mark.one_database("postgresql")
    def test_one_plan_serves_for_all_questions(self, cast, now):
        """To plan takes PostgreSQL as long as to search, so it has to keep what it planned."""
        for number in range(15):
            groups(f"circle {number}", cast.sam)
            sessions(f"circle {number}", now, cast.sam)
        kept = db.session.scalars(
            text(
                "SELECT generic_plans FROM pg_prepared_statements "
                "WHERE statement LIKE '%search_entry%' AND statement LIKE 'SELECT %'"
            )
        ).all()
        assert len(kept) == 2
        assert all(kept)
