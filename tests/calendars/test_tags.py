"""An ETag changes exactly when something that the feed shows does.

Each row is one thing that people do, through the services that do it; for each feed it says
whether its bytes change. The tag has to change with the bytes, and may change for more only
where a counter cannot know better.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from supportgroups.calendars import feeds
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.services.links import change_feed_link
from supportgroups.db import db, transaction
from supportgroups.groups.models import Admission, Group, Membership, Visibility
from supportgroups.groups.services.groups import GroupDetails, edit_group
from supportgroups.groups.services.members import leave_group, remove_member
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import respond
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services.sessions import (
    cancel_session,
    edit_session,
    restore_session,
)
from tests.calendars.conftest import Subscriber
from tests.conftest import NOW, Cast
from tests.factories import LONG_AGO, make_membership, make_rsvp
from tests.ical_lint import by_uid, lint

MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    """Sam is coming to the cast's session, and has a link to it at each level of discretion."""

    cast: Cast
    urls: dict[str, str]
    link: FeedLink
    subscriber: Subscriber
    other: GroupSession

    def tags(self) -> dict[str, str]:
        return {name: self.subscriber.ask(url).headers["ETag"] for name, url in self.urls.items()}

    def bodies(self) -> dict[str, bytes]:
        return {name: self.subscriber.ask(url).data for name, url in self.urls.items()}


@pytest.fixture
def scene(
    cast: Cast,
    subscriber: Subscriber,
    make_link: Callable[..., tuple[FeedLink, str]],
    make_session: Callable[..., GroupSession],
) -> Scene:
    other = make_session(cast.series, cast.series.wall_starts_at + timedelta(days=7))
    make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
    # Made long ago, so that the newest change is never that of the link.
    make_link = partial(make_link, now=LONG_AGO)
    link, plain = make_link(cast.sam)
    urls = {
        "site": "/calendar.ics",
        "group": "/groups/evening-circle/calendar.ics",
        "file": f"/sessions/{cast.session.public_id}.ics?discretion=plain",
        "plain": plain,
        "neutral": make_link(cast.sam, discretion=Discretion.NEUTRAL)[1],
        "busy": make_link(cast.sam, discretion=Discretion.BUSY)[1],
        "rosa": make_link(cast.rosa)[1],
    }
    return Scene(cast, urls, link, subscriber, other)


def details_of(group_session: GroupSession, **changes: Any) -> SessionDetails:
    return replace(
        SessionDetails(
            title=group_session.title_shown,
            description=group_session.description_shown,
            wall_starts_at=group_session.wall_starts_at,
            length_minutes=group_session.length_minutes,
            capacity=group_session.capacity_shown,
            place=group_session.place_shown,
            online_link=group_session.online_link_shown,
            facilitator_ids=frozenset(person.id for person in group_session.facilitators),
        ),
        **changes,
    )


def group_details_of(group: Group, **changes: Any) -> GroupDetails:
    names = (
        "name", "purpose", "audience", "first_visit", "format", "language", "time_zone", "cost",
        "visibility", "admission", "agreement",
    )  # fmt: skip
    values = {name: getattr(group, name) for name in names}
    return GroupDetails(**values | {"topics": frozenset(group.topics)} | changes)


def edit(**changes: Any) -> Callable[[Scene, Any], None]:
    def act(scene: Scene, now: Any) -> None:
        session = scene.cast.session
        edit_session(session, details_of(session, **changes), actor=scene.cast.rosa, now=now)

    return act


def edit_the_group(**changes: Any) -> Callable[[Scene, Any], None]:
    def act(scene: Scene, now: Any) -> None:
        group = scene.cast.group
        edit_group(group, group_details_of(group, **changes), actor=scene.cast.rosa, now=now)

    return act


def move(scene: Scene, now: Any) -> None:
    wall = scene.cast.session.wall_starts_at + timedelta(hours=1)
    edit(wall_starts_at=wall)(scene, now)


def cancel(scene: Scene, now: Any) -> None:
    cancel_session(scene.cast.session, actor=scene.cast.rosa, now=now)


def lead(scene: Scene, now: Any) -> None:
    edit(facilitator_ids=frozenset({scene.cast.rosa.id}))(scene, now)


