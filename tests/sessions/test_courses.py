"""A course that is planned: its topics, until when people join, and one date more."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import find_course_dates, list_sessions_of_series
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services import courses, sessions
from supportgroups.sessions.services.series import StartsInThePast, StartsOnClockChange
from supportgroups.sessions.services.undoing import undo_change
from tests import factories
from tests.conftest import Cast

WEEK = timedelta(weeks=1)
#: Wednesday 2 December 2026, 18:00.
FIRST = datetime(2026, 12, 2, 18, 0)  # noqa: DTZ001 (a wall time)


@pytest.fixture
def course(cast: Cast) -> Series:
    return factories.make_course(cast.group, weeks=4, capacity=12, late_join_until=2)


def dates_of(course: Series) -> list[GroupSession]:
    db.session.expire_all()
    return list_sessions_of_series(course)


def topics(course: Series) -> list[str]:
    return [one.topic for one in dates_of(course)]


def details(**changed: object) -> courses.CourseDetails:
    values: dict[str, object] = {"topics": {}, "late_join_until": 2, "capacity": 12}
    return courses.CourseDetails(**(values | changed))  # type: ignore[arg-type]


class TestUntilWhenPeopleJoin:
    @pytest.mark.parametrize(
        ("late_join_until", "week"), [(1, 0), (2, 1), (4, 3), (9, 3), (None, 3)]
    )
    def test_it_is_the_start_of_a_date(
        self, cast: Cast, late_join_until: int | None, week: int
    ) -> None:
        course = factories.make_course(cast.group, late_join_until=late_join_until)
        dates = find_course_dates([course])[course.id]
        ends_at = dates_of(course)[week].starts_at
        assert dates.joining_ends_at == ends_at
        assert dates.is_joining_open(ends_at - timedelta(seconds=1))
        assert not dates.is_joining_open(ends_at)

    def test_a_cancelled_date_still_counts_and_an_extra_one_does_not(
        self, cast: Cast, course: Series, now: datetime
    ) -> None:
        before = find_course_dates([course])[course.id].joining_ends_at
        sessions.cancel_session(dates_of(course)[0], actor=cast.rosa, now=now)
        early = courses.MakeUpDetails(wall_starts_at=FIRST - timedelta(days=1), length_minutes=60)
        added = courses.add_make_up(course, early, actor=cast.rosa, now=now)
        dates = find_course_dates([course])[course.id]
        assert dates.joining_ends_at == before
        assert [dates.number_of(one) for one in dates.sessions] == [None, 1, 2, 3, 4]
        assert dates.find_next(now) is added

    def test_nobody_joins_what_is_cancelled_as_a_whole(
        self, cast: Cast, course: Series, now: datetime
    ) -> None:
        sessions.cancel_session(dates_of(course)[0], scope=Scope.LATER, actor=cast.rosa, now=now)
        assert not find_course_dates([course])[course.id].is_joining_open(now)


class TestTopics:
    def test_each_date_reads_otherwise_and_calendars_learn_it(
        self, cast: Cast, course: Series, now: datetime
    ) -> None:
        before = [(one.revision, one.sequence) for one in dates_of(course)]
        new = {FIRST: "Hello", FIRST + WEEK: "Step 2"}
        courses.edit_course(course, details(topics=new), actor=cast.rosa, now=now)
        assert topics(course) == ["Hello", "Step 2", "Step 3", "Step 4"]
        # The text alone changed, and of one date only.
        assert [(one.revision, one.sequence) for one in dates_of(course)] == [
            (before[0][0] + 1, before[0][1]),
            *before[1:],
        ]

    def test_what_is_over_keeps_its_topic(self, cast: Cast, course: Series) -> None:
        later = dates_of(course)[0].ends_at
        courses.edit_course(course, details(topics={FIRST: "x"}), actor=cast.rosa, now=later)
        assert topics(course)[0] == "Step 1"

    def test_a_topic_moves_with_its_date_and_outlives_an_undo(
        self,
        cast: Cast,
        course: Series,
        as_it_is: Callable[..., SessionDetails],
        now: datetime,
    ) -> None:
        second = dates_of(course)[1]
        change = sessions.edit_session(
            second,
            as_it_is(second, wall_starts_at=second.wall_starts_at + timedelta(days=1)),
            scope=Scope.LATER,
            actor=cast.rosa,
            now=now,
        )
        assert change is not None
        assert topics(course) == ["Step 1", "Step 2", "Step 3", "Step 4"]
        moved = FIRST + WEEK + timedelta(days=1)
        courses.edit_course(course, details(topics={moved: "New"}), actor=cast.rosa, now=now)
        extra = courses.MakeUpDetails(
            wall_starts_at=FIRST + 9 * WEEK, length_minutes=60, topic="Extra"
        )
        courses.add_make_up(course, extra, actor=cast.rosa, now=now)
        undo_change(change, actor=cast.rosa, now=now)
        assert topics(course) == ["Step 1", "New", "Step 3", "Step 4", "Extra"]
        assert [one.wall_starts_at for one in dates_of(course)[:4]] == [
            FIRST + week * WEEK for week in range(4)
        ]

    def test_only_the_date_itself_moves_unless_asked(
        self,
        cast: Cast,
        course: Series,
        as_it_is: Callable[..., SessionDetails],
        now: datetime,
    ) -> None:
        third = dates_of(course)[2]
        later = third.wall_starts_at + timedelta(days=2)
        sessions.edit_session(
            third, as_it_is(third, wall_starts_at=later), actor=cast.rosa, now=now
        )
        walls = [one.wall_starts_at for one in dates_of(course)]
        assert walls == [FIRST, FIRST + WEEK, later, FIRST + 3 * WEEK]
        assert topics(course)[2] == "Step 3"


class TestOneDateMore:
    def test_it_is_led_and_found_like_the_others(
        self, cast: Cast, course: Series, now: datetime
    ) -> None:
        with transaction():
            course.facilitators = [cast.kofi]
        extra = courses.MakeUpDetails(
            wall_starts_at=FIRST + 5 * WEEK, length_minutes=45, topic="Once more"
        )
        added = courses.add_make_up(course, extra, actor=cast.rosa, now=now)
        assert (added.topic, added.length_minutes) == ("Once more", 45)
        assert added.listed is not None
        assert added.listed.is_make_up
        assert added.facilitators == [cast.kofi]
        assert added.starts_at.hour == 18

    @pytest.mark.parametrize(
        ("wall", "error"),
        [
            (FIRST - 9 * WEEK, StartsInThePast),
            (FIRST, courses.MeetsThenAlready),
            (datetime(2027, 3, 28, 1, 30), StartsOnClockChange),  # noqa: DTZ001
        ],
    )
    def test_not_at_any_time(
        self, cast: Cast, course: Series, now: datetime, wall: datetime, error: type[Exception]
    ) -> None:
        extra = courses.MakeUpDetails(wall_starts_at=wall, length_minutes=60)
        with pytest.raises(error):
            courses.add_make_up(course, extra, actor=cast.rosa, now=now)
        assert len(dates_of(course)) == 4

    def test_a_schedule_without_end_has_none(self, cast: Cast, now: datetime) -> None:
        extra = courses.MakeUpDetails(wall_starts_at=FIRST, length_minutes=60)
        with pytest.raises(courses.NotACourse):
            courses.add_make_up(cast.series, extra, actor=cast.rosa, now=now)
        with pytest.raises(courses.NotACourse):
            courses.edit_course(cast.series, details(), actor=cast.rosa, now=now)


@pytest.mark.parametrize("who", ["kofi", "sam", "stan"])
def test_organizers_alone_change_a_course(
    cast: Cast, course: Series, now: datetime, who: str
) -> None:
    person = getattr(cast, who)
    extra = courses.MakeUpDetails(wall_starts_at=FIRST + 9 * WEEK, length_minutes=60)
    with pytest.raises(PermissionDenied):
        courses.add_make_up(course, extra, actor=person, now=now)
    with pytest.raises(PermissionDenied):
        courses.edit_course(course, details(), actor=person, now=now)
