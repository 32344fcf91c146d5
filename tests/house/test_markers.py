"""Every private field holds a word of its own; here it says who may meet that word, and nobody else does."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader

from supportgroups.app import create_app
from supportgroups.calendars.models import Discretion
from supportgroups.db import db
from tests.conftest import make_config
from tests.house.roles import ANONYMOUS, INSIDERS, ROLES, SIGNED_IN, VISIBILITIES
from tests.house.town import SHOWN, Answer, Town, address
from tests.house.walk import Visit, go, holds_the_key, walk

#: Who may meet a word is decided above the database; the route table holds both to the same.
pytestmark = pytest.mark.one_database

INSIDE = " ".join(INSIDERS)
EVERYBODY = " ".join(ROLES)
INSIDE_AND_INVITED = f"invited {INSIDE}"

#: What a group keeps → who meets it at the listed, the unlisted and the private group. The listed
#: one wants to be asked, so only those who are in learn where it meets.
OF_A_GROUP = {
    "name": (EVERYBODY, EVERYBODY, INSIDE_AND_INVITED),
    "agreement": (EVERYBODY, EVERYBODY, INSIDE_AND_INVITED),
    "purpose": (EVERYBODY, EVERYBODY, INSIDE),
    "audience": (EVERYBODY, EVERYBODY, INSIDE),
    "visit": (EVERYBODY, EVERYBODY, INSIDE),
    "cost": (EVERYBODY, EVERYBODY, INSIDE),
    "slug": (EVERYBODY, EVERYBODY, INSIDE),
    "title": (EVERYBODY, EVERYBODY, INSIDE),
    "topic": (EVERYBODY, EVERYBODY, INSIDE),
    "reason": (EVERYBODY, EVERYBODY, INSIDE),
    # Of a break.
    "why": (EVERYBODY, EVERYBODY, INSIDE),
    "place": (INSIDE, EVERYBODY, INSIDE),
    # How to find the door.
    "directions": (INSIDE, EVERYBODY, INSIDE),
    # The online room: who is expected, once it is open, and who wrote it down.
    "room": ("member facilitator organizer",) * 3,
    # The names of those who lead stand on the group's page.
    "facilitator's name": (EVERYBODY, EVERYBODY, INSIDE),
    "organizer's name": (EVERYBODY, EVERYBODY, INSIDE),
    "deputy's name": (EVERYBODY, EVERYBODY, INSIDE),
    # No member ever sees another; those at the door see who may come.
    "member's name": ("member facilitator organizer",) * 3,
    "waitlisted's name": ("waitlisted facilitator organizer",) * 3,
    "removed's name": ("organizer",) * 3,
    "pending's name": ("organizer",) * 3,
    "message": ("organizer",) * 3,
    # What somebody wrote to those who lead.
    "note": ("waitlisted facilitator organizer",) * 3,
    "invitation": ("organizer",) * 3,
    "announcement": (INSIDE,) * 3,
    "announcement about a session": ("member waitlisted organizer",) * 3,
    # It can still be taken back.
    "waiting announcement": ("organizer",) * 3,
    # Members learn it from a letter alone.
    "mailbox": ("organizer",) * 3,
    # Whoever brought a file sees what is in it.
    "file": ("organizer",) * 3,
}
#: What a person keeps. Each meets only their own.
OF_A_PERSON = ("account", "draft", "e-mail", "device", "link")
#: What else there is.
OTHERS = {
    # Those who mend it, and those who run the site.
    "report of listed": "admin organizer",
    "report of unlisted": "admin organizer",
    "account of newcomer": "",
    "e-mail of newcomer": "",
    # Comes by their own link, and looks at nothing here.
    "account of visitor": "",
    "e-mail of visitor": "",
    # On the page that asks whether to use it.
    "new e-mail of member": "member",
    "word of member": "member",
    # Where a browser maker's notes go: nobody reads it.
    "push of member": "",
    # Until there is a break, it stands where breaks are planned.
    "reason of the site": "admin",
    "word in letters": "member",
}


def allowed() -> dict[str, set[str]]:
    """Return who may meet each marker."""
    table = {label: set(roles.split()) for label, roles in OTHERS.items()}
    for what, by_group in OF_A_GROUP.items():
        for visibility, roles in zip(VISIBILITIES, by_group, strict=True):
            table[f"{what} of {visibility}"] = set(roles.split())
    for what in OF_A_PERSON:
        for role in SIGNED_IN:
            table[f"{what} of {role}"] = {role}
    return table


def met(town: Town, visits: Iterable[Visit]) -> dict[str, dict[str, str]]:
    """Return who met each marker, and where first."""
    found: dict[str, dict[str, str]] = {label: {} for label in town.world.markers}
    for visit in visits:
        if holds_the_key(visit):
            for label in markers_in(town, visit.answer):
                found[label].setdefault(visit.role, str(visit))
    return found


def met_too_much(found: dict[str, dict[str, str]]) -> list[str]:
    """Return a sentence for each marker that somebody meets who may not."""
    return [
        f"{role} meets the {label} in {where}"
        for label, roles in allowed().items()
        for role, where in found[label].items()
        if role not in roles
    ]


def markers_in(town: Town, answer: Answer) -> set[str]:
    """Return which markers stand in an answer, or in its headers."""
    labels = {word: label for label, word in town.world.markers.items()}
    # Calendars break their lines anywhere.
    body = answer.body.replace(b"\r\n ", b"").decode()
    text = "\n".join([body, *(value for _name, value in answer.headers)])
    return {labels[word] for word in re.findall(r"zq[a-z]+", text) if word in labels}


def test_every_private_field_has_its_line(town: Town):
    assert set(town.world.markers) == set(allowed())


def test_markers_are_words_that_hold_no_other(town: Town):
    words = set(town.world.markers.values())
    assert len(words) == len(town.world.markers)
    assert all(re.fullmatch(r"zq[a-z]+", word) for word in words)


def test_everybody_meets_what_is_theirs_and_nothing_else(town: Town):
    found = met(town, walk(town))
    assert met_too_much(found) == []
    too_little = {label: roles - set(found[label]) for label, roles in allowed().items()}
    assert {label: roles for label, roles in too_little.items() if roles} == {}


def test_an_invitation_tells_a_guest_nothing(town: Town):
    for visibility in VISIBILITIES:
        answer = go(town, "groups.accept_invitation", ANONYMOUS, visibility).answer
        assert answer.symbol == SHOWN
        assert markers_in(town, answer) == set()


@pytest.mark.parametrize(
    ("discretion", "markers"),
    [(Discretion.NEUTRAL, {"word of member"}), (Discretion.BUSY, set())],
)
def test_a_discreet_feed_tells_no_more_than_its_owner_chose(
    town: Town, discretion: Discretion, markers: set[str]
):
    secret = town.world.discreet_feeds[discretion]
    answer = town.look(ANONYMOUS, address(town.app, "calendars.private_feed", secret=secret))
    assert answer.text.count("BEGIN:VEVENT") > 5
    assert markers_in(town, answer) == markers


LEAKS = [
    ("pages/session.html", "pages.session", "{{ group_session.online_link_shown }}", "room"),
    ("pages/session.html", "pages.session", "{{ group_session.place_shown }}", "place"),
    ("pages/home.html", "pages.home", "{{ coming[0].description_shown }}", "directions"),
]


@pytest.mark.parametrize(("template", "endpoint", "words", "what"), LEAKS)
def test_a_leak_would_be_caught(
    town: Town, database: Any, template: str, endpoint: str, words: str, what: str
):
    """The same site with one careless template."""
    leaky = create_app(make_config(database.folder, DATABASE_URL=database.url))
    source = (Path(leaky.root_path).parent / "templates" / template).read_text()
    careless = source.replace("{% block content %}", "{% block content %}" + words)
    leaky.jinja_env.loader = ChoiceLoader(
        [DictLoader({template: careless}), leaky.jinja_env.loader]
    )
    there = Town(leaky, town.world, town.keeper, seen={})
    visits = [go(there, endpoint, role, "listed") for role in ROLES]
    with leaky.app_context():
        db.engine.dispose()
    caught = met_too_much(met(there, visits))
    assert (
        f"stranger meets the {what} of listed in {endpoint} as stranger at the listed group"
        in caught
    )
