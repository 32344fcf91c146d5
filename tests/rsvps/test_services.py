"""Answering, and what happens to places."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.services import members as member_services
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.services import answers, waiting_list
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services import sessions as session_services
from tests import factories
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus


def answer(cast: Cast, person: UserAccount, status: RsvpStatus, now: datetime) -> RsvpStatus:
    """Let somebody answer the cast's session; return where they then stand."""
    return answers.respond(cast.session, actor=person, status=status, now=now).status


def standing(cast: Cast, person: UserAccount) -> RsvpStatus | None:
    """Return where somebody stands now."""
    rsvp = queries.find_rsvp(cast.session, person)
    return rsvp.status if rsvp is not None else None


def jobs(kind: str) -> list[OutboxJob]:
    """Return the jobs of one kind."""
    return db.session.query(OutboxJob).filter_by(kind=kind).order_by(OutboxJob.id).all()


@pytest.fixture
def newcomers(cast: Cast) -> list[UserAccount]:
    """Four more members."""
    people = [factories.make_user(name) for name in ("Ana", "Ben", "Cleo", "Dan")]
    for person in people:
        factories.make_membership(cast.group, person)
    return people


@pytest.fixture
def two_places(cast: Cast) -> None:
    """A session with room for two."""
    with transaction():
        cast.session.capacity = 2