def answer(status: RsvpStatus) -> Callable[[Scene, Any], None]:
    def act(scene: Scene, now: Any) -> None:
        respond(scene.cast.session, actor=scene.cast.sam, status=status, now=now)

    return act


def answer_for_another(scene: Scene, now: Any) -> None:
    respond(scene.other, actor=scene.cast.sam, status=RsvpStatus.TENTATIVE, now=now)


def somebody_else_answers(scene: Scene, now: Any) -> None:
    respond(scene.cast.session, actor=scene.cast.rosa, status=RsvpStatus.ACCEPTED, now=now)


def leave(scene: Scene, now: Any) -> None:
    leave_group(scene.cast.group, actor=scene.cast.sam, now=now)


def be_removed(scene: Scene, now: Any) -> None:
    membership = db.session.get_one(Membership, (scene.cast.group.id, scene.cast.sam.id))
    remove_member(membership, actor=scene.cast.rosa, now=now)


def change_link(**changes: Any) -> Callable[[Scene, Any], None]:
    def act(scene: Scene, now: Any) -> None:
        values = {"name": "phone", "discretion": Discretion.PLAIN, "neutral_word": "Appointment"}
        change_feed_link(scene.link, actor=scene.cast.sam, now=now, **values | changes)

    return act


PUBLIC = {"site", "group", "file"}
SAMS = {"plain", "neutral", "busy"}

#: What is done · the feeds that then read differently.
CHANGES = {
    "a new title": (edit(title="Picnic"), PUBLIC | SAMS),
    "a new description": (edit(description="Bring a cup"), PUBLIC | SAMS),
    "a new place": (edit(place="The park"), PUBLIC | SAMS),
    "a new time": (move, PUBLIC | SAMS),
    "another length": (edit(length_minutes=60), PUBLIC | SAMS),
    "cancelled": (cancel, PUBLIC | SAMS),
    "a new name of the group": (edit_the_group(name="Morning circle"), PUBLIC | SAMS),
    "a group that asks first": (edit_the_group(admission=Admission.REQUEST), PUBLIC),
    "no longer listed": (edit_the_group(visibility=Visibility.UNLISTED), {"site"}),
    "maybe": (answer(RsvpStatus.TENTATIVE), SAMS),
    "no": (answer(RsvpStatus.DECLINED), SAMS),
    "yes to another session": (answer_for_another, SAMS),
    "left the group": (leave, SAMS),
    "removed from the group": (be_removed, SAMS),
    "leads the session": (lead, {"rosa"}),
    "a more discreet link": (change_link(discretion=Discretion.BUSY), {"plain"}),
}
NOTHING_TO_SEE = {
    "the same answer": answer(RsvpStatus.ACCEPTED),
    "a link with another name": change_link(name="tablet"),
    "another capacity": edit(capacity=30),
    "a new online link": edit(online_link="https://meet.example/room"),
    "the same details": edit(),
}


