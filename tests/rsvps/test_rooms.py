"""Online rooms: who is led there, links that have to change, and the door during an attack."""

from datetime import datetime, timedelta

import pytest
import time_machine

from supportgroups.audit import AuditEntry
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Admission, Group, JoinRequest, Membership
from supportgroups.groups.services import guards, members
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.rooms import Door, door_of
from supportgroups.sessions.models import LinkPolicy, Series
from supportgroups.sessions.services.rooms import set_room
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

ROOM = "https://meet.example.org/secret-room"
NEW_ROOM = "https://meet.example.org/another-room"
QUARTER = timedelta(minutes=15)


@pytest.fixture
def online(cast: Cast) -> Cast:
    """The cast, whose session meets online as well; Sam is expected."""
    with transaction():
        cast.series.online_link = ROOM
        factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
    return cast


def membership_of(cast: Cast, name: str) -> Membership | None:
    """Return somebody's place in the group; none for a stranger and a guest."""
    person = getattr(cast, name, None)
    return db.session.get(Membership, (cast.group.id, person.id)) if person is not None else None


class TestTheDoor:
    @pytest.mark.parametrize(
        ("policy", "name", "holds_a_place", "found"),
        [
            (LinkPolicy.PUBLIC, "guest", False, Door.OPEN),
            (LinkPolicy.PUBLIC, "sam", False, Door.OPEN),
            (LinkPolicy.NAME, "guest", False, Door.NEEDS_ANSWER),
            (LinkPolicy.NAME, "stan", False, Door.NEEDS_ANSWER),
            (LinkPolicy.NAME, "sam", False, Door.NEEDS_ANSWER),
            (LinkPolicy.NAME, "sam", True, Door.OPEN),
            (LinkPolicy.NAME, "kofi", False, Door.OPEN),
            (LinkPolicy.APPROVAL, "guest", False, Door.NEEDS_ANSWER),
            (LinkPolicy.APPROVAL, "sam", True, Door.NEEDS_APPROVAL),
            (LinkPolicy.APPROVAL, "rosa", False, Door.OPEN),
        ],
    )
    def test_who_comes_in(
        self, online: Cast, policy: LinkPolicy, name: str, holds_a_place: bool, found: Door
    ) -> None:
        with transaction():
            online.series.link_policy = policy
        door = door_of(
            online.session,
            membership=membership_of(online, name),
            holds_a_place=holds_a_place,
            now=online.session.starts_at,
        )
        assert door is found

    def test_an_approved_person_comes_in(self, online: Cast, now: datetime) -> None:
        with transaction():
            online.series.link_policy = LinkPolicy.APPROVAL
            membership_of(online, "sam").approved_at = now
        sam = membership_of(online, "sam")
        at = online.session.starts_at
        assert door_of(online.session, membership=sam, holds_a_place=True, now=at) is Door.OPEN

    def test_where_nobody_books_every_member_comes_in(self, online: Cast) -> None:
        with transaction():
            online.series.admission = WayIn.DROP_IN
        sam, at = membership_of(online, "sam"), online.session.starts_at
        assert door_of(online.session, membership=sam, holds_a_place=False, now=at) is Door.OPEN

    @pytest.mark.parametrize(
        ("after_start", "found"),
        [
            (-QUARTER - timedelta(seconds=1), Door.EARLY),
            (-QUARTER, Door.OPEN),
            (timedelta(minutes=89), Door.OPEN),
            (timedelta(minutes=90), Door.OVER),
        ],
    )
    def test_when_it_opens_and_closes(
        self, online: Cast, after_start: timedelta, found: Door
    ) -> None:
        at = online.session.starts_at + after_start
        door = door_of(
            online.session, membership=membership_of(online, "sam"), holds_a_place=True, now=at
        )
        assert door is found


