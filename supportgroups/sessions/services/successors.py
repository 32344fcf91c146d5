"""Changing a schedule from one date on: its rule ends there, and a new series goes on.

Rows that were made ahead move over to the new series with their answers, their UIDs and what they
keep of their own. What is over stays in the old series as it was.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import inspect

from supportgroups import events
from supportgroups.db import db
from supportgroups.sessions import queries
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Pause, Series, SeriesFacilitator, SeriesSkip
from supportgroups.sessions.recurrence import Rule, end_by_rule, parse_rule, to_utc_by_rule
from supportgroups.sessions.services.changes import Act, write_facilitators
from supportgroups.sessions.services.series import (
    StartsInThePast,
    checked_leaders,
    ensure_not_on_clock_change,
)
from supportgroups.sessions.shifts import Shift, shifted_rule

#: What a session takes from its series unless it says otherwise, and organizers can change.
FOLLOWED = ("title", "description", "place", "online_link", "capacity")


def edit_from_here_on(
    act: Act, group_session: GroupSession, details: SessionDetails, reached: list[GroupSession]
) -> None:
    """Change in all these sessions what `details` says otherwise than `group_session` does.

    :param reached: sessions of one repeating series, in the order of its rule
    """
    old = group_session.series
    changed = {
        name: getattr(details, name)
        for name in FOLLOWED
        if getattr(details, name) != getattr(group_session, f"{name}_shown")
    }
    if details.length_minutes != group_session.length_minutes:
        changed["length_minutes"] = details.length_minutes
    leaders = None
    if details.facilitator_ids != frozenset(person.id for person in group_session.facilitators):
        leaders = tuple(checked_leaders(group_session.group, details.facilitator_ids))
    shift = Shift.between(
        slot=group_session.recurrence_id,
        old=group_session.wall_starts_at,
        new=details.wall_starts_at,
    )
    new = _succeed(act, old, shift, first=reached[0].recurrence_id, changed=changed)
    _carry_breaks_on(act, old, new, reached)
    if leaders is None:
        leaders_of_series = tuple(person.id for person in old.facilitators)
    else:
        leaders_of_series = leaders
    db.session.add_all(
        SeriesFacilitator(series_id=new.id, user_id=user_id) for user_id in leaders_of_series
    )
    for one in reached:
        _follow(one, new, shift, changed, now=act.now)
        if leaders is not None:
            write_facilitators(one, leaders, now=act.now)


def _succeed(
    act: Act, old: Series, shift: Shift, *, first: datetime, changed: dict[str, Any]
) -> Series:
    """End a series before one of its starts, and begin the one that goes on."""
    rule = _rule_of(old)
    before_first = first - timedelta(minutes=1)
    used = len(old.timetable.starts_by_rule(after=None, until=before_first))
    own = {
        "rrule": shifted_rule(rule, shift, used=used).as_rrule(),
        "wall_starts_at": shift.of_slot(first, rule),
        "created_at": act.now,
        # The worker makes what is missing, if a new day leaves a gap.
        "made_until": shift.of_slot(first, rule),
        "stops_before": shift.of_slot(old.stops_before, rule) if old.stops_before else None,
    }
    same = {
        column.key: getattr(old, column.key)
        for column in inspect(Series).column_attrs
        if column.key not in {"id", "public_id"}
    }
    new = Series(**same | own | changed)
    new.skips = [
        SeriesSkip(day=skip.day, reason=skip.reason)
        for skip in old.skips
        if skip.day >= first.date()
    ]
    act.touch_series(old)
    old.stops_before = first
    db.session.add(new)
    db.session.flush()
    act.begin_series(new, instead_of=old)
    events.series_continued.send(ended_id=old.id, goes_on_id=new.id)
    return new


def _rule_of(series: Series) -> Rule:
    assert series.rrule is not None  # noqa: S101 (a list of dates is changed in its own way)
    return parse_rule(series.rrule)


def _carry_breaks_on(act: Act, old: Series, new: Series, reached: list[GroupSession]) -> None:
    """Give the new series the breaks that the old one has for itself."""
    for pause in queries.list_pauses(old.group_id, since=new.wall_starts_at.date()):
        if pause.series_id != old.id:
            continue
        copy = Pause(
            group_id=pause.group_id,
            series_id=new.id,
            starts_on=pause.starts_on,
            returns_on=pause.returns_on,
            created_at=act.now,
        )
        db.session.add(copy)
        db.session.flush()
        act.begin_pause(copy)
        for one in reached:
            if one.pause_id == pause.id:
                one.pause = copy


def _follow(
    group_session: GroupSession,
    series: Series,
    shift: Shift,
    changed: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """Let a session belong to the new series; of its own it keeps what did not change there."""
    rule = _rule_of(group_session.series)
    group_session.series = series
    for name in changed.keys() & set(FOLLOWED):
        setattr(group_session, name, None)
    wall = shift.of_session(group_session.recurrence_id, group_session.wall_starts_at, rule)
    group_session.recurrence_id = shift.of_slot(group_session.recurrence_id, rule)
    if wall != group_session.wall_starts_at:
        ensure_not_on_clock_change(wall, group_session.time_zone)
        group_session.wall_starts_at = wall
        group_session.starts_at = to_utc_by_rule(wall, group_session.time_zone)
        if group_session.starts_at <= now:
            raise StartsInThePast
    if "length_minutes" in changed:
        group_session.length_minutes = changed["length_minutes"]
    group_session.ends_at = end_by_rule(
        group_session.wall_starts_at,
        timedelta(minutes=group_session.length_minutes),
        group_session.time_zone,
    )
