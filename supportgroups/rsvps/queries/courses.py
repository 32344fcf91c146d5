"""Where one person, or everybody, stands with courses: what pages show of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from supportgroups.accounts.models import UserAccount
from supportgroups.rsvps.models import Enrolment
from supportgroups.rsvps.queries.enrolments import (
    CoursePlaces,
    count_places,
    find_enrolment,
    list_enrolments_of,
    turn_on_list,
)
from supportgroups.sessions.courses import CourseDates
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import find_course_dates


class CourseState(StrEnum):
    """Where somebody stands with a course."""

    NONE = "none"
    ENROLLED = "enrolled"
    #: On the list, while people can still join.
    WAITING = "waiting"
    #: On the list for the next course.
    INTERESTED = "interested"
    #: The next course is planned, and they were told.
    INVITED = "invited"


class Course(NamedTuple):
    """A course as it is at one moment, and where somebody stands with it."""

    series: Series
    dates: CourseDates
    places: CoursePlaces
    is_joining_open: bool
    #: The next date that takes place.
    next_date: GroupSession | None
    state: CourseState
    enrolment: Enrolment | None
    #: Their number on the list while it waits for places, 1 for whoever is next.
    position: int | None

    @property
    def has_room(self) -> bool:
        """Whether somebody who asks now has a place at once."""
        return self.is_joining_open and self.places.left != 0

    @property
    def is_running(self) -> bool:
        """Whether a date of it lies ahead."""
        return self.next_date is not None


def find_course(series: Series, user: UserAccount | None, *, now: datetime) -> Course:
    """Return one course, and where somebody stands with it."""
    (course,) = _courses([series], {series.id: find_enrolment(series, user)}, now=now)
    return course


def list_courses_in(
    many: Sequence[Series], user: UserAccount | None, *, now: datetime
) -> list[Course]:
    """Return courses with dates ahead, and where somebody stands with each, in a few queries."""
    if not many:
        return []
    own = list_enrolments_of(user) if user is not None else []
    courses = _courses(many, {turn.series_id: turn for turn in own}, now=now)
    return [course for course in courses if course.is_running]


def list_courses_of(user: UserAccount, *, now: datetime) -> list[Course]:
    """Return the courses in which somebody is enrolled until they are over, and those they wait for."""
    own = list_enrolments_of(user)
    if not own:
        return []
    courses = _courses(
        [turn.series for turn in own], {turn.series_id: turn for turn in own}, now=now
    )
    return [
        course
        for course in courses
        if course.state is not CourseState.ENROLLED or not course.dates.is_over(now)
    ]


def _courses(
    many: Sequence[Series], turns: dict[int, Enrolment | None], *, now: datetime
) -> list[Course]:
    dates = find_course_dates(many)
    places = count_places(many)
    return [
        _course(dates[series.id], places[series.id], turns.get(series.id), now=now)
        for series in many
    ]


def _course(
    dates: CourseDates, places: CoursePlaces, enrolment: Enrolment | None, *, now: datetime
) -> Course:
    is_open = dates.is_joining_open(now)
    state = _state(enrolment, is_open=is_open)
    return Course(
        series=dates.series,
        dates=dates,
        places=places,
        is_joining_open=is_open,
        next_date=dates.find_next(now),
        state=state,
        enrolment=enrolment,
        position=turn_on_list(enrolment)
        if enrolment is not None and state is CourseState.WAITING
        else None,
    )


def _state(enrolment: Enrolment | None, *, is_open: bool) -> CourseState:
    if enrolment is None:
        return CourseState.NONE
    if enrolment.enrolled_at is not None:
        return CourseState.ENROLLED
    if enrolment.invited_to_id is not None:
        return CourseState.INVITED
    return CourseState.WAITING if is_open else CourseState.INTERESTED
