"""Every rule, method and role against the route table, on what exists and on what does not."""

import pytest
from flask import Flask

from tests.house.filled_forms import filled_form
from tests.house.reading_the_table import GETS, POSTS, Case, cases, endpoint_of, somebody_who_may
from tests.house.roles import ANONYMOUS, ROLES
from tests.house.route_table import CHANGES_BY_LOOKING, MISSING, NEEDS_NO_TOKEN, TABLE
from tests.house.town import CHANGED, NOT_FOUND, Answer, Town, arguments_of


def test_every_route_has_its_line(application: Flask):
    routes = {
        f"{method:<4} {rule.endpoint}"
        for rule in application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert sorted(routes - set(TABLE)) == [], "give these a line in tests/house/route_table.py"
    assert sorted(set(TABLE) - routes) == [], "these lines are about routes that do not exist"


@pytest.mark.parametrize("line", GETS)
def test_who_may_look(town: Town, line: str):
    endpoint = endpoint_of(line)
    nothing = {
        role: town.look(role, town.url_of_nothing(endpoint))
        for role in who_looks_for_nothing(town, line)
    }
    found = {
        case: town.look(case.role, town.url(endpoint, case.visibility)) for case in cases(line)
    }
    assert unexpected(found) == []
    assert unlike_nothing(found, nothing) == []
    assert unexpected_of_nothing(endpoint, nothing) == []


@pytest.mark.parametrize("line", POSTS)
def test_who_may_change_something(town: Town, line: str):
    endpoint = endpoint_of(line)
    found, nothing = {}, {}
    for case in cases(line):
        data = filled_form(town.world, endpoint, case.role, case.visibility)
        found[case] = town.post(case.role, town.url(endpoint, case.visibility), data)
    for role in who_looks_for_nothing(town, line):
        data = filled_form(town.world, endpoint, role, "private")
        nothing[role] = town.post(role, town.url_of_nothing(endpoint), data)
    assert unexpected(found) == []
    assert unlike_nothing(found, nothing) == []
    assert unexpected_of_nothing(endpoint, nothing) == []


def unexpected(found: dict[Case, Answer]) -> list[str]:
    """Return a sentence for each cell that came out otherwise."""
    return [
        f"{case.role} at the {case.visibility} group: expected {case.expected}, got {answer.symbol}"
        for case, answer in found.items()
        if answer.symbol != case.expected
    ]


def unlike_nothing(found: dict[Case, Answer], nothing: dict[str, Answer]) -> list[str]:
    """Return a sentence for each thing whose hiding differs, in any byte, from its absence."""
    return [
        f"{case.role} can tell the {case.visibility} group from none"
        for case, answer in found.items()
        if answer.symbol == NOT_FOUND
        if answer.without_date() != nothing[case.role].without_date()
    ]


def who_looks_for_nothing(town: Town, line: str) -> list[str]:
    """Return those who try this route where there is nothing: all from whom it may hide something."""
    if not arguments_of(town.app, endpoint_of(line)):
        return []
    hidden_from = {case.role for case in cases(line) if case.expected == NOT_FOUND}
    return [role for role in ROLES if role in hidden_from | {ANONYMOUS, "stranger", "organizer"}]


def unexpected_of_nothing(endpoint: str, nothing: dict[str, Answer]) -> list[str]:
    """Return a sentence for each role that gets something where there is nothing."""
    guest, person = MISSING.get(endpoint, "N N").split()
    return [
        f"{role}, where there is nothing: expected {expected}, got {answer.symbol}"
        for role, answer in nothing.items()
        for expected in [guest if role == ANONYMOUS else person]
        if answer.symbol != expected
    ]


def test_only_named_addresses_change_something_by_looking():
    changing = {endpoint_of(line) for line in GETS if CHANGED in TABLE[line]}
    assert changing == set(CHANGES_BY_LOOKING)


def test_the_line_about_what_is_missing_is_about_an_address_with_a_name(application: Flask):
    assert [endpoint for endpoint in MISSING if not arguments_of(application, endpoint)] == []


@pytest.mark.parametrize("line", POSTS)
def test_no_form_of_another_site_is_taken(town: Town, line: str):
    endpoint = endpoint_of(line)
    role, visibility, _symbol = somebody_who_may(line)
    url = town.url(endpoint, visibility)
    data = filled_form(town.world, endpoint, role, visibility)
    with_token = {"csrf_token": town.token, **data}
    forged = {"Sec-Fetch-Site": "cross-site"}
    answers = {
        "without a token": town.ask(role, "POST", url, data=data),
        "from another site": town.ask(role, "POST", url, data=with_token, headers=forged),
        "from here": town.ask(role, "POST", url, data=with_token),
    }
    assert {how: answer.symbol for how, answer in answers.items()} == {
        "without a token": CHANGED if endpoint in NEEDS_NO_TOKEN else "B",
        "from another site": "B",
        "from here": CHANGED,
    }


def test_another_site_signs_nobody_out(town: Town):
    url = town.url("accounts.leave", "listed")
    answer = town.ask("member", "GET", url, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.symbol == ">"


@pytest.mark.parametrize("host", ["elsewhere", "unlisted"])
def test_no_key_to_one_group_opens_another(town: Town, host: str):
    """Somebody who runs `host` names what belongs to the private group at `host`'s address."""
    role = "elsewhere" if host == "elsewhere" else "organizer"
    slug = town.world.elsewhere.slug if host == "elsewhere" else town.world.groups[host].slug
    own = town.world.groups["private"].slug
    answers = {}
    for line in POSTS:
        endpoint = endpoint_of(line)
        if {"slug", "public_id"} <= arguments_of(town.app, endpoint):
            url = town.url(endpoint, "private").replace(own, slug)
            data = filled_form(town.world, endpoint, role, "private")
            answers[endpoint] = town.post(role, url, data).symbol
    assert len(answers) >= 5
    assert set(answers.values()) == {NOT_FOUND}, answers


METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_a_method_that_is_not_offered_is_refused(town: Town):
    got = {}
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        url = town.url(rule.endpoint, "private")
        for method in METHODS - (rule.methods & {"GET", "POST"}):
            got[f"{method} {rule.endpoint}"] = town.ask("organizer", method, url).symbol
    assert {case: symbol for case, symbol in got.items() if symbol != "M"} == {}


@pytest.mark.parametrize("role", ["stranger", "member"])
def test_a_look_at_the_headers_alone_tells_the_same(town: Town, role: str):
    """HEAD gives what GET gives without the body."""
    got, expected = {}, {}
    for line in GETS:
        url = town.url(endpoint_of(line), "private")
        whole, head = town.look(role, url), town.ask(role, "HEAD", url)
        expected[line] = (whole.symbol, b"")
        got[line] = (head.symbol, head.body)
    assert got == expected
