import pytest
from flask import abort
from sqlalchemy import text

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import viewer
from supportgroups.db import Busy, db
from supportgroups.errors import DomainError, PermissionDenied, SignInNeeded, TooManyTries
from supportgroups.groups.models import Group


@pytest.fixture
def failing(app, browser, monkeypatch):
    """Open a page whose view fails like this."""

    def open_page(fail, path="/healthz", method="GET"):
        @access(PUBLIC)
        def view():
            fail()

        monkeypatch.setitem(app.view_functions, "operations.healthz", view)
        return browser.send(method, path)

    return open_page


def raiser(error):
    def fail():
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PermissionDenied(), 403),
        (TooManyTries(), 429),
        (Busy(), 503),
        (ValueError("rosa@example.org"), 500),
        (DomainError("a fact that a view forgot to explain"), 500),
    ],
)
def test_each_fact_has_its_page(failing, error, status):
    response = failing(raiser(error))
    assert response.status_code == status
    assert response.mimetype == "text/html"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 418, 429, 500, 501, 503])
def test_every_error_keeps_its_status_and_shows_the_way_to_help(failing, status):
    response = failing(lambda: abort(status))
    assert response.status_code == status
    assert "/help-now" in response.text


def test_nobody_is_asked_to_sign_in_twice(browser, cast):
    assert "/sign-in" in browser.get("/nowhere").text
    browser.sign_in(cast.sam)
    page = browser.get("/nowhere")
    assert (page.status_code, "/sign-in" in page.text) == (404, False)
    assert 'href="/my"' in page.text


def test_a_busy_database_asks_to_come_back_soon(failing):
    assert failing(raiser(Busy())).headers["Retry-After"] == "5"


def test_a_failure_tells_nobody_what_was_typed(failing, capsys):
    response = failing(raiser(ValueError("rosa@example.org")))
    assert "rosa" not in response.text
    log = "".join(capsys.readouterr())
    assert "ValueError" in log
    assert "test_errors.py" in log
    assert "rosa" not in log


def test_a_failure_of_the_database_still_shows_its_page(failing, browser, cast):
    browser.sign_in(cast.sam)

    def fail():
        db.session.execute(text("SELECT * FROM nothing"))

    assert failing(fail).status_code == 500


def test_a_failure_undoes_what_was_not_committed(failing, cast):
    def fail():
        db.session.get_one(Group, 1).name = "Half done"
        db.session.flush()
        raise ValueError

    assert failing(fail).status_code == 500


class TestSignInNeeded:
    def test_a_look_leads_back_here(self, failing):
        response = failing(raiser(SignInNeeded()), "/healthz?a=1&b=x%20y")
        assert response.status_code == 303
        assert response.location == "/sign-in?next=/healthz?a%3D1%26b%3Dx%2520y"

    def test_an_act_does_not(self, app, browser, monkeypatch):
        view = access(PUBLIC)(raiser(SignInNeeded()))
        monkeypatch.setitem(app.view_functions, "accounts.sign_out", view)
        response = browser.post("/sign-out")
        assert (response.status_code, response.location) == (303, "/sign-in")


def test_a_forged_host_is_refused(browser):
    response = browser.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "evil" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_more_than_anybody_types_is_refused(browser):
    assert browser.post("/sign-in", {"email": "x" * 3_000_000}).status_code == 413


def test_a_wrong_method_says_which_are_right(browser):
    response = browser.post("/groups")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_guest_is_nobody(plain_app):
    with plain_app.test_request_context():
        assert viewer() is None
