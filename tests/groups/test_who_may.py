"""Every act in a group, tried by everybody who may not do it."""

import pytest

from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.queries import list_memberships
from tests.gate import EVERYONE, MEMBERS, NEWCOMERS, ORGANIZERS, Gate, refusals
from tests.watching import nothing_changes

GROUP = {
    "name": "Morning circle", "purpose": "To talk", "audience": "Anyone", "format": "online",
    "language": "en", "time_zone": "Europe/London", "agreement": "Be kind.",
    "visibility": "listed", "admission": "open",
}  # fmt: skip
JOIN = {"display_name": "S.", "agrees": "y", "agreement_version": "1"}

#: What is done, with which data, and who may in an open group.
ACTS = {
    "GET /groups/{slug}/edit": (None, ORGANIZERS),
    "POST /groups/{slug}/edit": (GROUP, ORGANIZERS),
    # Who belongs already is led to the group.
    "GET /groups/{slug}/join": (None, NEWCOMERS | MEMBERS),
    "POST /groups/{slug}/join": (JOIN, NEWCOMERS | MEMBERS),
    "GET /groups/{slug}/agreement": (None, MEMBERS),
    "POST /groups/{slug}/agreement": (JOIN, MEMBERS),
    "GET /groups/{slug}/leave": (None, MEMBERS),
    "POST /groups/{slug}/leave": (None, MEMBERS),
    "GET /groups/{slug}/members": (None, ORGANIZERS),
    "POST /groups/{slug}/members/{member}/role": ({"role": "facilitator"}, ORGANIZERS),
    "GET /groups/{slug}/members/{member}/remove": (None, ORGANIZERS),
    "POST /groups/{slug}/members/{member}/remove": (None, ORGANIZERS),
    "POST /groups/{slug}/members/{removed}/readmit": (None, ORGANIZERS),
    "POST /groups/{slug}/requests/{request}": ({"decision": "approve"}, ORGANIZERS),
    "POST /groups/{slug}/invitations": ({"name": "flyer"}, ORGANIZERS),
    "POST /groups/{slug}/invitations/{link}/revoke": (None, ORGANIZERS),
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_else_may(app, act):
    data, allowed = ACTS[act]
    gate = Gate(app)
    wanted = refusals(allowed, is_private=False)
    with nothing_changes():
        assert gate.answers(act, data, *wanted) == wanted


def test_a_private_group_is_not_there(app):
    gate = Gate(app, visibility=Visibility.PRIVATE)
    outsiders = ("guest", "stranger", "pending", "removed")
    with nothing_changes():
        for act, (data, _allowed) in ACTS.items():
            assert gate.answers(act, data, *outsiders) == dict.fromkeys(outsiders, "404"), act


@pytest.mark.parametrize("act", [act for act in ACTS if act.startswith("GET")])
def test_the_others_see_it(app, act):
    gate = Gate(app)
    _data, allowed = ACTS[act]
    with nothing_changes():
        found = gate.answers(act, None, *allowed)
    assert {name for name, status in found.items() if status not in {"200", "303"}} == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_walks_into_a_group_by_invitation(app, method):
    gate = Gate(app, admission=Admission.INVITATION)
    wanted = refusals(MEMBERS, is_private=False)
    with nothing_changes():
        assert gate.answers(f"{method} /groups/{{slug}}/join", JOIN, *wanted) == wanted


def test_withdrawing_touches_nobody_else_s_request(app):
    gate = Gate(app)
    others = EVERYONE - {"pending"}
    with nothing_changes():
        found = gate.answers("POST /groups/{slug}/join/withdraw", None, *others)
    assert set(found.values()) == {"303"}


def test_a_missing_member_request_or_link_is_not_there(app):
    gate = Gate(app)
    missing = "0192d3c4-0000-7000-8000-000000000000"
    gate.ids |= {"member": missing, "removed": missing, "request": missing, "link": missing}
    for act, (data, _allowed) in ACTS.items():
        if any(f"{{{name}}}" in act for name in ("member", "removed", "request", "link")):
            assert gate.answers(act, data, "organizer") == {"organizer": "404"}, act


def test_what_belongs_to_another_group_is_not_there(app):
    """An organizer cannot reach into another group by an id from there."""
    gate = Gate(app)
    gate.ids["slug"] = list_memberships(gate.actors["organizer elsewhere"])[0].group.slug
    with nothing_changes():
        for act, (data, _allowed) in ACTS.items():
            if "{slug}/" in act and act.count("{") == 2:
                name = "organizer elsewhere"
                assert gate.answers(act, data, name) == {name: "404"}, act
