"""Who was in a course is erased 30 days after its last date; how many there were stays."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.services.erasure import erase_person
from supportgroups.db import db
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import CourseTally, Enrolment, RsvpStatus
from supportgroups.rsvps.services import answers, enrolments
from supportgroups.rsvps.services.course_names import (
    LIST_KEPT,
    count_completed,
    count_most,
    erase_old_rosters,
)
from supportgroups.rsvps.services.names import erase_old_answers
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import find_course_dates, list_sessions_of_series
from supportgroups.sessions.services import sessions
from tests import factories
from tests.conftest import Cast

DAY = timedelta(days=1)


@pytest.fixture
def course(cast: Cast) -> Series:
    """Eight weeks, so that the first answers are erased before the last date."""
    return factories.make_course(cast.group, weeks=8, capacity=3)


@pytest.fixture
def dates(course: Series) -> list[GroupSession]:
    return list_sessions_of_series(course)


@pytest.fixture
def people(cast: Cast, course: Series, dates: list[GroupSession], now: datetime):
    """Ada comes always, Ben misses two dates and Cy three."""
    people = [factories.make_user(name) for name in ("Ada", "Ben", "Cy", "Dee")]
    for person in people:
        factories.make_membership(cast.group, person)
        enrolments.enrol(course, actor=person, now=now)
    for person, missed in ((people[1], dates[:2]), (people[2], dates[1:4])):
        for group_session in missed:
            answers.respond(group_session, actor=person, status=RsvpStatus.DECLINED, now=now)
    return people


def counted(course: Series, now: datetime) -> tuple[int, int]:
    db.session.expire_all()
    dates = find_course_dates([course])[course.id]
    tally = count_completed(course, dates, now=now)
    return tally.enrolled, tally.completed


def names() -> list[str]:
    query = select(UserAccount.display_name).join(Enrolment).order_by(Enrolment.id)
    return list(db.session.execute(query).scalars())


@pytest.mark.usefixtures("people")
class TestErasing:
    def test_thirty_days_after_the_last_date(
        self, course: Series, dates: list[GroupSession]
    ) -> None:
        over = dates[-1].ends_at + 30 * DAY
        assert erase_old_rosters(now=over - timedelta(seconds=1)) == 0
        assert names() == ["Ada", "Ben", "Cy", "Dee"]
        assert erase_old_rosters(now=over) == 1
        # Dee hopes for the next course.
        assert names() == ["Dee"]

    def test_the_numbers_stay_whenever_answers_are_erased(
        self, course: Series, dates: list[GroupSession]
    ) -> None:
        over = dates[-1].ends_at
        assert count_most(find_course_dates([course])[course.id]) == 6
        assert counted(course, over) == (3, 2)
        # Every day, as the worker does.
        for day in range(60):
            erase_old_answers(now=dates[0].ends_at + 29 * DAY + day * DAY)
            assert counted(course, over) == (3, 2)
        erase_old_rosters(now=over + 30 * DAY)
        erase_old_answers(now=over + 30 * DAY)
        assert counted(course, over + 30 * DAY) == (3, 2)

    def test_erasing_somebody_after_the_course_changes_no_number(
        self, course: Series, dates: list[GroupSession], people: list[UserAccount]
    ) -> None:
        over = dates[-1].ends_at
        erase_person(people[0], now=over + DAY)
        assert counted(course, over + DAY) == (3, 2)
        assert "Ada" not in names()

    def test_a_list_is_kept_for_a_year(self, course: Series, dates: list[GroupSession]) -> None:
        over = dates[-1].ends_at
        erase_old_rosters(now=over + LIST_KEPT - timedelta(seconds=1))
        assert names() == ["Dee"]
        erase_old_rosters(now=over + LIST_KEPT)
        assert names() == []

    def test_a_course_that_goes_on_keeps_its_names(
        self, course: Series, dates: list[GroupSession]
    ) -> None:
        assert erase_old_rosters(now=dates[-1].starts_at) == 0
        assert len(names()) == 4
        assert db.session.execute(select(CourseTally)).all() == []


def test_a_date_that_was_cancelled_counts_for_nobody(
    cast: Cast,
    course: Series,
    dates: list[GroupSession],
    people: list[UserAccount],
    now: datetime,
) -> None:
    for group_session in dates[4:]:
        sessions.cancel_session(group_session, actor=cast.rosa, now=now)
    # Three of the four that are left are most of it: Ada came to four, Ben to two, Cy to one.
    assert counted(course, dates[-1].ends_at) == (3, 1)


def test_leaving_while_others_can_follow_leaves_no_trace(
    course: Series, people: list[UserAccount], now: datetime
) -> None:
    enrolments.leave_course(course, actor=people[0], now=now)
    assert queries.find_course_tally(course) is None
    assert names() == ["Ben", "Cy", "Dee"]
