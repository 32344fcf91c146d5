"""Public pages that are kept for a moment."""

from contextvars import Context
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import create_engine, event

from supportgroups.database_state import DatabaseState
from supportgroups.db import db, transaction
from supportgroups.groups.models import Visibility
from supportgroups.kept_pages import LIVES_FOR, MOST

URL = "/guides/your-first-session"
SPANISH = {"Accept-Language": "es"}


class Visitor:
    """Somebody whose browser carries no cookie."""

    def __init__(self, app):
        self.client = app.test_client(use_cookies=False)

    def open(self, path, **options):
        # As behind a server, nothing of one request is there in the next.
        return Context().run(self.client.open, path, **options)

    def get(self, path, **options):
        return self.open(path, **options)


@pytest.fixture
def visitor(app):
    return Visitor(app)


@pytest.fixture
def asked(app):
    """What the database was asked since the test began: nothing, where a copy was given."""
    said = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def answer(response):
    return response.status, list(response.headers), response.data


class TestACopy:
    @pytest.mark.one_database("sqlite")  # PostgreSQL tells of changes elsewhere on the server too.
    def test_it_is_what_the_page_itself_would_be(self, visitor, asked):
        page = answer(visitor.get(URL))
        assert asked
        asked.clear()
        assert answer(visitor.get(URL)) == page
        assert asked == []

    @pytest.mark.one_database("sqlite")  # PostgreSQL tells of changes elsewhere on the server too.
    def test_nothing_new_is_said_with_the_same_headers(self, visitor, asked):
        headers = {"If-None-Match": visitor.get(URL).headers["ETag"]}
        first = answer(visitor.get(URL, headers=headers))
        assert first[0] == "304 NOT MODIFIED"
        asked.clear()
        assert answer(visitor.get(URL, headers=headers)) == first
        assert asked == []

    def test_each_language_has_its_own(self, visitor):
        for _time in range(2):
            assert 'lang="en" dir' in visitor.get(URL).text
            assert 'lang="es" dir' in visitor.get(URL, headers=SPANISH).text

    def test_it_lives_for_a_few_seconds(self, visitor, asked, now):
        visitor.get(URL)
        for moment in (now + LIVES_FOR, now - timedelta(seconds=1)):
            asked.clear()
            with time_machine.travel(moment, tick=False):
                visitor.get(URL)
            assert asked

    def test_it_is_given_up_when_anything_changes(self, cast, visitor):
        page = f"/groups/{cast.group.slug}"
        assert "Evening circle" in visitor.get(page).text
        with transaction():
            cast.group.name = "Morning circle"
        assert "Evening circle" not in visitor.get(page).text
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        assert visitor.get(page).status_code == 404

    def test_many_askers_fill_no_memory(self, app, visitor):
        for number in range(MOST + 5):
            visitor.get(f"{URL}?language={number}")
        assert len(app.extensions["kept_pages"].copies) == MOST


class TestNoCopy:
    def test_whoever_carries_a_cookie_is_asked_who_they_are(self, visitor, asked):
        visitor.get(URL)
        asked.clear()
        page = visitor.get(URL, headers={"Cookie": "session=x"})
        assert asked
        assert page.headers["Cache-Control"] == "no-store"

    def test_a_forged_host_is_refused(self, visitor):
        visitor.get(URL)
        assert visitor.get(URL, headers={"Host": "evil.example"}).status_code == 400

    @pytest.mark.parametrize("method", ["HEAD", "POST"])
    def test_other_methods_are_answered_by_the_page(self, visitor, method):
        visitor.get(URL)
        page = visitor.open(URL, method=method)
        assert page.data == b"" if method == "HEAD" else page.status_code in {400, 405}

    @pytest.mark.parametrize(
        "path", ["/", "/sign-in", "/guides/no-such-guide", "/groups/no-such-group"]
    )
    def test_no_other_page_is_kept(self, app, visitor, path):
        visitor.get(path)
        assert not app.extensions["kept_pages"].copies


class TestDatabaseState:
    def test_its_word_is_another_one_after_every_commit(self, app, cast):
        state = DatabaseState(app)
        words = [state.word()]
        for minute in range(3):
            with transaction():
                cast.sam.display_name = f"Sam {minute}"
            words.append(state.word())
        state.close()
        assert None not in words
        assert len(set(words)) == len(words)

    @pytest.mark.one_database("sqlite")
    def test_it_stays_the_same_while_nothing_changes(self, app, cast, visitor):
        state = DatabaseState(app)
        word = state.word()
        visitor.get("/groups")
        assert state.word() == word
        state.close()

    @pytest.mark.one_database("sqlite")
    def test_there_is_none_where_the_database_gives_no_answer(self, app):
        state = DatabaseState(app)
        state._engine = create_engine("sqlite:////nowhere/at/all")
        assert state.word() is None
        state._engine = create_engine("sqlite://")
        assert state.word() is None