class TestRespond:
    @pytest.mark.parametrize("status", [ACCEPTED, TENTATIVE, DECLINED])
    def test_an_answer_is_kept(self, cast: Cast, now: datetime, status: RsvpStatus) -> None:
        assert answer(cast, cast.sam, status, now) is status
        assert standing(cast, cast.sam) is status

    def test_an_answer_can_change(self, cast: Cast, now: datetime) -> None:
        answer(cast, cast.sam, ACCEPTED, now)
        answer(cast, cast.sam, DECLINED, now)
        assert standing(cast, cast.sam) is DECLINED
        assert queries.find_seats(cast.session, now=now).taken == 0

    def test_a_change_shows_in_the_persons_calendar(self, cast: Cast, now: datetime) -> None:
        before = cast.sam.calendar_revision
        answer(cast, cast.sam, ACCEPTED, now)
        assert cast.sam.calendar_revision == before + 1

    def test_the_same_answer_again_changes_nothing(self, cast: Cast, now: datetime) -> None:
        answer(cast, cast.sam, ACCEPTED, now)
        revision = cast.sam.calendar_revision
        rsvp = answers.respond(
            cast.session, actor=cast.sam, status=ACCEPTED, now=now + timedelta(hours=1)
        )
        assert rsvp.responded_at == now
        assert cast.sam.calendar_revision == revision

    @pytest.mark.usefixtures("two_places")
    def test_who_comes_to_a_full_session_waits(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        found = [answer(cast, person, ACCEPTED, now) for person in newcomers]
        assert found == [ACCEPTED, ACCEPTED, WAITLISTED, WAITLISTED]
        assert [rsvp.user_id for rsvp in queries.list_waiting(cast.session)] == [
            newcomers[2].id,
            newcomers[3].id,
        ]

    @pytest.mark.usefixtures("two_places")
    def test_maybe_takes_no_place(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        answer(cast, newcomers[0], TENTATIVE, now)
        answer(cast, newcomers[1], ACCEPTED, now)
        assert answer(cast, newcomers[2], ACCEPTED, now) is ACCEPTED

    @pytest.mark.usefixtures("two_places")
    def test_pressing_again_keeps_the_turn(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        for person in newcomers:
            answer(cast, person, ACCEPTED, now)
        answer(cast, newcomers[2], ACCEPTED, now + timedelta(hours=1))
        rsvp = queries.find_rsvp(cast.session, newcomers[2])
        assert rsvp is not None
        assert queries.place_in_line(rsvp) == 1

    @pytest.mark.usefixtures("two_places")
    def test_who_leaves_the_list_and_comes_back_stands_at_its_end(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        for person in newcomers:
            answer(cast, person, ACCEPTED, now)
        answer(cast, newcomers[2], DECLINED, now)
        answer(cast, newcomers[2], ACCEPTED, now)
        waiting = [rsvp.user_id for rsvp in queries.list_waiting(cast.session)]
        assert waiting == [newcomers[3].id, newcomers[2].id]

    def test_no_limit_means_no_list(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        with transaction():
            cast.session.capacity = 0
        assert {answer(cast, person, ACCEPTED, now) for person in newcomers} == {ACCEPTED}

    @pytest.mark.parametrize("who", ["stan", "ola"])
    def test_it_is_for_members(self, cast: Cast, now: datetime, who: str) -> None:
        person = getattr(cast, who)
        with pytest.raises(PermissionDenied):
            answer(cast, person, ACCEPTED, now)
        assert standing(cast, person) is None

    def test_not_after_the_start(self, cast: Cast) -> None:
        with pytest.raises(answers.SessionAlreadyStarted):
            answer(cast, cast.sam, ACCEPTED, cast.session.starts_at)
        assert standing(cast, cast.sam) is None

    def test_a_cancelled_session_takes_no_yes(self, cast: Cast, now: datetime) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        with pytest.raises(answers.SessionIsCancelled):
            answer(cast, cast.sam, ACCEPTED, now)
        assert answer(cast, cast.sam, DECLINED, now) is DECLINED


class TestPromotion:
    @pytest.fixture(autouse=True)
    def _full(
        self, cast: Cast, newcomers: list[UserAccount], two_places: None, now: datetime
    ) -> None:
        for person in newcomers:
            answer(cast, person, ACCEPTED, now)

    @pytest.mark.parametrize("status", [DECLINED, TENTATIVE])
    def test_a_free_place_goes_to_who_waited_longest(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime, status: RsvpStatus
    ) -> None:
        answer(cast, newcomers[0], status, now)
        assert standing(cast, newcomers[2]) is ACCEPTED
        assert standing(cast, newcomers[3]) is WAITLISTED

    def test_they_are_told_once(
        self,
        cast: Cast,
        newcomers: list[UserAccount],
        outbox: OutboxRunner,
        now: datetime,
    ) -> None:
        answer(cast, newcomers[0], DECLINED, now)
        outbox.run()
        waiting_list.promote_waiting(cast.session, now=now)
        outbox.run()
        letters = [letter for letter in outbox.letters if letter["To"] == newcomers[2].email]
        assert len(letters) == 1
        assert cast.group.name not in str(letters[0])

    def test_a_letter_about_a_place_given_up_again_is_not_sent(
        self,
        cast: Cast,
        newcomers: list[UserAccount],
        outbox: OutboxRunner,
        now: datetime,
    ) -> None:
        answer(cast, newcomers[0], DECLINED, now)
        answer(cast, newcomers[2], DECLINED, now)
        outbox.run()
        assert [letter["To"] for letter in outbox.letters] == [newcomers[3].email]

    def test_a_second_promotion_of_the_same_person_is_told_too(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        answer(cast, newcomers[0], DECLINED, now)
        answer(cast, newcomers[2], DECLINED, now)
        answer(cast, newcomers[2], ACCEPTED, now)
        answer(cast, newcomers[1], DECLINED, now)
        about_them = [
            job
            for job in jobs("rsvps.promoted")
            if db.session.get_one(Rsvp, job.payload["rsvp_id"]).user_id == newcomers[2].id
        ]
        assert len(about_them) == 2

    def test_more_places_are_passed_on(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        _edit(cast.session, cast.rosa, now, capacity=3)
        assert standing(cast, newcomers[2]) is ACCEPTED
        assert standing(cast, newcomers[3]) is WAITLISTED

    def test_no_limit_any_more_lets_everyone_in(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        _edit(cast.session, cast.rosa, now, capacity=None)
        assert {standing(cast, person) for person in newcomers} == {ACCEPTED}

    def test_fewer_places_take_nobodys_place_away(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        _edit(cast.session, cast.rosa, now, capacity=1)
        assert standing(cast, newcomers[0]) is standing(cast, newcomers[1]) is ACCEPTED
        answer(cast, newcomers[0], DECLINED, now)
        assert standing(cast, newcomers[2]) is WAITLISTED

    def test_who_leaves_the_group_gives_up_the_place(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        member_services.leave_group(cast.group, actor=newcomers[0], now=now)
        assert standing(cast, newcomers[0]) is None
        assert standing(cast, newcomers[2]) is ACCEPTED

    def test_a_removed_person_gives_up_the_turn(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        membership = factories.find_membership(cast.group, newcomers[2])
        member_services.remove_member(membership, actor=cast.rosa, now=now)
        assert standing(cast, newcomers[2]) is None
        answer(cast, newcomers[0], DECLINED, now)
        assert standing(cast, newcomers[3]) is ACCEPTED

    def test_nobody_moves_up_while_it_is_cancelled_and_everybody_once_it_is_not(
        self, cast: Cast, newcomers: list[UserAccount], now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        answer(cast, newcomers[0], DECLINED, now)
        assert standing(cast, newcomers[2]) is WAITLISTED
        session_services.restore_session(cast.session, actor=cast.rosa, now=now)
        assert standing(cast, newcomers[2]) is ACCEPTED

    def test_nobody_moves_up_after_the_start(
        self, cast: Cast, newcomers: list[UserAccount]
    ) -> None:
        assert waiting_list.promote_waiting(cast.session, now=cast.session.starts_at) == []


class TestLettersAboutChanges:
    @pytest.fixture(autouse=True)
    def _answers(self, cast: Cast, newcomers: list[UserAccount], now: datetime) -> None:
        for person, status in zip(newcomers, (ACCEPTED, TENTATIVE, DECLINED), strict=False):
            answer(cast, person, status, now)

    @pytest.fixture
    def concerned(self, newcomers: list[UserAccount]) -> set[str | None]:
        """Those who said yes or maybe."""
        return {newcomers[0].email, newcomers[1].email}

    def test_a_move_tells_old_and_new_time(
        self, cast: Cast, concerned: set[str], outbox: OutboxRunner, now: datetime
    ) -> None:
        wall = cast.session.wall_starts_at + timedelta(days=7)
        _edit(cast.session, cast.rosa, now, wall_starts_at=wall)
        outbox.run(now=now + WAIT)
        assert {letter["To"] for letter in outbox.letters} == concerned
        for letter in outbox.letters:
            words = letter.get_content()
            assert "1 December 2026, 19:00" in words
            assert "8 December 2026, 19:00" in words

    def test_a_cancellation_is_told(
        self, cast: Cast, concerned: set[str], outbox: OutboxRunner, now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        assert {letter["To"] for letter in outbox.letters} == concerned

    def test_cancelled_and_restored_at_once_reaches_nobody(
        self, cast: Cast, outbox: OutboxRunner, now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        session_services.restore_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        assert outbox.letters == []

    def test_restored_after_people_were_told_is_told_too(
        self, cast: Cast, concerned: set[str], outbox: OutboxRunner, now: datetime
    ) -> None:
        session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)
        session_services.restore_session(cast.session, actor=cast.rosa, now=now + WAIT)
        outbox.run(now=now + 2 * WAIT)
        subjects = [letter["Subject"] for letter in outbox.letters]
        assert subjects == ["Cancelled"] * 2 + ["It takes place after all"] * 2

    def test_other_edits_are_told_to_nobody(
        self, cast: Cast, outbox: OutboxRunner, now: datetime
    ) -> None:
        _edit(cast.session, cast.rosa, now, description="Bring a cup.")
        outbox.run(now=now + WAIT)
        assert outbox.letters == []

    def test_two_moves_in_a_row_tell_the_last_one_alone(
        self, cast: Cast, outbox: OutboxRunner, now: datetime
    ) -> None:
        first = cast.session.wall_starts_at
        _edit(cast.session, cast.rosa, now, wall_starts_at=first + timedelta(days=1))
        _edit(cast.session, cast.rosa, now, wall_starts_at=first + timedelta(days=2))
        outbox.run(now=now + WAIT)
        assert len(outbox.letters) == 2
        assert all("3 December 2026" in letter.get_content() for letter in outbox.letters)

    @pytest.mark.parametrize("kind", ["promoted", "schedule_changed", "schedule_change_undone"])
    def test_a_letter_about_somebody_who_is_gone_is_withdrawn(
        self, app: Flask, now: datetime, kind: str
    ) -> None:
        builder = app.extensions["outbox"].letters[f"rsvps.{kind}"]
        payload = {"rsvp_id": 0, "change_id": 0, "user_id": 0, "first": ""}
        assert builder(payload, now=now) is None


class TestTransaction:
    def test_a_failing_reaction_undoes_the_whole_act(self, cast: Cast, now: datetime) -> None:
        def fail(_sender: object, **_facts: object) -> None:
            raise ZeroDivisionError

        with events.schedule_changed.connected_to(fail), pytest.raises(ZeroDivisionError):
            session_services.cancel_session(cast.session, actor=cast.rosa, now=now)
        assert not cast.session.is_cancelled


def _edit(
    group_session: GroupSession, actor: UserAccount, now: datetime, **changes: object
) -> None:
    details = {
        "title": group_session.title_shown,
        "description": group_session.description_shown,
        "wall_starts_at": group_session.wall_starts_at,
        "length_minutes": group_session.length_minutes,
        "capacity": group_session.capacity_shown,
        "place": group_session.place_shown,
        "online_link": group_session.online_link_shown,
        **changes,
    }
    make: Callable[..., SessionDetails] = SessionDetails
    session_services.edit_session(group_session, make(**details), actor=actor, now=now)
