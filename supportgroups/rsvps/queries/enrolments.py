"""Questions about who is enrolled in a course, and who is on its list."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.rsvps.models import CourseTally, Enrolment, Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, Series, SessionStatus


def find_enrolment(series: Series, user: UserAccount | None) -> Enrolment | None:
    """Return somebody's place in a course, or their turn on its list."""
    if user is None:
        return None
    return db.session.execute(
        select(Enrolment).where(Enrolment.series_id == series.id, Enrolment.user_id == user.id)
    ).scalar_one_or_none()


def is_enrolled(series: Series, user: UserAccount) -> bool:
    """Tell whether somebody has a place in a course."""
    enrolment = find_enrolment(series, user)
    return enrolment is not None and enrolment.enrolled_at is not None


class CoursePlaces(NamedTuple):
    """How many have a place in a course, and how many are on its list."""

    capacity: int | None
    enrolled: int
    listed: int

    @property
    def left(self) -> int | None:
        """How many places are free; none where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.enrolled)


def count_places(many: Iterable[Series]) -> dict[int, CoursePlaces]:
    """Return how the places of each course stand, by its id, in one query.

    Only certain under the lock of the course.
    """
    courses = {series.id: series for series in many}
    rows = db.session.execute(
        select(Enrolment.series_id, func.count(Enrolment.enrolled_at), func.count(Enrolment.id))
        .where(Enrolment.series_id.in_(courses))
        .group_by(Enrolment.series_id)
    )
    found = {series_id: (enrolled, asked - enrolled) for series_id, enrolled, asked in rows}
    return {
        series_id: CoursePlaces(series.capacity, *found.get(series_id, (0, 0)))
        for series_id, series in courses.items()
    }


def list_next_on_list(series: Series, *, limit: int | None) -> list[Enrolment]:
    """Return who is on the list of a course, whoever has waited longest first."""
    return list(
        db.session.execute(
            select(Enrolment)
            .where(Enrolment.series_id == series.id, Enrolment.enrolled_at.is_(None))
            .options(joinedload(Enrolment.user))
            .order_by(Enrolment.id)
            .limit(limit)
        ).scalars()
    )


def turn_on_list(enrolment: Enrolment) -> int:
    """Return somebody's number on the list of a course, 1 for whoever is next."""
    return db.session.execute(
        select(func.count(Enrolment.id)).where(
            Enrolment.series_id == enrolment.series_id,
            Enrolment.enrolled_at.is_(None),
            Enrolment.id <= enrolment.id,
        )
    ).scalar_one()


def list_enrolled(series: Series) -> list[Enrolment]:
    """Return who has a place in a course, in the order in which they asked."""
    return list(
        db.session.execute(
            select(Enrolment)
            .where(Enrolment.series_id == series.id, Enrolment.enrolled_at.is_not(None))
            .order_by(Enrolment.id)
        ).scalars()
    )


def list_who_asked(series: Series) -> set[int]:
    """Return the ids of those who have a place in a course or a turn on its list."""
    asked = select(Enrolment.user_id).where(Enrolment.series_id == series.id)
    return set(db.session.execute(asked).scalars())


def list_coming_to(group_session: GroupSession) -> list[Rsvp]:
    """Return the answers of those who come to a session, each with the person."""
    return list(
        db.session.execute(
            select(Rsvp)
            .where(Rsvp.group_session_id == group_session.id, Rsvp.status == RsvpStatus.ACCEPTED)
            .options(joinedload(Rsvp.user))
            .order_by(Rsvp.id)
        ).scalars()
    )


def list_enrolled_without_answer(group_session: GroupSession) -> list[UserAccount]:
    """Return who is enrolled in the course of a session and has no answer for it yet."""
    has_answered = (
        select(Rsvp.id)
        .where(Rsvp.group_session_id == group_session.id, Rsvp.user_id == Enrolment.user_id)
        .exists()
    )
    return list(
        db.session.execute(
            select(UserAccount)
            .join(Enrolment, Enrolment.user_id == UserAccount.id)
            .where(
                Enrolment.series_id == group_session.series_id,
                Enrolment.enrolled_at.is_not(None),
                ~has_answered,
            )
            .order_by(Enrolment.id)
        ).scalars()
    )


def list_courses_with_people(series_ids: Iterable[int]) -> set[int]:
    """Return the ids of those of these courses in which somebody is enrolled."""
    return set(
        db.session.execute(
            select(Enrolment.series_id)
            .where(Enrolment.series_id.in_(list(series_ids)), Enrolment.enrolled_at.is_not(None))
            .distinct()
        ).scalars()
    )


def list_enrolments_in_group(user_id: int, *, group_id: int) -> list[Enrolment]:
    """Return somebody's places and turns in the courses of a group."""
    return list(
        db.session.execute(
            select(Enrolment)
            .join(Enrolment.series)
            .where(Enrolment.user_id == user_id, Series.group_id == group_id)
            .order_by(Enrolment.series_id)
        ).scalars()
    )


