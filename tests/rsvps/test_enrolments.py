"""Enrolling in a course: one place for all dates, its list, late joining, leaving."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.services.members import leave_group
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.queries import CourseState
from supportgroups.rsvps.services import answers, enrolments, next_courses, series_seats
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services import courses, sessions
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.conftest import Cast

ACCEPTED, DECLINED = RsvpStatus.ACCEPTED, RsvpStatus.DECLINED
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


@pytest.fixture
def course(cast: Cast) -> Series:
    """Four weeks with two places; people may join until the second one."""
    return factories.make_course(cast.group, weeks=4, capacity=2, late_join_until=2)


@pytest.fixture
def dates(course: Series) -> list[GroupSession]:
    return list_sessions_of_series(course)


@pytest.fixture
def member(cast: Cast) -> Callable[[str], UserAccount]:
    def member(name: str) -> UserAccount:
        person = factories.make_user(name)
        factories.make_membership(cast.group, person)
        return person

    return member


def state_of(course: Series, person: UserAccount, now: datetime) -> CourseState:
    db.session.expire_all()
    return queries.find_course(course, person, now=now).state


def statuses(dates: list[GroupSession], person: UserAccount) -> list[RsvpStatus | None]:
    found = queries.answers_of(person, dates)
    return [found.get(group_session.id) for group_session in dates]


def kinds() -> list[str]:
    return list(db.session.execute(select(OutboxJob.kind).order_by(OutboxJob.id)).scalars())


class TestEnrolling:
    def test_it_answers_every_date_at_once(
        self, cast: Cast, course: Series, dates: list[GroupSession], now: datetime
    ) -> None:
        enrolment = enrolments.enrol(course, actor=cast.sam, now=now)
        assert enrolment is not None
        assert enrolment.enrolled_at == now
        assert statuses(dates, cast.sam) == [ACCEPTED] * 4
        assert kinds() == []

    def test_one_place_in_the_course_whoever_misses_a_date(
        self,
        cast: Cast,
        course: Series,
        dates: list[GroupSession],
        member: Callable[[str], UserAccount],
        now: datetime,
    ) -> None:
        enrolments.enrol(course, actor=cast.sam, now=now)
        enrolments.enrol(course, actor=member("Kim"), now=now)
        answers.respond(dates[1], actor=cast.sam, status=DECLINED, now=now)
        late = member("Lea")
        enrolments.enrol(course, actor=late, now=now)
        assert state_of(course, late, now) is CourseState.WAITING
        assert statuses(dates, late) == [None] * 4
        answers.respond(dates[1], actor=cast.sam, status=ACCEPTED, now=now)
        assert statuses(dates, cast.sam) == [ACCEPTED] * 4

    def test_nobody_answers_a_date_of_it_without_a_place(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        with pytest.raises(answers.NotEnrolled):
            answers.respond(dates[0], actor=cast.sam, status=ACCEPTED, now=now)

    def test_no_limit_is_no_limit(
        self, cast: Cast, member: Callable[[str], UserAccount], now: datetime
    ) -> None:
        wide = factories.make_course(cast.group, capacity=None)
        people = [cast.sam, member("Kim"), member("Lea")]
        for person in people:
            enrolments.enrol(wide, actor=person, now=now)
        assert [state_of(wide, person, now) for person in people] == [CourseState.ENROLLED] * 3

    def test_a_form_sent_twice_counts_once(
        self, cast: Cast, course: Series, dates: list[GroupSession], now: datetime
    ) -> None:
        enrolments.enrol(course, actor=cast.sam, form_key="page", now=now)
        enrolments.leave_course(course, actor=cast.sam, now=now)
        assert enrolments.enrol(course, actor=cast.sam, form_key="page", now=now) is None
        assert statuses(dates, cast.sam) == [None] * 4

    def test_enrolling_again_changes_nothing(
        self, cast: Cast, course: Series, now: datetime
    ) -> None:
        first = enrolments.enrol(course, actor=cast.sam, now=now)
        assert enrolments.enrol(course, actor=cast.sam, now=now + WEEK / 7) is first

    def test_who_is_no_member_cannot(self, cast: Cast, course: Series, now: datetime) -> None:
        with pytest.raises(PermissionDenied):
            enrolments.enrol(course, actor=cast.stan, now=now)

    def test_a_schedule_of_single_dates_has_nothing_to_enrol_in(
        self, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(enrolments.NobodyEnrols):
            enrolments.enrol(cast.series, actor=cast.sam, now=now)
        with pytest.raises(series_seats.NothingToBook):
            series_seats.hold_seat(factories.make_course(cast.group), actor=cast.sam, now=now)

    def test_where_people_ask_first_only_who_is_let_in_enrols(
        self, cast: Cast, now: datetime
    ) -> None:
        asked = factories.make_course(cast.group, admission=WayIn.ENROL_REQUEST)
        with pytest.raises(answers.ApprovalNeeded):
            enrolments.enrol(asked, actor=cast.sam, now=now)
        with transaction():
            factories.find_membership(cast.group, cast.sam).approved_at = now
        assert enrolments.enrol(asked, actor=cast.sam, now=now) is not None
        assert state_of(asked, cast.sam, now) is CourseState.ENROLLED


class TestJoiningLate:
    def test_it_answers_the_dates_ahead(
        self, cast: Cast, course: Series, dates: list[GroupSession]
    ) -> None:
        after_first = dates[0].ends_at
        enrolments.enrol(course, actor=cast.sam, now=after_first)
        assert statuses(dates, cast.sam) == [None, ACCEPTED, ACCEPTED, ACCEPTED]

    def test_once_that_date_has_begun_one_waits_for_the_next_course(
        self, cast: Cast, course: Series, dates: list[GroupSession]
    ) -> None:
        too_late = dates[1].starts_at
        enrolments.enrol(course, actor=cast.sam, now=too_late)
        assert state_of(course, cast.sam, too_late) is CourseState.INTERESTED
        assert statuses(dates, cast.sam) == [None] * 4

    def test_a_moment_before_there_is_still_time(
        self, cast: Cast, course: Series, dates: list[GroupSession]
    ) -> None:
        in_time = dates[1].starts_at - timedelta(seconds=1)
        enrolments.enrol(course, actor=cast.sam, now=in_time)
        assert state_of(course, cast.sam, in_time) is CourseState.ENROLLED

    def test_without_a_limit_it_goes_on_until_the_last_date(
        self, cast: Cast, now: datetime
    ) -> None:
        rolling = factories.make_course(cast.group, late_join_until=None)
        last = list_sessions_of_series(rolling)[-1]
        enrolments.enrol(rolling, actor=cast.sam, now=last.starts_at - timedelta(hours=1))
        assert statuses([last], cast.sam) == [ACCEPTED]

    def test_more_time_to_join_helps_those_on_the_list(
        self, cast: Cast, course: Series, dates: list[GroupSession]
    ) -> None:
        too_late = dates[1].starts_at
        enrolments.enrol(course, actor=cast.sam, now=too_late)
        details = courses.CourseDetails(topics={}, late_join_until=3, capacity=2)
        courses.edit_course(course, details, actor=cast.rosa, now=too_late)
        assert state_of(course, cast.sam, too_late) is CourseState.ENROLLED
        assert kinds() == ["rsvps.enrolled"]


class TestLeaving:
    @pytest.fixture
    def waiting(
        self, cast: Cast, course: Series, member: Callable[[str], UserAccount], now: datetime
    ) -> list[UserAccount]:
        enrolments.enrol(course, actor=cast.sam, now=now)
        enrolments.enrol(course, actor=member("Kim"), now=now)
        waiting = [member("Lea"), member("Mo")]
        for person in waiting:
            enrolments.enrol(course, actor=person, now=now)
        return waiting

    def test_the_place_goes_to_whoever_waited_longest_who_is_told_once(
        self,
        cast: Cast,
        course: Series,
        dates: list[GroupSession],
        waiting: list[UserAccount],
        now: datetime,
    ) -> None:
        assert queries.find_course(course, waiting[1], now=now).position == 2
        enrolments.leave_course(course, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam) == [None] * 4
        assert statuses(dates, waiting[0]) == [ACCEPTED] * 4
        assert state_of(course, waiting[1], now) is CourseState.WAITING
        assert queries.find_course(course, waiting[1], now=now).position == 1
        assert kinds() == ["rsvps.enrolled"]

    @pytest.mark.parametrize("leaves", ["group", "list"])
    def test_leaving_the_group_or_the_list(
        self,
        cast: Cast,
        course: Series,
        waiting: list[UserAccount],
        now: datetime,
        leaves: str,
    ) -> None:
        if leaves == "group":
            leave_group(cast.group, actor=cast.sam, now=now)
            assert state_of(course, waiting[0], now) is CourseState.ENROLLED
        else:
            enrolments.leave_course(course, actor=waiting[0], now=now)
            assert state_of(course, waiting[0], now) is CourseState.NONE
            assert queries.count_places([course])[course.id] == (2, 2, 1)

    def test_after_the_time_to_join_nobody_follows(
        self, cast: Cast, course: Series, dates: list[GroupSession], waiting: list[UserAccount]
    ) -> None:
        too_late = dates[1].ends_at
        enrolments.leave_course(course, actor=cast.sam, now=too_late)
        assert state_of(course, waiting[0], too_late) is CourseState.INTERESTED
        # What was before stays known for its time.
        assert statuses(dates, cast.sam) == [ACCEPTED, ACCEPTED, None, None]
        tally = queries.find_course_tally(course)
        assert tally is not None
        assert (tally.enrolled, tally.completed) == (1, 0)

    def test_more_places_help_those_who_wait(
        self, cast: Cast, course: Series, waiting: list[UserAccount], now: datetime
    ) -> None:
        details = courses.CourseDetails(topics={}, late_join_until=2, capacity=3)
        courses.edit_course(course, details, actor=cast.rosa, now=now)
        assert [state_of(course, person, now) for person in waiting] == [
            CourseState.ENROLLED,
            CourseState.WAITING,
        ]

    def test_who_is_not_in_it_leaves_nothing(
        self, cast: Cast, course: Series, waiting: list[UserAccount], now: datetime
    ) -> None:
        enrolments.leave_course(course, actor=cast.rosa, now=now)
        assert queries.count_places([course])[course.id] == (2, 2, 2)


class TestDatesThatChange:
    def test_a_restored_date_counts_for_all_who_are_enrolled(
        self, cast: Cast, course: Series, dates: list[GroupSession], now: datetime
    ) -> None:
        sessions.cancel_session(dates[2], actor=cast.rosa, now=now)
        enrolments.enrol(course, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam)[2] is None
        sessions.restore_session(dates[2], actor=cast.rosa, now=now)
        assert statuses(dates, cast.sam)[2] is ACCEPTED

    def test_who_enrolled_while_it_was_off_is_told_that_it_takes_place(
        self,
        cast: Cast,
        course: Series,
        dates: list[GroupSession],
        member: Callable[[str], UserAccount],
        now: datetime,
    ) -> None:
        enrolments.enrol(course, actor=cast.sam, now=now)
        sessions.cancel_session(dates[2], actor=cast.rosa, now=now)
        kim = member("Kim")
        enrolments.enrol(course, actor=kim, now=now + HOUR)
        sessions.restore_session(dates[2], actor=cast.rosa, now=now + HOUR)
        letters = db.session.query(OutboxJob).filter_by(kind="rsvps.schedule_changed")
        told = [job.payload["user_id"] for job in letters.order_by(OutboxJob.id)]
        assert told == [cast.sam.id, cast.sam.id, kim.id]

    def test_a_date_that_moves_from_now_to_later_lets_people_join_again(
        self, cast: Cast, course: Series, dates: list[GroupSession]
    ) -> None:
        begun = dates[1].starts_at + HOUR / 2
        enrolments.enrol(course, actor=cast.sam, now=begun)
        assert state_of(course, cast.sam, begun) is CourseState.INTERESTED
        later = SessionDetails.of(
            dates[1], wall_starts_at=dates[1].wall_starts_at + timedelta(days=1)
        )
        sessions.edit_session(dates[1], later, actor=cast.rosa, now=begun)
        assert state_of(course, cast.sam, begun) is CourseState.ENROLLED
        assert kinds() == ["rsvps.enrolled"]

    def test_so_does_a_date_more_when_all_others_are_off(
        self, cast: Cast, course: Series, dates: list[GroupSession], now: datetime
    ) -> None:
        sessions.cancel_session(dates[0], scope=Scope.ALL, actor=cast.rosa, now=now)
        enrolments.enrol(course, actor=cast.sam, now=now)
        assert state_of(course, cast.sam, now) is CourseState.INTERESTED
        details = courses.MakeUpDetails(
            wall_starts_at=dates[3].wall_starts_at + WEEK, length_minutes=60
        )
        added = courses.add_make_up(course, details, actor=cast.rosa, now=now)
        assert state_of(course, cast.sam, now) is CourseState.ENROLLED
        assert statuses([added], cast.sam) == [ACCEPTED]

    def test_a_make_up_is_theirs_too_and_they_are_told_once(
        self,
        cast: Cast,
        course: Series,
        dates: list[GroupSession],
        member: Callable[[str], UserAccount],
        now: datetime,
    ) -> None:
        for person in (cast.sam, member("Kim"), member("Lea")):
            enrolments.enrol(course, actor=person, now=now)
        details = courses.MakeUpDetails(
            wall_starts_at=dates[3].wall_starts_at + WEEK, length_minutes=60, topic="Once more"
        )
        added = courses.add_make_up(course, details, actor=cast.rosa, now=now)
        assert statuses([added], cast.sam) == [ACCEPTED]
        coming = db.session.execute(select(Rsvp).filter_by(group_session_id=added.id)).scalars()
        assert len(coming.all()) == 2
        assert kinds() == ["rsvps.date_added"] * 2


class TestInvitingToTheNextCourse:
    @pytest.fixture
    def next_course(self, cast: Cast, course: Series) -> Series:
        return factories.make_course(
            cast.group, wall_starts_at=course.wall_starts_at + 10 * WEEK, capacity=1
        )

    def test_everybody_on_the_list_hears_of_it_once(
        self,
        cast: Cast,
        course: Series,
        next_course: Series,
        dates: list[GroupSession],
        member: Callable[[str], UserAccount],
    ) -> None:
        too_late = dates[1].ends_at
        for person in (cast.sam, member("Kim")):
            enrolments.enrol(course, actor=person, now=too_late)
        invite = next_courses.invite_listed
        assert invite(course, next_course, actor=cast.rosa, now=too_late) == 2
        assert invite(course, next_course, actor=cast.rosa, now=too_late) == 0
        assert kinds() == ["rsvps.next_course"] * 2
        assert state_of(course, cast.sam, too_late) is CourseState.INVITED
        enrolments.enrol(next_course, actor=cast.sam, now=too_late)
        assert state_of(course, cast.sam, too_late) is CourseState.NONE
        assert state_of(next_course, cast.sam, too_late) is CourseState.ENROLLED

    def test_who_found_it_by_themselves_is_not_invited_to_it(
        self, cast: Cast, course: Series, next_course: Series, dates: list[GroupSession]
    ) -> None:
        too_late = dates[1].ends_at
        for each in (course, next_course):
            enrolments.enrol(each, actor=cast.sam, now=too_late)
        assert state_of(course, cast.sam, too_late) is CourseState.INTERESTED
        assert next_courses.invite_listed(course, next_course, actor=cast.rosa, now=too_late) == 0
        assert kinds() == []
        assert state_of(course, cast.sam, too_late) is CourseState.NONE

    def test_while_people_can_join_the_list_waits_for_places(
        self, cast: Cast, course: Series, next_course: Series, now: datetime
    ) -> None:
        with pytest.raises(next_courses.ListStillWaits):
            next_courses.invite_listed(course, next_course, actor=cast.rosa, now=now)

    @pytest.mark.parametrize("which", ["itself", "weekly", "elsewhere", "begun"])
    def test_only_to_a_course_of_the_group_that_can_be_joined(
        self, cast: Cast, course: Series, dates: list[GroupSession], which: str
    ) -> None:
        other = {
            "itself": lambda: course,
            "weekly": lambda: cast.series,
            "elsewhere": lambda: factories.make_course(factories.make_group("Others")),
            "begun": lambda: factories.make_course(cast.group, late_join_until=1),
        }[which]()
        too_late = dates[1].ends_at
        with pytest.raises(next_courses.NotTheNextCourse):
            next_courses.invite_listed(course, other, actor=cast.rosa, now=too_late)

    def test_only_organizers_invite(
        self, cast: Cast, course: Series, next_course: Series, dates: list[GroupSession]
    ) -> None:
        with pytest.raises(PermissionDenied):
            next_courses.invite_listed(course, next_course, actor=cast.kofi, now=dates[1].ends_at)
