"""Every state of a session as its member meets it: the words, the page itself, and a picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from supportgroups.clock import to_zone, utc_now
from supportgroups.db import transaction
from supportgroups.groups.models import Group, Visibility
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import respond
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services.sessions import SessionDetails, cancel_session, edit_session
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser.checkers import needs_checkers
from tests.browser.inspection import Inspector
from tests.browser.looks import DESK, PHONE, turn
from tests.browser.pictures import take_picture
from tests.browser.site import Site, Someone, account_of, find_group_of, group_of
from tests.browser.window import OpenWindow


@dataclass(frozen=True)
class Scene:
    """A group with a member, their neighbour and its organizer, and a clock."""

    group: Group
    robin: Someone
    kim: Someone
    rosa: Someone
    now: datetime

    def session(self, *, days: float = 3, **overrides: object) -> GroupSession:
        """Plan a session some days from now, on a schedule of its own."""
        start = to_zone(self.now + timedelta(days=days), self.group.time_zone)
        wall = start.replace(tzinfo=None, second=0, microsecond=0)
        with transaction():
            series = factories.make_series(
                self.group,
                title="Tea and talk",
                wall_starts_at=wall,
                made_until=wall,
                rrule=None,
                **overrides,
            )
            return factories.make_session(series)

    def answer(self, who: Someone, group_session: GroupSession, status: RsvpStatus) -> None:
        """Let somebody answer."""
        respond(group_session, actor=account_of(who), status=status, now=self.now)


def is_open(scene: Scene) -> GroupSession:
    return scene.session(capacity=4)


def has(status: RsvpStatus) -> Callable[[Scene], GroupSession]:
    def arrange(scene: Scene) -> GroupSession:
        group_session = scene.session()
        scene.answer(scene.robin, group_session, status)
        return group_session

    return arrange


def is_full(scene: Scene, days: float = 3) -> GroupSession:
    group_session = scene.session(days=days, capacity=1)
    scene.answer(scene.kim, group_session, RsvpStatus.ACCEPTED)
    return group_session


def waits(scene: Scene, days: float = 3) -> GroupSession:
    group_session = is_full(scene, days)
    scene.answer(scene.robin, group_session, RsvpStatus.ACCEPTED)
    return group_session


def is_offered_a_place(scene: Scene) -> GroupSession:
    # On the last day a place is offered; before, it is simply given.
    group_session = waits(scene, days=0.7)
    scene.answer(scene.kim, group_session, RsvpStatus.DECLINED)
    return group_session


def is_cancelled(scene: Scene) -> GroupSession:
    group_session = has(RsvpStatus.ACCEPTED)(scene)
    cancel_session(
        group_session, actor=account_of(scene.rosa), reason="The hall is flooded", now=scene.now
    )
    return group_session


def is_moved(scene: Scene) -> GroupSession:
    group_session = has(RsvpStatus.ACCEPTED)(scene)
    details = SessionDetails(
        title=group_session.title_shown,
        description=group_session.description_shown,
        wall_starts_at=group_session.wall_starts_at + timedelta(days=1),
        length_minutes=group_session.length_minutes,
        capacity=group_session.capacity_shown,
        place=group_session.place_shown,
        online_link=group_session.online_link_shown,
        facilitator_ids=frozenset(),
    )
    edit_session(group_session, details, actor=account_of(scene.rosa), now=scene.now)
    return group_session


def is_over(scene: Scene) -> GroupSession:
    return scene.session(days=-2)


def has_begun(scene: Scene) -> GroupSession:
    return scene.session(days=-0.02)


def is_drop_in(scene: Scene) -> GroupSession:
    return scene.session(admission=WayIn.DROP_IN, capacity=None)


#: How a session comes into each state of pages.md, and what the member reads then.
STATES: dict[str, tuple[Callable[[Scene], GroupSession], tuple[str, ...]]] = {
    "open": (is_open, ("4 places left", "I’m coming", "Can’t come")),
    "yes": (has(RsvpStatus.ACCEPTED), ("You’re expected", "Can’t come", "Your first visit")),
    "maybe": (has(RsvpStatus.TENTATIVE), ("You said maybe", "I’m coming")),
    "no": (has(RsvpStatus.DECLINED), ("You said that you can’t come", "I’m coming")),
    "full": (is_full, ("Full.", "Join the waiting list", "waited longest")),
    "waiting": (waits, ("You are number 1", "If a place opens", "Leave the list")),
    "offered": (is_offered_a_place, ("A place is free", "kept for you until", "No, pass it on")),
    "cancelled": (is_cancelled, ("This session is cancelled", "The hall is flooded", "help now")),
    "moved": (
        is_moved,
        ("Does this still work for you?", "It is now on", "Your place is kept until you answer"),
    ),
    "begun": (has_begun, ("This session has begun",)),
    "over": (is_over, ("This session is over",)),
    "drop-in": (is_drop_in, ("No booking. Doors open",)),
}


@pytest.fixture
def scene(demo_site: Site) -> Iterator[Scene]:
    """A group that nobody else looks for."""
    rosa, robin, kim = (demo_site.newcomer(name) for name in ("Rosalind", "Robin", "Kim"))
    with demo_site.app.app_context():
        slug = group_of(rosa, robin, kim, name="Blue door", visibility=Visibility.UNLISTED)
        yield Scene(find_group_of(slug), robin, kim, rosa, utc_now())


@needs_checkers
@pytest.mark.parametrize("state", STATES)
def test_a_state_is_said_in_words_and_looks_right(
    demo_site: Site, open_window: OpenWindow, scene: Scene, state: str, pictures: Path
) -> None:
    arrange, words = STATES[state]
    group_session = arrange(scene)
    window = open_window(demo_site, scene.robin, width=PHONE)
    inspector = Inspector(window.page, demo_site.base_url, is_guest=False)
    with inspector.scales.beside(window.page):
        answer = inspector.open(f"/sessions/{group_session.public_id}")
        for part in words:
            window.says(part)
        assert list(inspector.look(state, answer)) == []
    for width, scheme in product((PHONE, DESK), ("light", "dark")):
        turn(window.page, width, scheme)
        take_picture(window.page, pictures / f"session-{state}-{width}-{scheme}.png")
