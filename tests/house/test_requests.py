"""A request leaves nothing uncommitted behind: the watch of every test is itself watched."""

from collections.abc import Iterator

import pytest
from flask import Flask

from supportgroups.access import PUBLIC, access
from supportgroups.db import db
from supportgroups.groups.models import Group
from tests.browser_client import Browser
from tests.conftest import Cast


@pytest.fixture
def swept(app: Flask) -> Iterator[None]:
    """Close what the careless requests left open; the watch stops before anybody else could."""
    yield
    for left in list(db.session.registry.registry.values()):
        left.close()
    db.session.registry.registry.clear()


def change(group: Group) -> None:
    group.name = "Another name"


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize(
    "leave_behind",
    [change, db.session.delete, lambda group: db.session.add(Group(slug="new"))],
    ids=["a change", "a deletion", "an addition"],
)
def test_a_view_that_forgets_its_transaction_is_caught(
    app: Flask, browser: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch, leave_behind
):
    slug = cast.group.slug

    @access(PUBLIC)
    def careless():
        with db.session.no_autoflush:
            leave_behind(db.session.query(Group).filter_by(slug=slug).one())
        return "done"

    monkeypatch.setitem(app.view_functions, "operations.healthz", careless)
    with pytest.raises(AssertionError, match="the request left changes uncommitted"):
        browser.get("/healthz")


def test_a_view_that_only_reads_is_let_pass(browser: Browser, cast: Cast):
    assert browser.get(f"/groups/{cast.group.slug}").status_code == 200
