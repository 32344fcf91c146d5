"""Whatever people, organizers and the clock do, in any order: the waiting list stays fair.

Hypothesis makes up stories with five people, two sessions and all the acts that move places, and
tells them on the real services. After every act, once the worker has looked by, nobody waits
beside a free place, no session is fuller than it may be, and who got a place was told once.
"""

from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, Role
from supportgroups.groups.services import members as member_services
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import OfferOutcome, Rsvp, RsvpStatus, WaitingListOffer
from supportgroups.rsvps.services import answers, series_seats, waiting_list
from supportgroups.rsvps.services.answers import AnswerDetails
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.services.ways_in import WayInDetails, choose_way_in
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.conftest import NOW

PEOPLE = 5
SESSIONS = 2
ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus

people = st.integers(0, PEOPLE - 1)
dates = st.integers(0, SESSIONS - 1)


class Place(NamedTuple):
    """Where somebody stands in one session."""

    status: RsvpStatus
    turn: int | None
    is_first_time: bool
    has_offer: bool


class WaitingList(RuleBasedStateMachine):
    """One group with two sessions; the first begins in 20 hours, and everybody wants to come."""

    @initialize(capacity=st.integers(1, 2), kept=st.integers(0, 1))
    def begin(self, capacity: int, kept: int) -> None:
        self.now = NOW
        self.actor: int | None = None
        group = factories.make_group()
        self.group_id = group.id
        self.rosa = factories.make_user("Rosa")
        factories.make_membership(group, self.rosa, Role.ORGANIZER)
        self.people = [factories.make_user(f"Person {number}") for number in range(PEOPLE)]
        for person in self.people:
            factories.make_membership(group, person)
        wall = (NOW + timedelta(hours=20)).replace(tzinfo=None)
        self.series = factories.make_series(
            group,
            wall_starts_at=wall,
            capacity=capacity,
            newcomer_seats=kept,
            max_plus_count=1,
        )
        self.sessions = [
            factories.make_session(self.series, wall + timedelta(days=number))
            for number in range(SESSIONS)
        ]
        for person in self.people:
            answers.respond(self.sessions[0], actor=person, status=ACCEPTED, now=self.now)
        self.before = [self.places(group_session) for group_session in self.sessions]
        self.taken = [0] * SESSIONS
        self.told: Counter[str] = Counter()

    # What people do.

    @rule(
        who=people,
        date=dates,
        status=st.sampled_from([ACCEPTED, ACCEPTED, DECLINED, TENTATIVE]),
        details=st.one_of(
            st.none(),
            st.builds(AnswerDetails, plus_count=st.integers(0, 1), is_first_time=st.booleans()),
        ),
    )
    def answer(
        self, who: int, date: int, status: RsvpStatus, details: AnswerDetails | None
    ) -> None:
        self.actor = who
        if not self.belongs(who):
            return
        try:
            answers.respond(
                self.sessions[date],
                actor=self.people[who],
                status=status,
                details=details,
                now=self.now,
            )
        except (
            answers.SessionAlreadyStarted,
            answers.SessionIsCancelled,
            answers.NoRoomForCompanions,
        ):
            db.session.rollback()

    @rule(date=dates)
    def somebody_cannot_come(self, date: int) -> None:
        coming = [who for who, place in self.before[date].items() if place.status is ACCEPTED]
        for who in coming[:1]:
            self.answer(who, date, DECLINED, None)

    @rule(date=dates, takes_it=st.booleans())
    def answer_the_oldest_offer(self, date: int, takes_it: bool) -> None:
        for offer in queries.list_open_offers(self.sessions[date])[:1]:
            self.actor = self.people.index(offer.rsvp.user)
            answers.answer_offer(offer, takes_it=takes_it, now=self.now)

    @rule(who=people, wants_it=st.booleans())
    def hold_or_give_up_a_seat(self, who: int, wants_it: bool) -> None:
        self.actor = who
        if self.belongs(who):
            act = series_seats.hold_seat if wants_it else series_seats.give_up_seat
            act(self.series, actor=self.people[who], now=self.now)

    # What organizers do.

    @rule(date=dates, capacity=st.integers(1, 4))
    def change_the_places(self, date: int, capacity: int) -> None:
        group_session = self.sessions[date]
        if group_session.has_started(self.now):
            return
        details = session_services.SessionDetails(
            title=group_session.title_shown,
            description="",
            wall_starts_at=group_session.wall_starts_at,
            length_minutes=group_session.length_minutes,
            capacity=capacity,
            place="",
            online_link="",
        )
        session_services.edit_session(group_session, details, actor=self.rosa, now=self.now)

    @rule(date=dates, regrets_it=st.sampled_from([True, True, True, False]))
    def cancel(self, date: int, regrets_it: bool) -> None:
        group_session = self.sessions[date]
        if group_session.has_started(self.now):
            return
        if not group_session.is_cancelled:
            session_services.cancel_session(group_session, actor=self.rosa, now=self.now)
        if regrets_it:
            session_services.restore_session(group_session, actor=self.rosa, now=self.now)

    @rule(who=st.integers(0, 1))
    def remove_or_readmit(self, who: int) -> None:
        membership = factories.find_membership(self.series.group, self.people[who])
        is_gone = membership.removed_at is not None
        act = member_services.readmit_member if is_gone else member_services.remove_member
        act(membership, actor=self.rosa, now=self.now)

    @rule(kept=st.integers(0, 2))
    def keep_places_for_newcomers(self, kept: int) -> None:
        details = WayInDetails(
            admission=WayIn.RESERVE, doors_minutes=30, max_plus_count=1, newcomer_seats=kept
        )
        choose_way_in(self.series, details, actor=self.rosa, now=self.now)

    @rule(date=dates, position=st.integers(0, 3), to_top=st.booleans())
    def move_up(self, date: int, position: int, to_top: bool) -> None:
        for rsvp in queries.list_next_in_line(self.sessions[date])[position : position + 1]:
            assert rsvp.turn is not None
            waiting_list.move_up(
                self.sessions[date], actor=self.rosa, turn=rsvp.turn, to_top=to_top, now=self.now
            )
            self.before[date] = self.places(self.sessions[date])

    # What the clock does.

    @rule(minutes=st.sampled_from([1, 45, 150, 480]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(date=dates)
    def nobody_answers_an_offer(self, date: int) -> None:
        for offer in queries.list_open_offers(self.sessions[date])[:1]:
            self.now = offer.expires_at

    # What must always hold.

    @invariant()
    def the_list_is_fair(self) -> None:
        waiting_list.pass_on_places(now=self.now)
        for date, group_session in enumerate(self.sessions):
            db.session.rollback()
            places = self.places(group_session)
            self.look_at_rest(date, group_session, places)
            self.look_at_order(self.before[date], places)
            self.look_at_letters(self.before[date], places, group_session)
            self.before[date] = places
        self.actor = None

    def look_at_rest(
        self, date: int, group_session: GroupSession, places: dict[int, Place]
    ) -> None:
        """Nobody waits beside a free place, and no session gets fuller than it may be."""
        seats = queries.find_seats(group_session, now=self.now)
        assert seats.capacity is not None
        assert seats.taken <= max(seats.capacity, self.taken[date])
        self.taken[date] = seats.taken
        waiting = [place for place in places.values() if place.status is WAITLISTED]
        turns = [place.turn for place in waiting]
        assert len(set(turns)) == len(turns)
        if group_session.has_started(self.now) or group_session.is_cancelled:
            return
        for place in waiting:
            free = seats.free_for(is_newcomer=place.is_first_time)
            assert place.has_offer or free == 0, "somebody waits beside a free place"
        for offer in queries.list_open_offers(group_session):
            assert offer.rsvp.status is WAITLISTED
            assert self.now < offer.expires_at < group_session.starts_at

    def look_at_order(self, before: dict[int, Place], places: dict[int, Place]) -> None:
        """Nobody who could have had the place was passed over for somebody behind."""
        moved_up = [before[who] for who in self.who_moved_up(before, places)]
        left_waiting = [
            before[who]
            for who, place in places.items()
            if place.status is WAITLISTED and not place.has_offer and who in before
            if before[who].status is WAITLISTED and before[who].turn == place.turn
        ]
        for lucky in moved_up:
            for place in left_waiting:
                if place.is_first_time or not lucky.is_first_time:
                    assert lucky.turn is not None
                    assert place.turn is not None
                    assert lucky.turn < place.turn, "somebody was passed over"

    def look_at_letters(
        self, before: dict[int, Place], places: dict[int, Place], group_session: GroupSession
    ) -> None:
        """Who got a place is told once; who is offered one is told once, or by the page alone."""
        given = [who for who in self.who_moved_up(before, places) if not places[who].has_offer]
        key = str(group_session.public_id)
        self.told[key] += len(given)
        promoted = select(OutboxJob.key).where(OutboxJob.key.endswith(f":{key}"))
        jobs = [found for found in db.session.execute(promoted).scalars() if "promoted" in found]
        assert len(jobs) == self.told[key]

    def who_moved_up(self, before: dict[int, Place], places: dict[int, Place]) -> list[int]:
        """Return who waited before and got or was offered a place without asking again."""
        return [
            who
            for who, place in places.items()
            if who != self.actor and who in before
            if before[who].status is WAITLISTED and not before[who].has_offer
            if place.status is ACCEPTED or place.has_offer
        ]

    def places(self, group_session: GroupSession) -> dict[int, Place]:
        """Return where everybody stands, by the number of the person."""
        offered = {offer.rsvp_id for offer in queries.list_open_offers(group_session)}
        numbers = {person.id: number for number, person in enumerate(self.people)}
        rows = db.session.execute(select(Rsvp).filter_by(group_session_id=group_session.id))
        return {
            numbers[rsvp.user_id]: Place(
                rsvp.status, rsvp.turn, rsvp.is_first_time, rsvp.id in offered
            )
            for rsvp in rows.scalars()
        }

    def belongs(self, who: int) -> bool:
        membership = factories.find_membership(self.series.group, self.people[who])
        return membership.removed_at is None

    def teardown(self) -> None:
        if not hasattr(self, "group_id"):
            return
        db.session.rollback()
        offers = select(WaitingListOffer.outcome).join(WaitingListOffer.rsvp)
        SEEN.update(db.session.execute(offers).scalars())
        with transaction():
            db.session.execute(delete(OutboxJob))
            db.session.execute(delete(Group).where(Group.id == self.group_id))


#: How the offers of all stories ended.
SEEN: Counter[OfferOutcome | None] = Counter()


#: A story that goes wrong is shown as it is: looking for the shortest one takes minutes.
PHASES = (Phase.explicit, Phase.generate)


def tell_stories(stories: int) -> None:
    SEEN.clear()
    run_state_machine_as_test(
        WaitingList,
        settings=settings(
            max_examples=stories,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_waiting_list_stays_fair(app: Flask) -> None:
    tell_stories(12)
    assert SEEN.total() >= 10, "the stories were too tame"
    assert len(set(SEEN) - {None}) >= 3, "offers ended in too few ways"


def test_a_list_that_skips_somebody_would_be_caught(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fair = waiting_list.offers.share_out

    def unfair(seats: Any, waiting: list[Any]) -> list[Any]:
        return fair(seats, reversed(waiting))

    monkeypatch.setattr(waiting_list.offers, "share_out", unfair)
    with pytest.raises(AssertionError, match="passed over"):
        tell_stories(6)
