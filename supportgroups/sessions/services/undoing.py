"""Taking an act on schedules back for ten minutes; see docs/adr/0006-changes.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import (
    ChangeKind,
    GroupSession,
    LinkPolicy,
    Pause,
    ScheduleChange,
    Series,
    SeriesDate,
    SessionStatus,
    SiteBreak,
)
from supportgroups.sessions.services.changes import (
    Act,
    announce,
    put_slots,
    revise,
    write_facilitators,
)
from supportgroups.sessions.states import (
    COLUMNS,
    SessionState,
    what_is_only_text,
    what_makes_it_new,
)

#: For so long an act can be undone.
UNDO_FOR = timedelta(minutes=10)


class TooLateToUndo(DomainError):
    """It was undone before, or too much time has passed."""


class ChangedSince(DomainError):
    """A later act touched the same schedule; that one has to be undone first."""


@transaction()
def undo_change(change: ScheduleChange, *, actor: UserAccount, now: datetime) -> int:
    """Let everything that an act touched be as it was; who was told of it is told again.

    Returns how many dates, made since because of the act, are called off with it.

    :raises PermissionDenied: the actor does not organize the group
    :raises TooLateToUndo: it was undone before, or more than ten minutes ago
    :raises ChangedSince: a later act touched the same schedule
    """
    group = change.group
    ensure(actor, Permission.SESSION_MANAGE, group)
    change = queries.lock_change(change.id)
    if not may_be_undone(change, now=now):
        raise TooLateToUndo
    if any(
        _overlap(change, later) for later in queries.list_standing_changes(group.id, after=change)
    ):
        raise ChangedSince
    series_ids = {int(series_id) for series_id in change.before["series"]}
    series_ids |= {new for new, _old in change.before["begun"]}
    series_ids |= {one.series_id for one, _state in _list_kept(change, now=now)}
    for series_id in sorted(series_ids):
        queries.lock_series(series_id)
    change.undone_at = now
    breaks = _put_breaks_back(change)
    _put_series_back(change, now=now)
    restored = _put_sessions_back(change, now=now)
    called_off = _call_off_what_was_made_in(breaks, group, now=now)
    called_off += _end_what_began(change, now=now)
    record(
        "schedule.undone",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(change.public_id),
        now=now,
    )
    events.schedule_change_reverted.send(change=change, now=now)
    for group_session, state in restored:
        announce(group_session, state, now=now)
    return called_off


@dataclass(frozen=True)
class Undoable:
    """An act that can still be undone, and until when."""

    change: ScheduleChange
    until: datetime


def find_undoable(group: Group, *, now: datetime) -> Undoable | None:
    """Return the last act on the schedules of a group, if there is time to undo it."""
    change = queries.find_newest_change(group, since=now - UNDO_FOR)
    return None if change is None else Undoable(change, change.changed_at + UNDO_FOR)


def may_be_undone(change: ScheduleChange, *, now: datetime) -> bool:
    """Tell whether it is still time to undo an act of an organizer."""
    return (
        change.undone_at is None
        and change.kind is not ChangeKind.CLOCKS
        and now < change.changed_at + UNDO_FOR
    )


def _overlap(one: ScheduleChange, other: ScheduleChange) -> bool:
    return any(
        set(map(str, one.before[part])) & set(map(str, other.before[part]))
        for part in ("sessions", "series", "begun", "paused")
    )


def _put_breaks_back(change: ScheduleChange) -> list[tuple[Pause, int]]:
    """Return the breaks that the act ended, each with the id above which sessions are newer."""
    found = []
    for values in change.before["resumed"]:
        site_break_id = values["site_break_id"]
        is_lifted = site_break_id is None or db.session.get(SiteBreak, site_break_id) is None
        pause = Pause(
            id=values["id"],
            public_id=UUID(values["public_id"]),
            group_id=change.group_id,
            series_id=values["series_id"],
            starts_on=datetime.fromisoformat(values["starts_on"]).date(),
            returns_on=datetime.fromisoformat(values["returns_on"]).date(),
            reason=values["reason"],
            site_break_id=None if is_lifted else site_break_id,
            created_at=datetime.fromisoformat(values["created_at"]),
        )
        db.session.add(pause)
        found.append((pause, values["last_session_id"]))
    db.session.flush()
    return found


def _call_off_what_was_made_in(
    breaks: list[tuple[Pause, int]], group: Group, *, now: datetime
) -> int:
    """Call off what the worker made in the days of a break between its end and its return.

    Somebody may have answered it, so it is not deleted. Returns how many dates it was.
    """
    called_off = 0
    for pause, last_session_id in breaks:
        series = [pause.series] if pause.series is not None else queries.list_series(group)
        act = Act(ChangeKind.CANCELLED, group, actor=None, now=now)
        for one in queries.lock_coming_sessions([found.id for found in series], now=now):
            is_new = one.id > last_session_id and not one.has_started(now)
            if (
                is_new
                and not one.is_cancelled
                and pause.covers(one.series_id, one.wall_starts_at.date())
            ):
                act.touch(one)
                one.status, one.pause = SessionStatus.CANCELLED, pause
                called_off += 1
        act.finish()
    return called_off


def _put_series_back(change: ScheduleChange, *, now: datetime) -> None:
    """Let series stop and begin when they did, and their dates be where they were.

    Topics, and dates that were added since, stay.
    """
    moved = {
        (one.series_id, one.recurrence_id): state.recurrence_id
        for one, state in _list_kept(change, now=now)
    }
    for series_id, values in change.before["series"].items():
        series = db.session.get_one(Series, int(series_id))
        stops_before = values["stops_before"]
        series.stops_before = datetime.fromisoformat(stops_before) if stops_before else None
        series.wall_starts_at = datetime.fromisoformat(values["wall_starts_at"])
        series.dates = [
            SeriesDate(
                wall_starts_at=moved.get((series.id, line.wall_starts_at), line.wall_starts_at),
                topic=line.topic,
                is_make_up=line.is_make_up,
            )
            for line in series.dates
        ]
        if "room" in values:
            _put_room_back(series, **values["room"])


def _put_room_back(
    series: Series, *, online_link: str, link_policy: str, is_link_old: bool
) -> None:
    """Let a schedule meet online where it did.

    Who was removed meanwhile may know that link too, so one that has to change goes on having to.
    """
    series.online_link = online_link
    series.link_policy = LinkPolicy(link_policy)
    series.is_link_old = series.is_link_old or is_link_old


def _put_sessions_back(
    change: ScheduleChange, *, now: datetime
) -> list[tuple[GroupSession, SessionState]]:
    """Return the sessions that were put back, each with the state in which the act left it."""
    found = []
    states = dict(_list_kept(change, now=now))
    put_slots({one: state.recurrence_id for one, state in states.items()})
    for group_session, state in states.items():
        left = SessionState.of(group_session)
        identity, text = what_makes_it_new(group_session), what_is_only_text(group_session)
        for name in COLUMNS:
            setattr(group_session, name, getattr(state, name))
        if state.facilitator_ids != left.facilitator_ids:
            write_facilitators(group_session, state.facilitator_ids, now=now)
        db.session.flush()
        db.session.refresh(group_session, ["series", "pause"])
        is_new = what_makes_it_new(group_session) != identity
        if is_new or what_is_only_text(group_session) != text:
            revise(group_session, is_new=is_new, now=now)
        found.append((group_session, left))
    return found


def _list_kept(change: ScheduleChange, *, now: datetime) -> list[tuple[GroupSession, SessionState]]:
    """Return the sessions of an act that are not over, each with what it was before."""
    kept = change.before["sessions"]
    return [
        (one, SessionState.from_json(kept[str(one.id)]["state"]))
        for one in queries.list_sessions_by_id({int(session_id) for session_id in kept})
        if not one.is_over(now)
    ]


def _end_what_began(change: ScheduleChange, *, now: datetime) -> int:
    """Delete the breaks and the series that the act began.

    The worker may have made sessions of such a series meanwhile; those are called off, because
    somebody may have answered them. Returns how many they were.
    """
    called_off = 0
    for pause_id in change.before["paused"]:
        pause = db.session.get(Pause, pause_id)
        if pause is not None:
            db.session.delete(pause)
    for series_id, old_id in change.before["begun"]:
        events.series_continued.send(ended_id=series_id, goes_on_id=old_id)
        series = db.session.get_one(Series, series_id)
        made_since = queries.list_sessions_of_series(series)
        if not made_since:
            db.session.delete(series)
            continue
        series.stops_before = series.wall_starts_at
        act = Act(ChangeKind.CANCELLED, change.group, actor=None, now=now)
        for group_session in made_since:
            act.touch(group_session)
            group_session.status = SessionStatus.CANCELLED
        called_off += len(made_since)
        act.finish()
    db.session.flush()
    return called_off
