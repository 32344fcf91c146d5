"""The courses of each group in the world: one to come with its only place taken, and one long over."""

from datetime import datetime
from uuid import UUID

from supportgroups.accounts.models import UserAccount
from supportgroups.groups.models import Group
from supportgroups.rsvps.models import CourseTally, Enrolment, RsvpStatus
from supportgroups.sessions.models import Series
from supportgroups.sessions.queries import list_sessions_of_series
from tests.factories import LONG_AGO, make_course, make_rsvp
from tests.house.world_keys import add

OCTOBER = datetime(2026, 10, 7, 18, 0)  # noqa: DTZ001 (a wall time)


def make_courses(
    group: Group, people: dict[str, UserAccount], *, title: str, topic: str
) -> tuple[UUID, UUID]:
    """Make both, and return their public ids."""
    to_come = _open_course(group, people, title=title, topic=topic)
    return to_come.public_id, _end_course(group, people, title=title).public_id


def _open_course(group: Group, people: dict[str, UserAccount], *, title: str, topic: str) -> Series:
    """Let the member have the only place in a course to come, and the waitlisted person wait."""
    course = make_course(group, weeks=2, title=title, place="", capacity=1)
    for line in course.dates:
        line.topic = topic
    member, waiting = people["member"].id, people["waitlisted"].id
    add(Enrolment(series_id=course.id, user_id=member, asked_at=LONG_AGO, enrolled_at=LONG_AGO))
    add(Enrolment(series_id=course.id, user_id=waiting, asked_at=LONG_AGO))
    for group_session in list_sessions_of_series(course):
        make_rsvp(group_session, people["member"], RsvpStatus.ACCEPTED)
    return course


def _end_course(group: Group, people: dict[str, UserAccount], *, title: str) -> Series:
    """Let a course be over, its names be erased, and the waitlisted person hope for the next one."""
    course = make_course(group, weeks=2, title=title, place="", wall_starts_at=OCTOBER)
    add(CourseTally(series_id=course.id, enrolled=7, completed=5))
    add(Enrolment(series_id=course.id, user_id=people["waitlisted"].id, asked_at=LONG_AGO))
    return course