class TestLinksThatHaveToChange:
    def test_who_was_removed_may_know_the_link(self, online: Cast, now: datetime) -> None:
        members.remove_member(membership_of(online, "sam"), actor=online.rosa, now=now)
        assert db.session.get_one(Series, online.series.id).is_link_old

    def test_who_left_by_themselves_may_keep_it(self, online: Cast, now: datetime) -> None:
        members.leave_group(online.group, actor=online.sam, now=now)
        assert not db.session.get_one(Series, online.series.id).is_link_old

    def test_a_schedule_without_a_room_is_left_alone(self, cast: Cast, now: datetime) -> None:
        members.remove_member(membership_of(cast, "sam"), actor=cast.rosa, now=now)
        assert not db.session.get_one(Series, cast.series.id).is_link_old

    def test_a_new_link_opens_the_door(self, online: Cast, now: datetime) -> None:
        with transaction():
            online.session.online_link = ROOM + "-of-its-own"
        members.remove_member(membership_of(online, "sam"), actor=online.rosa, now=now)
        set_room(
            online.series, actor=online.rosa, policy=LinkPolicy.NAME, online_link=NEW_ROOM, now=now
        )
        db.session.expire_all()
        assert not online.series.is_link_old
        assert online.session.online_link_shown == NEW_ROOM

    def test_only_organizers_give_one(self, online: Cast, now: datetime) -> None:
        with pytest.raises(PermissionDenied):
            set_room(
                online.series, actor=online.kofi, policy=LinkPolicy.PUBLIC, online_link="", now=now
            )