@pytest.mark.parametrize(("act", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_that_shows(
    scene: Scene, act: Callable[[Scene, Any], None], expected: set[str]
) -> None:
    tags, bodies = scene.tags(), scene.bodies()
    act(scene, NOW + MINUTE)
    with time_machine.travel(NOW + 2 * MINUTE, tick=False):
        if scene.cast.group.slug != "evening-circle":
            scene.urls["group"] = f"/groups/{scene.cast.group.slug}/calendar.ics"
        new_tags, new_bodies = scene.tags(), scene.bodies()
    changed = {name for name in bodies if new_bodies[name] != bodies[name]}
    assert changed == expected
    assert changed <= {name for name in tags if new_tags[name] != tags[name]}


@pytest.mark.parametrize("act", NOTHING_TO_SEE.values(), ids=NOTHING_TO_SEE.keys())
def test_a_change_that_does_not_show(scene: Scene, act: Callable[[Scene, Any], None]) -> None:
    tags = scene.tags()
    act(scene, NOW + MINUTE)
    assert scene.tags() == tags


def test_what_others_answer_shows_nowhere_but_with_them(scene: Scene) -> None:
    tags = scene.tags()
    somebody_else_answers(scene, NOW + MINUTE)
    assert {name for name, tag in scene.tags().items() if tag != tags[name]} == {"rosa"}


def test_a_new_week_opens_a_new_window(scene: Scene) -> None:
    tags = scene.tags()
    with time_machine.travel(NOW + timedelta(days=6, hours=14), tick=False):
        assert scene.tags() == tags
    with time_machine.travel(NOW + timedelta(days=6, hours=15), tick=False):
        new_tags = scene.tags()
        assert {name for name in tags if new_tags[name] == tags[name]} == {"file"}
        date = scene.subscriber.ask(scene.urls["plain"]).headers["Last-Modified"]
        assert date == "Mon, 30 Nov 2026 00:00:00 GMT"


def test_links_of_one_person_have_tags_of_their_own(scene: Scene) -> None:
    tags = scene.tags()
    assert len(set(tags.values())) == len(tags)


def test_one_group_for_another_is_a_change(
    cast: Cast, subscriber: Subscriber, make_group: Callable[..., Group]
) -> None:
    """The counters of two groups may be equal, their calendars are not."""
    hidden = make_group("Other", visibility=Visibility.UNLISTED)
    tag = subscriber.ask("/calendar.ics").headers["ETag"]
    with transaction():
        cast.group.visibility, hidden.visibility = hidden.visibility, cast.group.visibility
    assert subscriber.ask("/calendar.ics").headers["ETag"] != tag


class TestVersions:
    """SEQUENCE counts other versions, LAST-MODIFIED every change; both only rise."""

    def read(self, scene: Scene) -> tuple[int, Any]:
        event = by_uid(lint(scene.bodies()["plain"]))[scene.cast.session.uid]
        return int(str(event["SEQUENCE"])), event.LAST_MODIFIED

    @pytest.mark.parametrize(
        ("act", "step"),
        [
            (edit(title="Picnic"), 1),
            (edit(place="The park"), 1),
            (edit(description="Bring a cup"), 0),
            (move, 1),
            (cancel, 1),
        ],
        ids=["title", "place", "text", "time", "status"],
    )
    def test_each_change_is_newer(
        self, scene: Scene, act: Callable[[Scene, Any], None], step: int
    ) -> None:
        sequence, modified = self.read(scene)
        act(scene, NOW)
        new_sequence, new_modified = self.read(scene)
        assert new_sequence == sequence + step
        assert new_modified > modified

    def test_two_changes_in_one_second_are_two(self, scene: Scene) -> None:
        seen = [self.read(scene)]
        for act in (cancel, restore):
            act(scene, NOW)
            seen.append(self.read(scene))
        assert seen == sorted(set(seen))
        assert len({modified for _, modified in seen}) == 3

    def test_an_answer_is_newer_than_the_session(self, scene: Scene) -> None:
        _, modified = self.read(scene)
        answer(RsvpStatus.TENTATIVE)(scene, NOW + MINUTE)
        assert self.read(scene)[1] > modified


def restore(scene: Scene, now: Any) -> None:
    restore_session(scene.cast.session, actor=scene.cast.rosa, now=now)


def test_kept_bytes_are_those_of_a_fresh_build(scene: Scene) -> None:
    """After any history, what is kept and joined is what would be built from nothing."""
    impossible = {"maybe", "no"}  # Nobody answers for a cancelled session.
    acts = [act for name, (act, _) in CHANGES.items() if name not in impossible]
    for number, act in enumerate(acts):
        act(scene, NOW + number * MINUTE)
        scene.urls["group"] = f"/groups/{scene.cast.group.slug}/calendar.ics"
        kept = scene.bodies()
        feeds.kept_events.clear()
        feeds.kept_bodies.clear()
        assert scene.bodies() == kept
        if act is leave:
            make_membership(scene.cast.group, scene.cast.sam)


def test_a_group_with_its_own_members_is_not_touched(
    scene: Scene, make_user: Callable[..., Any]
) -> None:
    """Who joins shows in no calendar but their own."""
    tags = scene.tags()
    make_membership(scene.cast.group, make_user("Nour"))
    assert scene.tags() == tags
