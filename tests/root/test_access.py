from enum import StrEnum

import pytest
from flask import Flask, abort

from supportgroups import access as access_module
from supportgroups.access import PUBLIC, SIGNED_IN, access, note_check


class Key(StrEnum):
    READ = "room:read"
    EDIT = "room:edit"


@pytest.fixture
def house():
    """A small application of which only the rule about access is ours."""
    app = Flask(__name__)
    app.testing = True
    access_module.init_app(app)
    return app


def show(house, rule, *checked, refuse=False):
    """Open a view that declares `rule` and checks other permissions."""

    @house.get("/")
    @access(rule)
    def view():
        for permission in checked:
            note_check(permission)
        if refuse:
            abort(404)
        return "shown"

    return house.test_client().get("/")


@pytest.mark.parametrize("rule", [PUBLIC, SIGNED_IN])
def test_an_audience_needs_no_check(house, rule):
    assert show(house, rule).text == "shown"


@pytest.mark.parametrize("checked", [(Key.EDIT,), (Key.READ, Key.EDIT)])
def test_what_was_checked_is_shown(house, checked):
    assert show(house, Key.EDIT, *checked).text == "shown"


@pytest.mark.parametrize("checked", [(), (Key.READ,)])
def test_what_was_declared_but_not_checked_never_leaves_the_site(house, checked):
    with pytest.raises(RuntimeError, match="never checked"):
        show(house, Key.EDIT, *checked)


def test_a_refusal_needs_no_check(house):
    assert show(house, Key.EDIT, refuse=True).status_code == 404


def test_checks_of_one_request_count_for_no_other(house):
    @house.get("/other")
    @access(Key.EDIT)
    def other():
        return "shown"

    assert show(house, Key.EDIT, Key.EDIT).text == "shown"
    with pytest.raises(RuntimeError):
        house.test_client().get("/other")
