"""Inviting those on the list of a course to the next one."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import transaction
from supportgroups.errors import DomainError
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.rsvps import queries
from supportgroups.rsvps.services.enrolments import forget_turns
from supportgroups.sessions.models import Series
from supportgroups.sessions.queries import find_course_dates, lock_series


class ListStillWaits(DomainError):
    """People can still join the course, so its list waits for places in it."""


class NotTheNextCourse(DomainError):
    """That is not a course of the group in which people can enrol now."""


@transaction()
def invite_listed(series: Series, next_series: Series, *, actor: UserAccount, now: datetime) -> int:
    """Write to all who wait for the next course that it is planned; return how many they are.

    Each hears of it once. Who enrols there leaves the list; who has done so by themselves has found
    what the list is for, and leaves it unasked.

    :raises PermissionDenied: the actor does not organize the group
    :raises ListStillWaits: people can still join this course
    :raises NotTheNextCourse: nobody can enrol in the other one
    """
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    series = lock_series(series.id)
    dates = find_course_dates([series, next_series])
    if dates[series.id].is_joining_open(now):
        raise ListStillWaits
    if not may_be_next(series, next_series) or not dates[next_series.id].is_joining_open(now):
        raise NotTheNextCourse
    there = queries.list_who_asked(next_series)
    turns = queries.list_next_on_list(series, limit=None)
    forget_turns(turn for turn in turns if turn.user_id in there)
    waiting = [turn for turn in turns if turn.user_id not in there and turn.invited_to_id is None]
    for turn in waiting:
        turn.invited_to_id, turn.invited_at = next_series.id, now
        enqueue(
            "rsvps.next_course",
            {"enrolment_id": turn.id},
            key=f"next-course:{turn.id}:{next_series.public_id}",
            now=now,
        )
    record(
        "course.list_invited",
        actor_id=actor.id,
        group_id=series.group_id,
        subject=str(series.public_id),
        now=now,
    )
    return len(waiting)


def may_be_next(series: Series, other: Series) -> bool:
    """Tell whether one course of a group may come after another."""
    return other.group_id == series.group_id and other.id != series.id and other.enrols
