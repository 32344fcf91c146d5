"""Several acts on schedules in a row make one letter, which tells what they come to."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.groups.services import members
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.services import answers, waiting_list
from supportgroups.rsvps.services.news import SHORT_WAIT, WAIT
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, LinkPolicy, ScheduleChange
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services import rooms
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.services.undoing import undo_change
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

OLD_ROOM, NEW_ROOM = "https://room.example.org/old", "https://room.example.org/new"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
Edit = Callable[..., None]


@pytest.fixture
def coming(cast: Cast) -> Rsvp:
    """Sam's yes."""
    return factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)


@pytest.fixture
def second(cast: Cast) -> GroupSession:
    """A session a week later, to which Sam comes too."""
    found = factories.make_session(cast.series, cast.session.wall_starts_at + 7 * DAY)
    factories.make_rsvp(found, cast.sam, RsvpStatus.ACCEPTED)
    return found


@pytest.fixture
def edit(cast: Cast) -> Edit:
    """Let Rosa change a session at a moment."""

    def edit(group_session: GroupSession, at: datetime, **changes: object) -> None:
        details = SessionDetails.of(group_session, **changes)
        session_services.edit_session(group_session, details, actor=cast.rosa, now=at)

    return edit


def newest_change() -> ScheduleChange:
    return db.session.query(ScheduleChange).order_by(ScheduleChange.id.desc()).first()


