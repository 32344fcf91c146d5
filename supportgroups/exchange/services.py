"""Bringing the dates of another calendar into a group, and taking them out again."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, update

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.exchange import queries
from supportgroups.exchange.drafts import events_of, zones_of
from supportgroups.exchange.models import Import, ImportDraft, ImportedEvent
from supportgroups.exchange.plans import Row, Schedule, Verdict, plan
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.groups.queries import lock_group
from supportgroups.sessions import queries as session_queries
from supportgroups.sessions.models import Series, WayIn
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.dates_apart import DateApart, set_dates_apart
from supportgroups.sessions.services.series import ListedDate, SeriesDetails, plan_all
from supportgroups.sessions.services.sessions import cancel_session
from supportgroups.sessions.services.undoing import UNDO_FOR, TooLateToUndo
from supportgroups.tokens import hash_secret


class NothingChosen(DomainError):
    """No schedule was chosen, so there is nothing to plan."""


class PlanChanged(DomainError):
    """What was chosen can no longer be planned as it was shown."""


@transaction()
def keep_draft(
    group: Group, found: dict[str, Any], *, actor: UserAccount, now: datetime
) -> ImportDraft:
    """Keep what was read from a file, in the place of an earlier one that nobody decided about.

    :raises PermissionDenied: the actor does not organize the group
    """
    ensure(actor, Permission.SESSION_MANAGE, group)
    db.session.execute(
        delete(ImportDraft).where(ImportDraft.group_id == group.id, ImportDraft.user_id == actor.id)
    )
    draft = ImportDraft(group_id=group.id, user_id=actor.id, found=found, answers={}, made_at=now)
    db.session.add(draft)
    db.session.flush()
    record(
        "import.read",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(draft.public_id),
        now=now,
    )
    return draft


@transaction()
def explain_draft(
    draft: ImportDraft, group: Group, answers: dict[str, Any], *, actor: UserAccount
) -> None:
    """Keep what an organizer says about a file.

    :param answers: `zones`, or `columns` and `order`
    :raises PermissionDenied: the actor does not organize the group
    """
    ensure(actor, Permission.SESSION_MANAGE, group)
    draft.answers = draft.answers | answers


def rows_of(draft: ImportDraft, group: Group, *, now: datetime) -> list[Row]:
    """Return what would become of everything in a draft."""
    events = events_of(draft, home=group.time_zone)
    known = queries.list_known_uids(group, [event.uid for event in events])
    return plan(events, zones=zones_of(draft), known=known, now=now)


@transaction()
def import_dates(
    draft: ImportDraft,
    group: Group,
    chosen: AbstractSet[str],
    *,
    admission: WayIn,
    actor: UserAccount,
    now: datetime,
) -> Import:
    """Plan the chosen schedules of a draft, all or none of them, and forget the draft.

    :param chosen: the keys of their rows
    :raises PermissionDenied: the actor does not organize the group
    :raises NothingChosen: no row was chosen
    :raises PlanChanged: a chosen row is no longer new, or a date of it has passed meanwhile
    :raises StartsOnClockChange: a session would start in a skipped or repeated hour
    """
    ensure(actor, Permission.SESSION_MANAGE, group)
    # Two organizers with the same file: the second finds that it is here.
    group = lock_group(group.id)
    rows = [row for row in rows_of(draft, group, now=now) if row.key in chosen]
    if not chosen:
        raise NothingChosen
    if len(rows) != len(chosen) or any(row.verdict is not Verdict.NEW for row in rows):
        raise PlanChanged
    imported = Import(public_id=draft.public_id, group_id=group.id, imported_at=now)
    db.session.add(imported)
    db.session.flush()
    plans = [_details_of(row, admission=admission) for row in rows]
    for row, series in zip(rows, plan_all(group, plans, actor=actor, now=now), strict=True):
        if apart := _dates_apart(row):
            set_dates_apart(series, apart, actor=actor, now=now)
        db.session.add_all(
            ImportedEvent(
                import_id=imported.id,
                group_id=group.id,
                series_id=series.id,
                uid_hash=hash_secret(uid),
            )
            for uid in row.uids
        )
    record(
        "import.done",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(imported.public_id),
        now=now,
    )
    db.session.delete(draft)
    return imported


def _details_of(row: Row, *, admission: WayIn) -> SeriesDetails:
    schedule = _schedule_of(row)
    return SeriesDetails(
        title=row.title,
        description=row.found.description,
        wall_starts_at=schedule.first,
        length_minutes=schedule.minutes,
        time_zone=schedule.zone,
        rule=schedule.rule,
        capacity=None,
        place=row.found.place,
        online_link=row.found.online_link,
        admission=admission,
        dates=tuple(ListedDate(wall_starts_at=start) for start in schedule.dates),
        skips=dict.fromkeys(schedule.skips, ""),
    )


def _dates_apart(row: Row) -> list[DateApart]:
    return [
        DateApart(
            slot=change.slot,
            wall_starts_at=change.starts,
            length_minutes=change.minutes,
            title=change.title or row.title,
            description=change.description,
            place=change.place,
        )
        for change in _schedule_of(row).changes
    ]


def _schedule_of(row: Row) -> Schedule:
    assert row.schedule is not None  # noqa: S101 (a new one has one)
    return row.schedule


@transaction()
def undo_import(imported: Import, *, actor: UserAccount, now: datetime) -> None:
    """Take out again what was brought in.

    Dates to come that nobody has answered are gone as if they had never been. Those that somebody
    has answered are cancelled, and these people are told. What is over stays.

    :raises PermissionDenied: the actor does not organize the group
    :raises TooLateToUndo: it was undone before, or more than seven days ago
    """
    group = imported.group
    ensure(actor, Permission.SESSION_MANAGE, group)
    imported = queries.lock_import(imported.id)
    if imported.undone_at is not None or now >= imported.imported_at + queries.UNDO_IMPORT_FOR:
        raise TooLateToUndo
    imported.undone_at = now
    series_of_import = queries.list_series_of_import(imported)
    _let_changes_stand(group, {series.id for series in series_of_import}, now=now)
    db.session.execute(delete(ImportedEvent).where(ImportedEvent.import_id == imported.id))
    for series in series_of_import:
        _take_out(session_queries.lock_series(series.id), actor=actor, now=now)
    group.touch_calendar(now)
    record(
        "import.undone",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(imported.public_id),
        now=now,
    )


class ToUndo(NamedTuple):
    """What undoing an import does."""

    #: So many dates go, because nobody has answered them.
    gone: int
    #: So many are cancelled, and people told.
    cancelled: int


def count_to_undo(imported: Import, *, now: datetime) -> ToUndo:
    """Return what undoing an import would do now."""
    coming = [
        one.id
        for series in queries.list_series_of_import(imported)
        for one in session_queries.list_coming_of_series(series, now=now)
    ]
    answered = queries.list_answered_ids(coming)
    return ToUndo(len(coming) - len(answered), len(answered))


def _take_out(series: Series, *, actor: UserAccount, now: datetime) -> None:
    coming = session_queries.list_coming_of_series(series, now=now)
    answered_ids = queries.list_answered_ids(one.id for one in coming)
    answered = [one for one in coming if one.id in answered_ids]
    for one in coming:
        if one.id not in answered_ids:
            db.session.delete(one)
    db.session.flush()
    if answered:
        cancel_session(answered[0], scope=Scope.ALL, actor=actor, now=now)
    if session_queries.list_sessions_of_series(series):
        if series.stops_before is None:
            series.stops_before = min((one.recurrence_id for one in coming), default=None)
    else:
        db.session.delete(series)
    db.session.flush()


def _let_changes_stand(group: Group, series_ids: set[int], *, now: datetime) -> None:
    """Let nobody undo what was done to schedules that are about to go."""
    for change in queries.list_fresh_changes(group, since=now - UNDO_FOR):
        touched = {int(one) for one in change.before["series"]}
        touched |= {one for pair in change.before["begun"] for one in pair}
        ids = {int(one) for one in change.before["sessions"]}
        touched |= {one.series_id for one in session_queries.list_sessions_by_id(ids)}
        if touched & series_ids:
            change.undone_at = now


@transaction()
def follow_continued_series(*, ended_id: int, goes_on_id: int) -> None:
    """Let what goes on in the place of an imported schedule count as imported."""
    db.session.execute(
        update(ImportedEvent)
        .where(ImportedEvent.series_id == ended_id)
        .values(series_id=goes_on_id)
    )


@transaction()
def forget_old_drafts(*, now: datetime) -> None:
    """Throw away the files that nobody has decided about."""
    db.session.execute(delete(ImportDraft).where(ImportDraft.made_at < now - queries.KEEP_DRAFTS))
