"""Whatever people, organizers and the clock do to courses, in any order: their lists stay fair.

Like test_model.py, for a course of four dates, the next one, and five people. After every act nobody
waits beside a free place while people can join, nobody was passed over, and whoever is enrolled has
an answer for each date ahead, which nobody else has. Each is told once: of a place that became
theirs, of a date that was added or changed, and of the next course, unless they are in it already.
"""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

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
from sqlalchemy import delete, select

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, Role
from supportgroups.groups.services import members as member_services
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Enrolment, RsvpStatus
from supportgroups.rsvps.services import answers, enrolments, next_courses
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.services import courses
from supportgroups.sessions.services import sessions as session_services
from tests import factories
from tests.conftest import NOW
from tests.rsvps.test_model import PHASES

PEOPLE = 5
people = st.integers(0, PEOPLE - 1)
dates = st.integers(0, 3)
#: Most of what happens, happens to the course that comes first.
which = st.sampled_from([0, 0, 0, 1])
WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)


class Lists(NamedTuple):
    """Who is in a course and who waits, in their order, by the numbers of their accounts."""

    enrolled: frozenset[int] = frozenset()
    waiting: tuple[int, ...] = ()
    invited: frozenset[int] = frozenset()


class Courses(RuleBasedStateMachine):
    """A course that begins in nine days, and another ten weeks later; one can join both late."""

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
        first = factories.make_course(group, weeks=4, capacity=capacity)
        begins = first.wall_starts_at + 10 * WEEK
        self.courses = [
            first,
            factories.make_course(group, weeks=2, capacity=1, wall_starts_at=begins),
        ]
        for person in self.people:
            enrolments.enrol(first, actor=person, now=self.now)
        self.before = [lists_of(first), Lists()]
        self.letters: set[str] = set()
        self.told = 0

    # What people do.

    @rule(who=people, course=which)
    def enrol(self, who: int, course: int) -> None:
        if self.belongs(who):
            enrolments.enrol(self.courses[course], actor=self.people[who], now=self.now)

    @rule(who=people, course=which)
    def leave(self, who: int, course: int) -> None:
        if self.belongs(who):
            enrolments.leave_course(self.courses[course], actor=self.people[who], now=self.now)

    @rule(who=people, date=dates, status=st.sampled_from(["accepted", "declined"]))
    def answer(self, who: int, date: int, status: str) -> None:
        group_session = self.date(date)
        if self.people[who].id not in self.before[0].enrolled or group_session.is_cancelled:
            return
        if not group_session.has_started(self.now):
            answers.respond(
                group_session, actor=self.people[who], status=RsvpStatus(status), now=self.now
            )

    # What organizers do.

    @rule(who=st.integers(0, 1))
    def remove_or_readmit(self, who: int) -> None:
        membership = factories.find_membership(self.courses[0].group, self.people[who])
        is_gone = membership.removed_at is not None
        act = member_services.readmit_member if is_gone else member_services.remove_member
        act(membership, actor=self.rosa, now=self.now)

    @rule(capacity=st.integers(1, 4), until=st.sampled_from([1, 2, 3, None]))
    def change_the_course(self, capacity: int, until: int | None) -> None:
        details = courses.CourseDetails(topics={}, late_join_until=until, capacity=capacity)
        courses.edit_course(self.courses[0], details, actor=self.rosa, now=self.now)

    @rule(date=dates)
    def cancel_or_restore(self, date: int) -> None:
        group_session = self.date(date)
        if not group_session.has_started(self.now):
            was_off = group_session.is_cancelled
            act = session_services.restore_session if was_off else session_services.cancel_session
            act(group_session, actor=self.rosa, now=self.now)
            self.look_who_was_told(group_session)

    @rule(date=dates, days=st.integers(1, 9))
    def move(self, date: int, days: int) -> None:
        group_session = self.date(date)
        if group_session.is_over(self.now) or group_session.is_cancelled:
            return
        wall = (self.now + timedelta(days=days)).replace(tzinfo=None, hour=9, minute=10 * date)
        details = SessionDetails.of(group_session, wall_starts_at=wall)
        session_services.edit_session(group_session, details, actor=self.rosa, now=self.now)
        self.look_who_was_told(group_session)

    @rule(days=st.integers(1, 9))
    def add_a_date(self, days: int) -> None:
        wall = (self.now + timedelta(days=days)).replace(tzinfo=None, hour=14)
        details = courses.MakeUpDetails(wall_starts_at=wall, length_minutes=60)
        enrolled = self.before[0].enrolled
        try:
            added = courses.add_make_up(self.courses[0], details, actor=self.rosa, now=self.now)
        except courses.MeetsThenAlready:
            db.session.rollback()
            return
        told = self.new_letters(f"date-added:{added.public_id}")
        assert len(told) == len(enrolled), "not everybody enrolled was told of a date more"

    @rule()
    def invite_to_the_next(self) -> None:
        this, following = self.courses
        for course, is_open in ((this, False), (following, True)):
            if enrolments.dates_of(course).is_joining_open(self.now) is not is_open:
                return
        self.new_letters("next-course:")
        next_courses.invite_listed(this, following, actor=self.rosa, now=self.now)
        db.session.rollback()
        told = {self.user_of(job) for job in self.new_letters("next-course:")}
        SEEN["invited"] += len(told)
        in_it = {*self.before[1].enrolled, *self.before[1].waiting}
        assert told == {*self.before[0].waiting} - self.before[0].invited - in_it, "told wrongly"

    # What the clock does.

    @rule(days=st.sampled_from([1, 4]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(date=dates)
    def a_date_has_begun(self, date: int) -> None:
        self.now = max(self.now, self.date(date).starts_at + MINUTE)

    @rule(minutes=st.sampled_from([-1, 1]))
    def the_time_to_join_ends(self, minutes: int) -> None:
        ends_at = enrolments.dates_of(self.courses[0]).joining_ends_at
        assert ends_at is not None
        self.now = max(self.now, ends_at + minutes * MINUTE)

    # What must always hold.

    @invariant()
    def the_lists_are_fair(self) -> None:
        for number, course in enumerate(self.courses):
            db.session.rollback()
            before, lists = self.before[number], lists_of(course)
            self.look_at_places(course, before, lists)
            self.look_at_order(before, lists)
            self.look_at_answers(course, lists)
            self.before[number] = lists
        # Letters go together with what they are about; the places they told of were told of.
        self.told -= len(self.new_letters("enrolled:"))
        assert self.told == 0, "a place was not told once"

    def look_at_places(self, course: Series, before: Lists, lists: Lists) -> None:
        """Nobody waits beside a free place, and no course gets fuller than it may be."""
        capacity = course.capacity
        assert capacity is not None
        assert len(lists.enrolled) <= max(capacity, len(before.enrolled)), "overbooked"
        if enrolments.dates_of(course).is_joining_open(self.now):
            is_full = len(lists.enrolled) >= capacity
            assert not lists.waiting or is_full, "somebody waits beside a free place"
        elif lists.enrolled - before.enrolled:
            raise AssertionError("somebody joined too late")

    def look_at_order(self, before: Lists, lists: Lists) -> None:
        """Nobody who waited was passed over for somebody behind."""
        lucky = [user_id for user_id in before.waiting if user_id in lists.enrolled]
        passed = [user_id for user_id in before.waiting if user_id in lists.waiting]
        assert lucky + passed == [one for one in before.waiting if one in {*lucky, *passed}]
        self.told += len(lucky)

    def look_at_answers(self, course: Series, lists: Lists) -> None:
        """Who is enrolled, and nobody else, has an answer for each date ahead."""
        for group_session in list_sessions_of_series(course):
            if group_session.has_started(self.now) or group_session.is_cancelled:
                continue
            for person in self.people:
                has_answer = queries.find_rsvp(group_session, person) is not None
                assert has_answer == (person.id in lists.enrolled)

    def look_who_was_told(self, group_session: GroupSession) -> None:
        """Who comes to a date that changed gets one letter about it."""
        db.session.rollback()
        told = Counter(int(job.rpartition(":")[2]) for job in self.new_letters("schedule-change:"))
        before = self.before[0].enrolled
        coming = {rsvp.user_id for rsvp in queries.list_coming_to(group_session)} & before
        # Letters about acts in the same minutes are the same letter.
        waiting = select(OutboxJob.payload["user_id"].as_integer()).where(
            OutboxJob.kind == "rsvps.schedule_changed", OutboxJob.due_at > self.now
        )
        assert coming <= {*db.session.execute(waiting).scalars()}, "somebody was not told"
        assert set(told.values()) <= {1}, "somebody was told twice"

    def new_letters(self, prefix: str) -> set[str]:
        """Return the keys of the letters of one sort that were not there when last asked for."""
        keys = select(OutboxJob.key).where(OutboxJob.key.startswith(prefix))
        new = set(db.session.execute(keys).scalars()) - self.letters
        self.letters |= new
        return new

    def user_of(self, job: str) -> int:
        return db.session.get_one(Enrolment, int(job.split(":")[1])).user_id

    def date(self, number: int) -> GroupSession:
        return list_sessions_of_series(self.courses[0])[number]

    def belongs(self, who: int) -> bool:
        membership = factories.find_membership(self.courses[0].group, self.people[who])
        return membership.removed_at is None

    def teardown(self) -> None:
        if not hasattr(self, "group_id"):
            return
        db.session.rollback()
        SEEN["told of changes"] += sum("schedule-change:" in key for key in self.letters)
        with transaction():
            db.session.execute(delete(OutboxJob))
            db.session.execute(delete(Group).where(Group.id == self.group_id))


def lists_of(course: Series) -> Lists:
    rows = db.session.execute(
        select(Enrolment).where(Enrolment.series_id == course.id).order_by(Enrolment.id)
    ).scalars()
    found = list(rows)
    return Lists(
        frozenset(row.user_id for row in found if row.enrolled_at is not None),
        tuple(row.user_id for row in found if row.enrolled_at is None),
        frozenset(row.user_id for row in found if row.invited_to_id is not None),
    )


#: What happened in all stories together.
SEEN: Counter[str] = Counter()


def tell_stories(stories: int) -> None:
    SEEN.clear()
    run_state_machine_as_test(
        Courses,
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


def test_the_lists_of_courses_stay_fair(app: Flask) -> None:
    tell_stories(12)
    assert SEEN["invited"] >= 1, "the stories were too tame"
    assert SEEN["told of changes"] >= 10, "the stories were too tame"


def test_a_place_that_nobody_passes_on_would_be_caught(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolments, "give_free_places", lambda series, *, now: None)
    with pytest.raises(AssertionError, match="waits beside a free place"):
        tell_stories(40)