class TestInARow:
    def test_two_sessions_within_five_minutes_make_one_letter(
        self, cast, coming, second, edit, outbox, now
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        edit(second, now + 4 * MINUTE, place="The town hall")
        outbox.run(now=now + WAIT - MINUTE)
        assert outbox.letters == []
        outbox.run(now=now + WAIT)
        outbox.run(now=now + 3 * WAIT)
        (letter,) = outbox.letters
        words = letter.get_content()
        assert letter["Subject"] == "Some dates have changed"
        # A date that does not take place must not read like one that does.
        assert re.search(r"^Cancelled\n.*1 December", words, re.MULTILINE)
        assert re.search(r"^A new place\n.*8 December", words, re.MULTILINE)

    def test_after_five_minutes_it_is_another_letter(
        self, cast, coming, second, edit, outbox, now
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        edit(second, now + WAIT, place="The town hall")
        outbox.run(now=now + 2 * WAIT)
        assert [one["Subject"] for one in outbox.letters] == ["Cancelled", "A new place"]

    def test_what_is_again_as_it_was_is_told_to_nobody(
        self, cast, coming, edit, outbox, now
    ) -> None:
        wall = cast.session.wall_starts_at
        edit(cast.session, now, wall_starts_at=wall + DAY)
        edit(cast.session, now + MINUTE, wall_starts_at=wall)
        outbox.run(now=now + 2 * WAIT)
        assert outbox.letters == []

    def test_a_move_and_a_new_place_are_both_told(self, cast, coming, edit, outbox, now) -> None:
        edit(cast.session, now, wall_starts_at=cast.session.wall_starts_at + DAY)
        edit(cast.session, now + MINUTE, place="The town hall")
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        words = letter.get_content()
        assert "It was: Tuesday 1 December 2026, 19:00" in words
        assert "It is now: Wednesday 2 December 2026, 19:00" in words
        assert "The place is new too" in words

    def test_an_act_that_was_undone_is_left_out(
        self, cast, coming, second, edit, outbox, now
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        undone = newest_change()
        edit(second, now + MINUTE, place="The town hall")
        undo_change(undone, actor=cast.rosa, now=now + 2 * MINUTE)
        outbox.run(now=now + 3 * WAIT)
        (letter,) = outbox.letters
        assert letter["Subject"] == "A new place"

    def test_an_earlier_act_stands_after_a_later_one_was_undone(
        self, cast, coming, edit, outbox, now
    ) -> None:
        edit(cast.session, now, wall_starts_at=cast.session.wall_starts_at + DAY)
        edit(cast.session, now + MINUTE, wall_starts_at=cast.session.wall_starts_at + DAY)
        undo_change(newest_change(), actor=cast.rosa, now=now + 2 * MINUTE)
        outbox.run(now=now + 3 * WAIT)
        (letter,) = outbox.letters
        assert "It is now: Wednesday 2 December 2026, 19:00" in letter.get_content()


class TestWhen:
    def test_what_is_soon_is_told_at_once(self, cast, coming, outbox) -> None:
        noon = cast.session.starts_at - timedelta(hours=31)
        session_services.cancel_session(cast.session, actor=cast.rosa, now=noon)
        outbox.run(now=noon + SHORT_WAIT)
        assert [one["Subject"] for one in outbox.letters] == ["Cancelled"]

    def test_what_is_soon_takes_along_what_follows(
        self, cast, coming, second, edit, outbox
    ) -> None:
        noon = cast.session.starts_at - timedelta(hours=31)
        session_services.cancel_session(cast.session, actor=cast.rosa, now=noon)
        edit(second, noon + SHORT_WAIT / 2, place="The town hall")
        outbox.run(now=noon + SHORT_WAIT)
        outbox.run(now=noon + 2 * WAIT)
        assert [one["Subject"] for one in outbox.letters] == ["Some dates have changed"]

    def test_what_waits_for_the_morning_is_told_with_what_came_after(
        self, cast, coming, edit, outbox, now
    ) -> None:
        night, morning = now + timedelta(hours=14), now + timedelta(hours=23)
        edit(cast.session, night, wall_starts_at=cast.session.wall_starts_at + DAY)
        outbox.run(now=night + WAIT)
        edit(cast.session, night + 4 * WAIT, place="The town hall")
        outbox.run(now=morning)
        (letter,) = outbox.letters
        words = letter.get_content()
        assert "It is now: Wednesday 2 December 2026, 19:00" in words
        assert "The place is new too" in words


class TestWhoLeads:
    """A facilitator must not stand at a locked door because they gave no answer."""

    PLEA = "Can’t make it then? Say so on its page, and we ask the others."

    @pytest.fixture
    def led(self, cast: Cast) -> GroupSession:
        """The session, which Kofi leads and has not answered."""
        with transaction():
            cast.session.facilitators = [cast.kofi]
        return cast.session

    def test_they_hear_that_it_is_off(self, cast, led, outbox, now) -> None:
        session_services.cancel_session(led, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        assert (letter["To"], letter["Subject"]) == (cast.kofi.email, "Cancelled")
        words = letter.get_content()
        assert "You lead this session." in words
        assert self.PLEA not in words

    def test_they_hear_of_a_new_time_and_are_not_asked_whether_they_come(
        self, cast, led, coming, edit, outbox, now
    ) -> None:
        edit(led, now, wall_starts_at=led.wall_starts_at + DAY)
        outbox.run(now=now + WAIT)
        letters = {one["To"]: one.get_content() for one in outbox.letters}
        assert set(letters) == {cast.kofi.email, cast.sam.email}
        assert f"You lead this session. {self.PLEA}" in letters[cast.kofi.email]
        assert "Does this still work for you?" not in letters[cast.kofi.email]
        assert "You lead this session." not in letters[cast.sam.email]
        assert "Does this still work for you?" in letters[cast.sam.email]

    def test_who_also_answered_gets_one_letter_that_says_both(
        self, cast, led, edit, outbox, now
    ) -> None:
        factories.make_rsvp(led, cast.kofi, RsvpStatus.ACCEPTED)
        edit(led, now, wall_starts_at=led.wall_starts_at + DAY)
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        assert f"You lead this session. {self.PLEA}" in letter.get_content()
        assert "Does this still work for you?" in letter.get_content()

    def test_only_who_answered_reads_that_the_answer_stands(
        self, cast, led, coming, outbox, now
    ) -> None:
        session_services.cancel_session(led, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        session_services.restore_session(led, actor=cast.rosa, now=now + WAIT)
        outbox.run(now=now + 2 * WAIT)
        restored = {
            one["To"]: "Your answer still stands." in one.get_content()
            for one in outbox.letters
            if one["Subject"] == "It takes place after all"
        }
        assert restored == {cast.kofi.email: False, cast.sam.email: True}

    def test_who_changes_it_needs_no_letter(self, cast, led, outbox, now) -> None:
        with transaction():
            led.facilitators = [cast.rosa]
        session_services.cancel_session(led, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        assert outbox.letters == []

    def test_what_is_taken_back_after_they_heard_is_told_too(self, cast, led, outbox, now) -> None:
        session_services.cancel_session(led, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        undo_change(newest_change(), actor=cast.rosa, now=now + WAIT)
        outbox.run(now=now + 2 * WAIT)
        assert [one["Subject"] for one in outbox.letters] == ["Cancelled", "As it was before"]


class TestNewLink:
    def test_it_is_told_and_not_shown(self, cast, coming, edit, outbox, now) -> None:
        edit(cast.session, now, online_link="https://room.example.org/secret")
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        assert letter["Subject"] == "A new way in"
        assert "secret" not in letter.get_content()

    def test_a_room_that_is_gone_is_told_too(self, cast, coming, edit, outbox, now) -> None:
        with transaction():
            cast.session.online_link = OLD_ROOM
        edit(cast.session, now, online_link="")
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        assert letter["Subject"] == "Not online any more"


class TestNewLinkOfASchedule:
    @pytest.fixture
    def set_room(self, cast: Cast) -> Edit:
        """Let Rosa give the schedule a room at a moment."""
        with transaction():
            cast.series.online_link = OLD_ROOM

        def set_room(link: str, at: datetime, policy: LinkPolicy = LinkPolicy.NAME) -> None:
            rooms.set_room(cast.series, actor=cast.rosa, policy=policy, online_link=link, now=at)

        return set_room

    def test_each_reads_of_all_their_dates_once(
        self, cast, coming, second, set_room, outbox, now
    ) -> None:
        third = factories.make_session(cast.series, cast.session.wall_starts_at + 14 * DAY)
        ben = factories.make_user("Ben")
        factories.make_rsvp(third, ben, RsvpStatus.WAITLISTED, turn=1)
        factories.make_rsvp(third, cast.sam, RsvpStatus.DECLINED)
        set_room(NEW_ROOM, now)
        outbox.run(now=now + WAIT)
        outbox.run(now=now + 3 * WAIT)
        letters = {one["To"]: one for one in outbox.letters}
        assert len(outbox.letters) == len(letters) == 2
        words = letters[cast.sam.email].get_content()
        assert letters[cast.sam.email]["Subject"] == "A new way in"
        assert "1 December" in words
        assert "8 December" in words
        assert "15 December" not in words
        assert "room.example.org" not in words
        assert cast.group.name not in words

    def test_dates_with_a_room_of_their_own_keep_it_untold(
        self, cast, coming, second, set_room, outbox, now
    ) -> None:
        with transaction():
            second.online_link = "https://room.example.org/of-its-own"
        set_room(NEW_ROOM, now)
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        assert "8 December" not in letter.get_content()

    @pytest.mark.parametrize("policy", [LinkPolicy.NAME, LinkPolicy.APPROVAL])
    def test_the_same_link_is_no_news(self, coming, set_room, outbox, now, policy) -> None:
        set_room(OLD_ROOM, now, policy)
        outbox.run(now=now + WAIT)
        assert outbox.letters == []

    def test_who_was_removed_hears_nothing(self, cast, coming, set_room, outbox, now) -> None:
        membership = factories.find_membership(cast.group, cast.sam)
        members.remove_member(membership, actor=cast.rosa, now=now)
        set_room(NEW_ROOM, now)
        outbox.run(now=now + WAIT)
        assert outbox.letters == []

    def test_it_can_be_undone_before_anybody_hears(
        self, cast, coming, set_room, outbox, now
    ) -> None:
        set_room(NEW_ROOM, now, LinkPolicy.APPROVAL)
        undo_change(newest_change(), actor=cast.rosa, now=now + MINUTE)
        outbox.run(now=now + 3 * WAIT)
        assert outbox.letters == []
        found = (cast.series.online_link, cast.series.link_policy, cast.series.is_link_old)
        assert found == (OLD_ROOM, LinkPolicy.NAME, False)

    def test_undone_it_still_leads_nobody_whom_it_should_not(
        self, cast, coming, set_room, now
    ) -> None:
        set_room(NEW_ROOM, now)
        membership = factories.find_membership(cast.group, cast.sam)
        members.remove_member(membership, actor=cast.rosa, now=now)
        undo_change(newest_change(), actor=cast.rosa, now=now + MINUTE)
        assert cast.series.is_link_old

    def test_the_page_repeats_first_what_people_read(
        self, browser: Browser, cast, coming, set_room
    ) -> None:
        browser.sign_in(cast.rosa)
        room = f"/groups/{cast.group.slug}/series/{cast.series.public_id}/room"
        typed = {"policy": "name", "online_link": NEW_ROOM}
        page = visible_text(browser.post(room, typed).text)
        assert "A session of yours has a new link" in page
        assert cast.series.online_link == OLD_ROOM
        assert NEW_ROOM in browser.post(room, {**typed, "back": "y"}).text
        assert browser.post(room, {**typed, "confirmed": "y"}).status_code == 303
        db.session.refresh(cast.series)
        assert cast.series.online_link == NEW_ROOM


def test_a_new_place_of_a_schedule_is_told_once(cast, coming, second, outbox, now) -> None:
    details = SessionDetails.of(cast.session, place="The town hall")
    session_services.edit_session(cast.session, details, scope=Scope.ALL, actor=cast.rosa, now=now)
    outbox.run(now=now + WAIT)
    (letter,) = outbox.letters
    assert letter["Subject"] == "A new place"
    assert "town hall" not in letter.get_content()
    assert "8 December" in letter.get_content()


class TestStillGood:
    @pytest.fixture
    def path(self, cast: Cast, coming: Rsvp, edit: Edit, outbox: OutboxRunner, now) -> str:
        """The link in the letter about a move."""
        edit(cast.session, now, wall_starts_at=cast.session.wall_starts_at + DAY)
        outbox.run(now=now + WAIT)
        path = f"/answers/{answer_token(coming.id)}"
        assert path in outbox.letters[0].get_content()
        return path

    def test_looking_asks_and_changes_nothing(self, browser: Browser, path: str, coming) -> None:
        page = visible_text(browser.get(path).text)
        assert "Does this still work for you?" in page
        db.session.refresh(coming)
        assert not coming.is_about(coming.group_session)

    @pytest.mark.parametrize(
        ("status", "words"),
        [("accepted", "You’re expected"), ("declined", "You said that you can’t come")],
    )
    def test_one_tap_answers(self, browser: Browser, path: str, status: str, words: str) -> None:
        assert browser.post(path, {"status": status}).status_code == 303
        page = visible_text(browser.get(path).text)
        assert words in page
        assert "Does this still work" not in page


class TestExpiredOffer:
    @pytest.fixture
    def ben(self, cast: Cast) -> UserAccount:
        """Ben has the only place."""
        with transaction():
            cast.session.capacity = 1
        ben = factories.make_user("Ben")
        factories.make_membership(cast.group, ben)
        factories.make_rsvp(cast.session, ben, RsvpStatus.ACCEPTED)
        return ben

    def test_who_did_not_answer_is_told(self, cast, ben, outbox) -> None:
        factories.make_rsvp(cast.session, cast.sam, RsvpStatus.WAITLISTED, turn=1)
        morning = cast.session.starts_at - timedelta(hours=10)
        answers.respond(cast.session, actor=ben, status=RsvpStatus.DECLINED, now=morning)
        waiting_list.pass_on_places(now=morning + timedelta(hours=4))
        outbox.run(now=morning + timedelta(hours=4))
        subjects = {one["To"]: one["Subject"] for one in outbox.letters}
        assert subjects[cast.sam.email] == "The place has passed on"