class TestTheGuard:
    def test_it_lets_people_in_one_by_one(self, online: Cast, now: datetime) -> None:
        newcomer = factories.make_user("Newcomer")
        factories.make_membership(online.group, newcomer, joined_at=now - timedelta(days=6))
        guards.guard_group(online.group, actor=online.rosa, now=now)
        db.session.expire_all()
        assert online.group.admission_now is Admission.REQUEST
        assert online.series.is_link_old
        # Sam has been here for long; who came this week has to ask.
        assert membership_of(online, "sam").is_approved
        assert not factories.find_membership(online.group, newcomer).is_approved
        outcome = members.join_group(
            online.group, actor=online.stan, display_name="Stan", agreement_version=1, now=now
        )
        assert isinstance(outcome, JoinRequest)

    def test_it_is_lifted_again(self, online: Cast, now: datetime) -> None:
        guards.guard_group(online.group, actor=online.rosa, now=now)
        guards.unguard_group(online.group, actor=online.rosa, now=now)
        db.session.expire_all()
        assert online.group.admission_now is Admission.OPEN
        acts = [entry.act for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
        assert acts == ["group.guarded", "group.unguarded"]

    def test_only_organizers_do_it(self, online: Cast, now: datetime) -> None:
        for act in (guards.guard_group, guards.unguard_group):
            with pytest.raises(PermissionDenied):
                act(online.group, actor=online.kofi, now=now)

    def test_asking_and_being_let_in(self, online: Cast, now: datetime) -> None:
        members.ask_for_approval(online.group, actor=online.sam, now=now)
        members.ask_for_approval(online.group, actor=online.sam, now=now)
        (request,) = db.session.query(JoinRequest).all()
        before = membership_of(online, "sam").joined_at
        members.decide_join_request(
            online.group, request.public_id, actor=online.rosa, approve=True, now=now
        )
        sam = membership_of(online, "sam")
        assert (sam.is_approved, sam.joined_at) == (True, before)
        assert db.session.query(JoinRequest).count() == 0


class TestEnterView:
    @pytest.fixture
    def url(self, cast: Cast) -> str:
        """The door."""
        return f"/sessions/{cast.session.public_id}/enter"

    def test_a_guest_is_told_what_is_needed(self, browser: Browser, online: Cast, url: str) -> None:
        page = browser.get(url)
        assert page.status_code == 200
        assert "The room is for people who are expected" in page.text
        assert ROOM not in page.text

    def test_a_public_room_is_open_to_everybody_in_time(
        self, browser: Browser, online: Cast, url: str
    ) -> None:
        with transaction():
            online.series.link_policy = LinkPolicy.PUBLIC
        session_page = f"/sessions/{online.session.public_id}"
        assert url in browser.get(session_page).text
        assert "The door is still closed" in browser.get(url).text
        with time_machine.travel(online.session.starts_at - QUARTER, tick=False):
            assert browser.get(url).location == ROOM
            assert ROOM not in browser.get(session_page).text

    def test_an_old_link_explains_itself(
        self, browser: Browser, online: Cast, url: str, now: datetime
    ) -> None:
        other = factories.make_user("Other")
        membership = factories.make_membership(online.group, other)
        members.remove_member(membership, actor=online.rosa, now=now)
        browser.sign_in(online.rosa)
        session_page = f"/sessions/{online.session.public_id}"
        assert "The online room needs a new link" in visible_text(browser.get(session_page).text)
        with time_machine.travel(online.session.starts_at, tick=False):
            browser.sign_in(online.sam)
            page = browser.get(url)
            assert "The link has changed" in page.text
            assert ROOM not in page.text
            browser.sign_in(online.rosa)
            room = f"/groups/{online.group.slug}/series/{online.series.public_id}/room"
            assert "Please make a new link" in browser.get(room).text
            browser.post(room, {"policy": "name", "online_link": NEW_ROOM})
            browser.sign_in(online.sam)
            assert browser.get(url).location == NEW_ROOM

    def test_during_an_attack_one_asks_from_the_door(
        self, browser: Browser, online: Cast, url: str, now: datetime, outbox: OutboxRunner
    ) -> None:
        with transaction():
            membership_of(online, "sam").joined_at = now
        browser.sign_in(online.rosa)
        guard = f"/groups/{online.group.slug}/guard"
        assert guard in browser.get(f"/groups/{online.group.slug}/members").text
        browser.post(guard)
        browser.sign_in(online.sam)
        page = browser.get(url).text
        assert "The organizers let people in one by one" in page
        browser.post(f"/groups/{online.group.slug}/ask")
        assert "You asked to be let in" in browser.get(url).text
        outbox.run()
        assert [letter["To"] for letter in outbox.letters] == [online.rosa.email]
        browser.sign_out()
        come = f"/sessions/{online.session.public_id}/come"
        assert browser.get(come).location.startswith("/sign-in")
        browser.sign_in(online.rosa)
        browser.post(guard, {"guarded": "no"})
        assert not db.session.get_one(Group, online.group.id).is_guarded

    @pytest.mark.parametrize("data", [{"policy": "nobody"}, {"online_link": "ftp://x"}])
    def test_a_bad_room_is_explained(
        self, browser: Browser, online: Cast, data: dict[str, str]
    ) -> None:
        browser.sign_in(online.rosa)
        room = f"/groups/{online.group.slug}/series/{online.series.public_id}/room"
        page = browser.post(room, {"policy": "name", "online_link": NEW_ROOM, **data})
        assert 'class="field__error"' in page.text


class TestWelcome:
    def test_who_asks_reads_it(self, browser: Browser, cast: Cast) -> None:
        with transaction():
            cast.group.admission = Admission.REQUEST
        browser.sign_in(cast.rosa)
        url = f"/groups/{cast.group.slug}/welcome"
        browser.post(url, {"welcome_note": "We talk first.", "expected_wait": "Three days or so."})
        assert "We talk first." in browser.get(url).text
        browser.sign_in(cast.stan)
        join = f"/groups/{cast.group.slug}/join"
        page = visible_text(browser.get(join).text)
        assert "We talk first." in page
        assert "Three days or so." in page
        browser.post(join, {"display_name": "Stan", "agreement_version": "1", "agrees": "y"})
        page = visible_text(browser.get(f"/groups/{cast.group.slug}").text)
        assert "Three days or so." in page

    def test_too_long_is_explained(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.rosa)
        url = f"/groups/{cast.group.slug}/welcome"
        page = browser.post(url, {"expected_wait": "x" * 201})
        assert "Use 200 characters or fewer" in page.text
