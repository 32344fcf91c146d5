import pytest

from tests.browser_client import Browser
from tests.house.route_table import NEEDS_NO_TOKEN
from tests.watching import nothing_changes

LEAVE = "/groups/evening-circle/leave"


@pytest.fixture
def sam_s(browser, cast):
    """Sam's browser."""
    browser.sign_in(cast.sam)
    return browser


def unsafe_rules(app):
    """Yield every address that changes something and needs a token, with the method that does."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in NEEDS_NO_TOKEN:
            continue
        filled = {
            name: "0192d3c4-0000-7000-8000-000000000000" if "id" in name else "x"
            for name in rule.arguments
        }
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
            yield method, adapter.build(rule.endpoint, filled)


def test_no_form_works_without_its_token(plain_app):
    guest = plain_app.test_client()
    rules = list(unsafe_rules(plain_app))
    assert len(rules) > 15
    answers = {rule: guest.open(rule[1], method=rule[0]).status_code for rule in rules}
    assert {rule for rule, status in answers.items() if status != 400} == set()


def test_it_works_with_its_token(sam_s):
    assert sam_s.post(LEAVE).status_code == 303


def test_the_token_of_another_browser_is_refused(app, sam_s):
    token = Browser(app)._token()
    with nothing_changes():
        assert sam_s.send("POST", LEAVE, data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    ("sender", "status"),
    [("cross-site", 400), ("same-site", 303), ("same-origin", 303), ("none", 303)],
)
def test_another_site_cannot_send_a_form(sam_s, sender, status):
    assert sam_s.post(LEAVE, headers={"Sec-Fetch-Site": sender}).status_code == status


def test_a_link_on_another_site_works(sam_s):
    assert sam_s.get(LEAVE, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
