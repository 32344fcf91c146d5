"""Whatever people, organizers and the clock do to a course, in any order: its list stays fair.

Like test_model.py, for one course of four dates and five people. After every act nobody waits beside
a free place while people can join, nobody was passed over, who got a place was told once, and
whoever is enrolled has an answer for each date ahead, which nobody else has.
"""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, Role
from supportgroups.groups.services import members as member_services
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Enrolment, RsvpStatus
from supportgroups.rsvps.services import answers, enrolments
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.services import courses
from tests import factories
from tests.conftest import NOW
from tests.rsvps.test_model import PHASES

PEOPLE = 5
people = st.integers(0, PEOPLE - 1)


class CourseList(RuleBasedStateMachine):
    """A course that begins in nine days; people can join until its second date."""

    @initialize(capacity=st.integers(1, 2))
    def begin(self, capacity: int) -> None:
        self.now = NOW
        group = factories.make_group()
        self.group_id = group.id
        self.rosa = factories.make_user("Rosa")
        factories.make_membership(group, self.rosa, Role.ORGANIZER)
        self.people = [factories.make_user(f"Person {number}") for number in range(PEOPLE)]
        for person in self.people:
            factories.make_membership(group, person)
        self.course = factories.make_course(group, weeks=4, capacity=capacity)
        self.enrolled: set[int] = set()
        self.waiting: list[int] = []
        self.told = 0

    @rule(who=people)
    def enrol(self, who: int) -> None:
        if self.belongs(who):
            enrolments.enrol(self.course, actor=self.people[who], now=self.now)

    @rule(who=people)
    def leave(self, who: int) -> None:
        if self.belongs(who):
            enrolments.leave_course(self.course, actor=self.people[who], now=self.now)

    @rule(who=people, date=st.integers(0, 3), status=st.sampled_from(["accepted", "declined"]))
    def answer(self, who: int, date: int, status: str) -> None:
        group_session = list_sessions_of_series(self.course)[date]
        if self.people[who].id in self.enrolled and not group_session.has_started(self.now):
            answers.respond(
                group_session, actor=self.people[who], status=RsvpStatus(status), now=self.now
            )

    @rule(who=st.integers(0, 1))
    def remove_or_readmit(self, who: int) -> None:
        membership = factories.find_membership(self.course.group, self.people[who])
        is_gone = membership.removed_at is not None
        act = member_services.readmit_member if is_gone else member_services.remove_member
        act(membership, actor=self.rosa, now=self.now)

    @rule(capacity=st.integers(1, 4), until=st.sampled_from([1, 2, None]))
    def change_the_course(self, capacity: int, until: int | None) -> None:
        details = courses.CourseDetails(topics={}, late_join_until=until, capacity=capacity)
        courses.edit_course(self.course, details, actor=self.rosa, now=self.now)

    @rule(days=st.sampled_from([1, 4]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def the_list_is_fair(self) -> None:
        db.session.rollback()
        rows = db.session.execute(select(Enrolment).order_by(Enrolment.id)).scalars().all()
        enrolled = {row.user_id for row in rows if row.enrolled_at is not None}
        waiting = [row.user_id for row in rows if row.enrolled_at is None]
        capacity = self.course.capacity
        assert capacity is not None
        is_open = enrolments.dates_of(self.course).is_joining_open(self.now)
        assert len(enrolled) <= max(capacity, len(self.enrolled)), "overbooked"
        if is_open:
            assert not waiting or len(enrolled) >= capacity, "somebody waits beside a free place"
        lucky = [user_id for user_id in self.waiting if user_id in enrolled]
        passed = [user_id for user_id in self.waiting if user_id in waiting]
        assert lucky + passed == [one for one in self.waiting if one in {*lucky, *passed}]
        self.told += len(lucky)
        assert self.count_letters() == self.told
        self.look_at_answers(enrolled)
        self.enrolled, self.waiting = enrolled, waiting

    def look_at_answers(self, enrolled: set[int]) -> None:
        for group_session in list_sessions_of_series(self.course):
            if group_session.has_started(self.now):
                continue
            for person in self.people:
                has_answer = queries.find_rsvp(group_session, person) is not None
                assert has_answer == (person.id in enrolled)

    def count_letters(self) -> int:
        letters = select(func.count()).where(OutboxJob.kind == "rsvps.enrolled")
        return db.session.execute(letters).scalar_one() + self.forgotten()

    def forgotten(self) -> int:
        """Return how many letters went together with what they were about."""
        jobs = set(db.session.execute(select(OutboxJob.key)).scalars())
        self.seen = getattr(self, "seen", set()) | {key for key in jobs if "enrolled:" in key}
        return len(self.seen - jobs)

    def belongs(self, who: int) -> bool:
        membership = factories.find_membership(self.course.group, self.people[who])
        return membership.removed_at is None

    def teardown(self) -> None:
        if not hasattr(self, "group_id"):
            return
        db.session.rollback()
        with transaction():
            db.session.execute(delete(OutboxJob))
            db.session.execute(delete(Group).where(Group.id == self.group_id))


def tell_stories(stories: int) -> None:
    run_state_machine_as_test(
        CourseList,
        settings=settings(
            max_examples=stories,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            database=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_list_of_a_course_stays_fair(app: Flask) -> None:
    tell_stories(10)


def test_a_place_that_nobody_passes_on_would_be_caught(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolments, "give_free_places", lambda series, *, now: None)
    with pytest.raises(AssertionError, match="waits beside a free place"):
        tell_stories(10)
