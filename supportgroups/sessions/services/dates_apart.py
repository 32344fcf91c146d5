"""Dates of a new schedule that are not as its rule says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.clock import to_utc
from supportgroups.db import db, transaction
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import Series
from supportgroups.sessions.recurrence import end_by_rule
from supportgroups.sessions.services.series import ensure_not_on_clock_change


@dataclass(frozen=True, kw_only=True)
class DateApart:
    """One date, keyed by the start that the rule gives it."""

    slot: datetime
    wall_starts_at: datetime
    length_minutes: int
    title: str
    description: str
    place: str


@transaction()
def set_dates_apart(
    series: Series, dates: Iterable[DateApart], *, actor: UserAccount, now: datetime
) -> None:
    """Let some dates of a schedule that was planned a moment ago differ from its rule.

    Nobody has seen its sessions yet, so there is nobody to tell and nothing to undo. Dates for
    which there is no session, because they lie too far ahead, are left out.

    :raises PermissionDenied: the actor does not organize the group
    :raises StartsOnClockChange: one would start in a skipped or repeated hour
    """
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    wanted = {date.slot: date for date in dates}
    for one in queries.list_coming_of_series(series, now=now) if wanted else ():
        date = wanted.get(one.recurrence_id)
        if date is None:
            continue
        ensure_not_on_clock_change(date.wall_starts_at, one.time_zone)
        one.wall_starts_at = date.wall_starts_at
        one.starts_at = to_utc(date.wall_starts_at, one.time_zone)
        one.length_minutes = date.length_minutes
        length = timedelta(minutes=date.length_minutes)
        one.ends_at = end_by_rule(date.wall_starts_at, length, one.time_zone)
        for name in ("title", "description", "place"):
            value = getattr(date, name)
            setattr(one, name, None if value == getattr(series, name) else value)
    db.session.flush()