def list_enrolments_of(user: UserAccount) -> list[Enrolment]:
    """Return somebody's places and turns in all courses, the newest first."""
    return list(
        db.session.execute(
            select(Enrolment)
            .where(Enrolment.user_id == user.id)
            .options(
                joinedload(Enrolment.series).joinedload(Series.group),
                joinedload(Enrolment.invited_to).joinedload(Series.group),
            )
            .order_by(Enrolment.id.desc())
        ).scalars()
    )


class RosterLine(NamedTuple):
    """Somebody in a course or on its list, under the name that the group knows them by."""

    display_name: str
    asked_at: datetime
    enrolled_at: datetime | None
    invited_at: datetime | None
    user_id: int


def list_roster(series: Series) -> list[RosterLine]:
    """Return who is in a course and who is on its list, for those who lead, in their order."""
    rows = db.session.execute(
        select(
            Membership.display_name,
            Enrolment.asked_at,
            Enrolment.enrolled_at,
            Enrolment.invited_at,
            Enrolment.user_id,
        )
        .join(
            Membership,
            and_(Membership.user_id == Enrolment.user_id, Membership.group_id == series.group_id),
        )
        .where(Enrolment.series_id == series.id)
        .order_by(Enrolment.id)
    )
    return [RosterLine(*row) for row in rows]


def list_missed(group_sessions: Sequence[GroupSession]) -> dict[int, list[GroupSession]]:
    """Return which of these dates people said they cannot come to, by the id of the person."""
    by_id = {group_session.id: group_session for group_session in group_sessions}
    rows = db.session.execute(
        select(Rsvp.user_id, Rsvp.group_session_id).where(
            Rsvp.group_session_id.in_(by_id), Rsvp.status == RsvpStatus.DECLINED
        )
    )
    found: dict[int, list[GroupSession]] = {}
    for user_id, session_id in rows:
        found.setdefault(user_id, []).append(by_id[session_id])
    return {
        user_id: sorted(missed, key=lambda one: one.starts_at) for user_id, missed in found.items()
    }


def yes_of(series: Series, *, now: datetime) -> dict[int, int]:
    """Return to how many dates of a course that are over each of the enrolled said yes, by person."""
    rows = db.session.execute(
        select(Enrolment.user_id, Enrolment.said_yes + func.count(GroupSession.id))
        .outerjoin(
            Rsvp, and_(Rsvp.user_id == Enrolment.user_id, Rsvp.status == RsvpStatus.ACCEPTED)
        )
        .outerjoin(
            GroupSession,
            and_(
                GroupSession.id == Rsvp.group_session_id,
                GroupSession.series_id == Enrolment.series_id,
                GroupSession.ends_at <= now,
                GroupSession.status == SessionStatus.SCHEDULED,
            ),
        )
        .where(Enrolment.series_id == series.id, Enrolment.enrolled_at.is_not(None))
        .group_by(Enrolment.id, Enrolment.user_id, Enrolment.said_yes)
    )
    return dict(rows.all())


def find_course_tally(series: Series) -> CourseTally | None:
    """Return what is kept of those in a course whose names have been erased."""
    return db.session.get(CourseTally, series.id)


def list_courses_to_forget(*, now: datetime, kept: timedelta) -> list[int]:
    """Return the ids of courses with people enrolled whose last date ended so long ago."""
    return list(
        db.session.execute(
            select(Enrolment.series_id)
            .where(Enrolment.enrolled_at.is_not(None), _ended_before(now - kept))
            .distinct()
            .order_by(Enrolment.series_id)
        ).scalars()
    )


def list_turns_to_forget(*, now: datetime, kept: timedelta, invited: timedelta) -> list[Enrolment]:
    """Return turns on lists of courses that ended so long ago, or that were used so long ago."""
    return list(
        db.session.execute(
            select(Enrolment)
            .where(
                Enrolment.enrolled_at.is_(None),
                _ended_before(now - kept) | (Enrolment.invited_at <= now - invited),
            )
            .order_by(Enrolment.id)
        ).scalars()
    )


def _ended_before(moment: datetime) -> ColumnElement[bool]:
    goes_on = select(GroupSession.id).where(
        GroupSession.series_id == Enrolment.series_id, GroupSession.ends_at > moment
    )
    return ~goes_on.exists()


def has_answers(series: Series, *, now: datetime) -> bool:
    """Tell whether anybody has answered a coming date of a schedule, or is in the course."""
    answered = (
        select(Rsvp.id)
        .join(Rsvp.group_session)
        .where(GroupSession.series_id == series.id, GroupSession.starts_at > now)
        .exists()
    )
    asked = select(Enrolment.id).where(Enrolment.series_id == series.id).exists()
    return bool(db.session.execute(select(answered | asked)).scalar_one())
