"""Changing several dates of a list, such as the weeks of a course.

A list stays one series: its weeks belong together. The dates that move do so by the same shift,
each from where it stands and with its topic; everything else is kept in the sessions themselves.
"""

from datetime import timedelta

from supportgroups.db import db
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series, SeriesDate
from supportgroups.sessions.recurrence import end_by_rule, to_utc_by_rule
from supportgroups.sessions.services.changes import Act, put_slots, write_facilitators
from supportgroups.sessions.services.series import (
    StartsInThePast,
    checked_leaders,
    ensure_not_on_clock_change,
)
from supportgroups.sessions.shifts import DayDoesNotFit, Shift

FOLLOWED = ("title", "description", "place", "online_link", "capacity")


def edit_listed(
    act: Act, group_session: GroupSession, details: SessionDetails, reached: list[GroupSession]
) -> None:
    """Change in all these sessions what `details` says otherwise than `group_session` does.

    :param reached: sessions of one series of listed dates, in their order
    :raises DayDoesNotFit: two of the dates would be the same
    """
    series = group_session.series
    changed = [
        name
        for name in FOLLOWED
        if getattr(details, name) != getattr(group_session, f"{name}_shown")
    ]
    is_longer = details.length_minutes != group_session.length_minutes
    leaders = None
    if details.facilitator_ids != frozenset(person.id for person in group_session.facilitators):
        leaders = tuple(checked_leaders(group_session.group, details.facilitator_ids))
    # From where it stands: a date that was moved alone before takes the others along by this move.
    stands = group_session.wall_starts_at
    shift = Shift.between(slot=stands, old=stands, new=details.wall_starts_at)
    for one in reached:
        for name in changed:
            value = getattr(details, name)
            is_same = value == getattr(series, name)
            setattr(one, name, None if is_same else value or (0 if name == "capacity" else ""))
        if is_longer:
            one.length_minutes = details.length_minutes
        _move(one, shift, act)
        if leaders is not None:
            write_facilitators(one, leaders, now=act.now)
    if shift.days or shift.time is not None:
        act.touch_series(series)
        _move_list(series, reached, shift)


def _move(group_session: GroupSession, shift: Shift, act: Act) -> None:
    wall = shift.of_slot(group_session.wall_starts_at, None)
    if wall != group_session.wall_starts_at:
        ensure_not_on_clock_change(wall, group_session.time_zone)
        group_session.wall_starts_at = wall
        group_session.starts_at = to_utc_by_rule(wall, group_session.time_zone)
        if group_session.starts_at <= act.now:
            raise StartsInThePast
    group_session.ends_at = end_by_rule(
        group_session.wall_starts_at,
        timedelta(minutes=group_session.length_minutes),
        group_session.time_zone,
    )


def _move_list(series: Series, reached: list[GroupSession], shift: Shift) -> None:
    """Move the dates in the list, each with its topic, and with them what the sessions are keyed by."""
    new = {one.recurrence_id: shift.of_slot(one.recurrence_id, None) for one in reached}
    starts = [new.get(listed.wall_starts_at, listed.wall_starts_at) for listed in series.dates]
    if len(set(starts)) < len(starts):
        raise DayDoesNotFit
    series.dates = [
        SeriesDate(wall_starts_at=start, topic=listed.topic, is_make_up=listed.is_make_up)
        for start, listed in zip(starts, series.dates, strict=True)
    ]
    series.wall_starts_at = min(starts)
    put_slots({one: new[one.recurrence_id] for one in reached})
    db.session.flush()
