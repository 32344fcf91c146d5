import pytest

from supportgroups.accounts.paths import own_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/my",
        "/groups?q=two+words&format=online",
        "/sessions/0190a0a0-0000-7000-8000-000000000000#answers",
        "/invitations/aB3_-x",
        "/groups?next=https://example.org//x",
        "/a%2F%2Fb",
    ],
)
def test_a_path_of_ours_is_kept(path):
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "my",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/a//b",
        "/.//evil.example",
        "https://evil.example/my",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "/\n/evil.example",
        "/my\r\nSet-Cookie: a=b",
        "/my\x00",
        " /my",
        "/my page",
        "/caf\u00e9",
        "/\u2028evil",
        "/" + "a" * 500,
    ],
)
def test_everything_else_is_not(path):
    assert own_path(path) is None


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(browser, cast, evil):
    form = {"email": "sam@example.org", "password": "demo-password", "next": evil}
    assert browser.post("/sign-in", form).location == "/my"
    # Somebody who is in already goes on at once.
    assert browser.get("/sign-in", query_string={"next": evil}).location == "/my"
    assert browser.get("/sign-up", query_string={"next": evil}).location == "/my"


def test_people_go_on_to_where_they_were_going(browser, cast):
    page = browser.get("/account/devices")
    assert page.location == "/sign-in?next=/account/devices"
    assert 'value="/account/devices"' in browser.get(page.location).text
    form = {
        "email": "sam@example.org",
        "password": "demo-password",
        "next": "/account/devices",
    }
    assert browser.post("/sign-in", form).location == "/account/devices"
