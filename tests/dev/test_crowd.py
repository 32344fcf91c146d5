"""Generated data: as much as asked for, and only into an empty database."""

from sqlalchemy import func, select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group, Membership
from supportgroups.search.models import SearchEntry
from supportgroups.sessions.models import GroupSession


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def seed(app, *options: str):
    return app.test_cli_runner().invoke(args=["dev", "seed", *options])


def test_it_makes_as_many_as_asked_for(app):
    assert seed(app, "--groups", "25", "--members", "40").exit_code == 0
    assert (count(Group), count(GroupSession), count(UserAccount)) == (25, 50, 41)
    assert count(Membership) == 25 + 40
    assert count(SearchEntry) == 50


def test_a_database_that_holds_people_is_refused(app, make_user):
    make_user()
    result = seed(app, "--groups", "2")
    assert result.exit_code == 1
    assert "this database already holds people" in result.output
    assert count(Group) == 0
