"""Acts on the schedules of a group: what they touch is remembered, told once, and can be undone.

See docs/adr/0006-changes.md.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups.models import Group
from supportgroups.revisions import rising
from supportgroups.sessions import queries
from supportgroups.sessions.models import (
    ChangeKind,
    GroupSession,
    Pause,
    ScheduleChange,
    Series,
    SessionStatus,
)
from supportgroups.sessions.news import News, news_of, opening
from supportgroups.sessions.states import (
    SessionState,
    what_is_only_text,
    what_makes_it_new,
)

#: What was before is kept for so long: until the last letter about it has left or was given up.
KEEP_CHANGES = timedelta(days=30)


class NotConfirmed(DomainError):
    """People would be told, or several dates change, and whoever does it has not seen that yet."""

    def __init__(
        self,
        kind: ChangeKind,
        news: list[News],
        opening: str | None,
        how_many: int,
        *,
        has_readers: bool,
    ) -> None:
        """Remember what there would be to tell, and how many sessions would change."""
        super().__init__(kind, news, opening, how_many)
        self.kind = kind
        self.news = news
        self.opening = opening
        self.how_many = how_many
        self.has_readers = has_readers


class Act:
    """One act on the schedules of a group, while it happens.

    Whatever it changes is shown to it first. When it is over, `finish` revises the sessions that
    read differently, keeps what was before, and announces it.
    """

    def __init__(
        self,
        kind: ChangeKind,
        group: Group,
        *,
        actor: UserAccount | None,
        now: datetime,
        is_confirmed: bool = True,
    ) -> None:
        self.kind = kind
        self.group = group
        self.actor = actor
        self.now = now
        self.is_confirmed = is_confirmed
        self._sessions: list[tuple[GroupSession, SessionState, tuple[Any, ...], tuple[Any, ...]]]
        self._sessions = []
        self._series: dict[str, dict[str, Any]] = {}
        self._begun: list[tuple[int, int]] = []
        self._paused: list[Pause] = []
        self._resumed: list[dict[str, Any]] = []

    def touch(self, group_session: GroupSession) -> None:
        """Remember a session as it is, before it changes."""
        self._sessions.append(
            (
                group_session,
                SessionState.of(group_session),
                what_makes_it_new(group_session),
                what_is_only_text(group_session),
            )
        )

    def touch_series(self, series: Series) -> None:
        """Remember a series as it is, before it stops, goes on, is moved, or has another room online.

        Where its listed dates were is kept with their sessions.
        """
        self._series[str(series.id)] = {
            "stops_before": series.stops_before and series.stops_before.isoformat(),
            "wall_starts_at": series.wall_starts_at.isoformat(),
            "room": {
                "online_link": series.online_link,
                "link_policy": series.link_policy,
                "is_link_old": series.is_link_old,
            },
        }

    def begin_series(self, series: Series, *, instead_of: Series) -> None:
        """Remember that this series goes on in the place of one that ends."""
        self._begun.append((series.id, instead_of.id))

    def begin_pause(self, pause: Pause) -> None:
        """Remember that this break is new."""
        self._paused.append(pause)

    def end_pause(self, pause: Pause, *, last_session_id: int) -> None:
        """Remember a break before it is deleted.

        :param last_session_id: what is made in its days from now on has a higher id
        """
        self._resumed.append(
            {
                "id": pause.id,
                "public_id": str(pause.public_id),
                "series_id": pause.series_id,
                "starts_on": pause.starts_on.isoformat(),
                "returns_on": pause.returns_on.isoformat(),
                "reason": pause.reason,
                "site_break_id": pause.site_break_id,
                "created_at": pause.created_at.isoformat(),
                "last_session_id": last_session_id,
            }
        )

    def finish(self) -> ScheduleChange | None:
        """Write down what was before and tell of it; None if nothing is other than it was.

        :raises NotConfirmed: nobody confirmed it, so all of it is taken back
        """
        db.session.flush()
        touched = []
        for group_session, state, identity, text in self._sessions:
            is_new = what_makes_it_new(group_session) != identity
            if is_new or what_is_only_text(group_session) != text:
                revise(group_session, is_new=is_new, now=self.now)
            if is_new or SessionState.of(group_session) != state:
                touched.append((group_session, state))
        has_more = self._series or self._begun or self._paused or self._resumed
        if not touched and not has_more:
            return None
        change = ScheduleChange(
            group_id=self.group.id,
            actor_id=self.actor.id if self.actor is not None else None,
            kind=self.kind,
            changed_at=self.now,
            before={
                "sessions": {
                    str(group_session.id): {"state": state.as_json()}
                    for group_session, state in touched
                },
                "series": self._series,
                "begun": self._begun,
                "paused": [pause.id for pause in self._paused],
                "returns_on": [pause.returns_on.isoformat() for pause in self._paused],
                "resumed": self._resumed,
            },
        )
        db.session.add(change)
        db.session.flush()
        if not self.is_confirmed:
            news = list_news([change], now=self.now)
            if news or len(touched) > 1:
                words = opening(news, [change]) if news else None
                raise NotConfirmed(
                    self.kind, news, words, len(touched), has_readers=has_readers(change, news)
                )
        # Who gets a place in a session because it takes place after all hears of that too; who
        # gets one because a session moved never came to it before.
        restores = self.kind in {ChangeKind.RESTORED, ChangeKind.RESUMED}
        if not restores:
            events.schedule_changed.send(change=change, now=self.now)
        for group_session, state in touched:
            announce(group_session, state, now=self.now)
        if restores:
            events.schedule_changed.send(change=change, now=self.now)
        return change


def has_readers(change: ScheduleChange, news: Sequence[News]) -> bool:
    """Tell whether there is anybody to tell what an act makes new."""
    readers: set[int] = set()
    session_ids = [one.session_id for one in news]
    events.schedule_change_proposed.send(
        session_ids=session_ids, actor_id=change.actor_id, readers=readers
    )
    return bool(readers)


def announce(group_session: GroupSession, state: SessionState, *, now: datetime) -> None:
    """Say what concerns the places of a session."""
    was_cancelled = state.status is SessionStatus.CANCELLED
    if was_cancelled and not group_session.is_cancelled:
        events.session_restored.send(group_session=group_session, now=now)
    if group_session.is_cancelled and not was_cancelled:
        events.session_cancelled.send(group_session=group_session, now=now)
    if state.starts_at != group_session.starts_at:
        events.session_moved.send(
            group_session=group_session, old_starts_at=state.starts_at, now=now
        )
    if state.capacity_shown != group_session.capacity_shown:
        events.session_capacity_changed.send(group_session=group_session, now=now)


def revise(group_session: GroupSession, *, is_new: bool, now: datetime) -> None:
    """Say that a session reads differently now.

    :param is_new: its time, place, title or status changed, so that calendars count it as another
        version (SEQUENCE, RFC 5545 §3.8.7.4); otherwise only its text did
    """
    group_session.revision += 1
    group_session.revised_at = rising(group_session.revised_at, now)
    if is_new:
        group_session.sequence += 1
    group_session.group.touch_calendar(now)


def list_news(
    changes: Sequence[ScheduleChange], *, now: datetime, among: Collection[int] | None = None
) -> list[News]:
    """Return what acts of one group together tell about sessions that lie ahead.

    What was undone counts for nothing, and what a later act touched is told with that one.

    :param changes: in their order
    :param among: the ids of the sessions that matter; all of them without it
    """
    standing = [change for change in changes if change.undone_at is None]
    if not standing:
        return []
    later = queries.list_standing_changes(standing[0].group_id, after=standing[-1])
    ids = touched_by(standing) - touched_by(one for one in later if one.tells_at is not None)
    found = queries.list_sessions_by_id(ids if among is None else ids & set(among))
    return news_of(standing, [one for one in found if not one.has_started(now)])


def touched_by(changes: Iterable[ScheduleChange]) -> set[int]:
    """Return the ids of the sessions that these acts touched."""
    return {int(session_id) for change in changes for session_id in change.before["sessions"]}


def put_slots(slots: dict[GroupSession, datetime]) -> None:
    """Key sessions of one series by other starts, some of which others of them have had."""
    out_of_the_way = timedelta(days=365 * 1000)
    for group_session, slot in slots.items():
        group_session.recurrence_id = slot + out_of_the_way
    db.session.flush()
    for group_session, slot in slots.items():
        group_session.recurrence_id = slot
    db.session.flush()


def write_facilitators(
    group_session: GroupSession, user_ids: tuple[int, ...], *, now: datetime
) -> None:
    """Let these people lead a session; the calendars of all concerned show it."""
    known = {person.id: person for person in group_session.facilitators}
    group_session.facilitators = [
        known.get(user_id) or db.session.get_one(UserAccount, user_id) for user_id in user_ids
    ]
    for person in {*known.values(), *group_session.facilitators}:
        person.touch_calendar(now)


@transaction()
def forget_old_changes(*, now: datetime) -> int:
    """Delete what is kept of acts long ago; return how many they were."""
    result = db.session.execute(
        delete(ScheduleChange).where(ScheduleChange.changed_at < now - KEEP_CHANGES)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
