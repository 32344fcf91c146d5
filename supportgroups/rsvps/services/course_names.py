"""Erasing who was in a course, once it is long over. How many there were stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete

from supportgroups.db import after_commit, db, empty_log, transaction
from supportgroups.outbox.services.jobs import forget_jobs
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import CourseTally, Enrolment
from supportgroups.rsvps.services.names import NAMES_KEPT
from supportgroups.sessions.courses import CourseDates
from supportgroups.sessions.models import Series
from supportgroups.sessions.queries import find_course_dates, lock_series

#: So long after a course it is still known who would like to come to the next one.
LIST_KEPT = timedelta(days=365)
#: Who said yes to this part of its dates has come to most of a course.
MOST = 0.75


def count_most(dates: CourseDates) -> int:
    """Return to how many of its dates somebody comes who comes to most of a course."""
    return ceil(MOST * sum(not one.is_cancelled for one in dates.weeks))


def count_completed(series: Series, dates: CourseDates, *, now: datetime) -> CourseTally:
    """Return how many were enrolled in a course up to now, and how many said yes to most of it."""
    kept = queries.find_course_tally(series)
    yes = queries.yes_of(series, now=now)
    most = count_most(dates)
    return CourseTally(
        series_id=series.id,
        enrolled=len(yes) + (kept.enrolled if kept else 0),
        completed=sum(number >= most for number in yes.values()) + (kept.completed if kept else 0),
    )


@transaction()
def keep_in_tally(series: Series, enrolments: Sequence[Enrolment], *, now: datetime) -> None:
    """Add people who are about to be forgotten to what is kept of a course; it is locked."""
    yes = queries.yes_of(series, now=now)
    most = count_most(find_course_dates([series])[series.id])
    kept = queries.find_course_tally(series)
    if kept is None:
        kept = CourseTally(series_id=series.id, enrolled=0, completed=0)
        db.session.add(kept)
    kept.enrolled += len(enrolments)
    kept.completed += sum(yes[enrolment.user_id] >= most for enrolment in enrolments)
    db.session.flush()


def erase_old_rosters(*, now: datetime) -> int:
    """Erase who was in courses that ended long ago; return how many courses they were.

    One transaction for each course. Lists for the next course are kept for a year.
    """
    courses = queries.list_courses_to_forget(now=now, kept=NAMES_KEPT)
    for series_id in courses:
        _erase_roster(series_id, now=now)
    _erase_lists(now=now)
    return len(courses)


@transaction()
def _erase_roster(series_id: int, *, now: datetime) -> None:
    series = lock_series(series_id)
    enrolled = queries.list_enrolled(series)
    keep_in_tally(series, enrolled, now=now)
    _delete(enrolled)


@transaction()
def _erase_lists(*, now: datetime) -> None:
    _delete(queries.list_turns_to_forget(now=now, kept=LIST_KEPT, invited=NAMES_KEPT))


def _delete(enrolments: Sequence[Enrolment]) -> None:
    ids = [enrolment.id for enrolment in enrolments]
    if not ids:
        return
    forget_jobs("enrolment_id", ids)
    db.session.execute(delete(Enrolment).where(Enrolment.id.in_(ids)))
    after_commit(empty_log)
