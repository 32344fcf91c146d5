"""A walk through all pages, feeds and files, as each role: what everybody gets to see."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.house.roles import ANONYMOUS, ROLES, VISIBILITIES
from tests.house.route_table import TABLE
from tests.house.town import Answer, Town, address

#: Routes that the walk leaves out, each with its reason.
LEFT_OUT = {
    "dev.mailbox": "a development site shows all letters to everybody; a public site has no mailbox",
    "dev.letter": "see above",
    "dev.letter_html": "see above",
    "dev.components": "it shows samples, and a public site does not have it",
}


class Visit(NamedTuple):
    """One address as one role sees it."""

    endpoint: str
    role: str
    visibility: str
    answer: Answer

    def __str__(self) -> str:
        """Say it in words, for a failing test."""
        return f"{self.endpoint} as {self.role} at the {self.visibility} group"


def walk(town: Town) -> Iterator[Visit]:
    """Go everywhere as everybody."""
    for role in ROLES:
        for line, expected in TABLE.items():
            method, endpoint = line.split()
            if method == "GET" and endpoint not in LEFT_OUT:
                visibilities = VISIBILITIES if "|" in expected else VISIBILITIES[:1]
                for visibility in visibilities:
                    yield go(town, endpoint, role, visibility)
        for visibility in VISIBILITIES:
            yield from _other_sessions(town, role, visibility)
        yield from _own_feed(town, role)
        yield from _searches(town, role)


def go(town: Town, endpoint: str, role: str, visibility: str) -> Visit:
    """Go to one route's address."""
    return Visit(endpoint, role, visibility, town.look(role, town.url(endpoint, visibility)))


def holds_the_key(visit: Visit) -> bool:
    """Whether this person could have come to this address without being handed somebody's secret.

    The links in letters and the addresses of feeds are secrets of the member; the secret of the
    invitation was given to the invited person.
    """
    match visit.endpoint:
        case "groups.accept_invitation":
            return visit.role == "invited"
        case "accounts.come_back" | "accounts.use_sign_in_link" | "accounts.confirm_sign_up":
            return visit.role == ANONYMOUS
        case "insight.count_by_link" | "volunteering.pass_on_by_link":
            return visit.role == "facilitator"
        case "volunteering.answer_by_link":
            return visit.role == "organizer"
        case "calendars.private_feed":
            return False
    return True


def _other_sessions(town: Town, role: str, visibility: str) -> Iterator[Visit]:
    group = town.world.groups[visibility]
    for endpoint, public_id in (
        ("pages.session", group.cancelled_session),
        ("pages.session", group.open_session),
        ("pages.session", group.past_session),
        ("rsvps.enter", group.open_session),
    ):
        url = address(town.app, endpoint, public_id=public_id)
        yield Visit(endpoint, role, visibility, town.look(role, url))


def _own_feed(town: Town, role: str) -> Iterator[Visit]:
    """Fetch what a person's own calendar app fetches, which carries no sign-in."""
    if role in town.world.feeds:
        url = address(town.app, "calendars.private_feed", secret=town.world.feeds[role])
        yield Visit("own feed", role, "listed", town.look(ANONYMOUS, url))


def _searches(town: Town, role: str) -> Iterator[Visit]:
    for query in ({"q": "zq"}, {"day": "tue", "after": "2"}):
        url = address(town.app, "pages.directory", **query)
        yield Visit("pages.directory", role, "private", town.look(role, url))
