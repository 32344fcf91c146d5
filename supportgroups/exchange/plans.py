"""What would be planned of a file: a row for each schedule, with a verdict. Pure.

The same function decides for the page that shows it and for the act that does it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from supportgroups.calendars.found import FoundChange, FoundEvent, Trouble
from supportgroups.clock import RepeatedLocalTime, SkippedLocalTime, is_zone, to_utc, to_zone
from supportgroups.sessions.recurrence import HORIZON, Rule, Timetable, parse_rule, start_after
from supportgroups.sessions.sentences import suggested_title

#: Nobody plans further ahead.
FURTHEST = timedelta(days=2 * 365)
#: The clocks of the world change between midnight and this hour.
CLOCKS_CHANGE_BEFORE = 5


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    #: It was brought here before, or comes from here.
    HERE = "here"
    PAST = "past"
    #: Nobody here knows its time zone.
    ASK = "ask"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule as it would be planned: what of it lies ahead."""

    zone: str
    first: datetime
    minutes: int
    rule: Rule | None
    dates: tuple[datetime, ...]
    skips: tuple[date, ...]
    changes: tuple[FoundChange, ...]
    #: Changed dates so far ahead that no session is made of them yet.
    changes_too_far: int

    @property
    def timetable(self) -> Timetable:
        """When it meets."""
        return Timetable(
            first=self.first,
            rrule=self.rule.as_rrule() if self.rule else None,
            dates=self.dates,
            skipped=frozenset(self.skips),
        )

    @property
    def length(self) -> timedelta:
        """How long a session runs."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One schedule, or one thing in the file that cannot become one."""

    #: The same for the same things, whatever else is in the file.
    key: str
    uids: tuple[str, ...]
    found: FoundEvent
    title: str
    verdict: Verdict
    trouble: Trouble | None = None
    schedule: Schedule | None = None


def plan(
    events: Iterable[FoundEvent],
    *,
    zones: Mapping[str, str],
    known: set[str],
    now: datetime,
) -> list[Row]:
    """Return what would become of each event of a file, in its order.

    Single events that are alike but for their day become one schedule on listed dates.

    :param zones: what organizers said that unknown zones are
    :param known: the uids that are here already
    """
    rows: list[Row] = []
    alike: dict[tuple[object, ...], int] = {}
    seen: set[str] = set()
    for event in events:
        if event.uid in seen:
            continue
        seen.add(event.uid)
        row = _row(replace(event, zone=zones.get(event.zone, event.zone)), known, now)
        shape = _shape(row)
        if shape is not None and shape in alike:
            rows[alike[shape]] = _joined(rows[alike[shape]], row)
            continue
        if shape is not None:
            alike[shape] = len(rows)
        rows.append(row)
    return rows


def _row(event: FoundEvent, known: set[str], now: datetime) -> Row:
    def row(verdict: Verdict, **more: object) -> Row:
        values = {"key": _key((event.uid,)), "uids": (event.uid,), "title": event.title}
        return Row(found=event, verdict=verdict, **values | more)  # type: ignore[arg-type]

    if event.uid in known:
        return row(Verdict.HERE)
    if event.trouble is not None or event.starts is None:
        return row(Verdict.IMPOSSIBLE, trouble=event.trouble or Trouble.NO_START)
    if not is_zone(event.zone):
        return row(Verdict.ASK)
    local_now = to_zone(now, event.zone).replace(tzinfo=None)
    schedule = _schedule(event, event.starts, local_now)
    if schedule is None:
        return row(Verdict.PAST)
    title = event.title or suggested_title(schedule.rule, schedule.first.time())
    trouble = _trouble(schedule, local_now)
    if trouble is not None:
        return row(Verdict.IMPOSSIBLE, trouble=trouble, title=title)
    return row(Verdict.NEW, schedule=schedule, title=title)


def _schedule(event: FoundEvent, starts: datetime, now: datetime) -> Schedule | None:
    """Return what lies ahead of an event; none if nothing does."""
    rule = parse_rule(event.rrule) if event.rrule is not None else None
    dates: tuple[datetime, ...] = ()
    if rule is not None:
        first = start_after(rule, starts, after=now)
    else:
        coming = [start for start in event.dates or (starts,) if start > now]
        first = coming[0] if coming else None
        dates = tuple(coming) if len(coming) > 1 else ()
    if first is None:
        return None
    changes = [one for one in event.changes if one.slot >= first and one.starts > now]
    near = tuple(one for one in changes if one.slot <= now + HORIZON)
    # A date that was ahead by the rule, but was held before its time, is over.
    held = {one.slot.date() for one in event.changes if one.slot >= first and one.starts <= now}
    skips = {day for day in event.skips if day >= first.date()} | held if rule else set()
    return Schedule(
        zone=event.zone,
        first=first,
        minutes=event.minutes,
        rule=rule,
        dates=dates,
        skips=tuple(sorted(skips)),
        changes=near,
        changes_too_far=len(changes) - len(near),
    )


def _trouble(schedule: Schedule, now: datetime) -> Trouble | None:
    last = max(schedule.first, *schedule.dates, schedule.first)
    if last > now + FURTHEST:
        return Trouble.FAR_AWAY
    until = max(now + HORIZON, last)
    starts = schedule.timetable.starts_between(after=None, until=until)
    if not starts:
        return Trouble.NO_DATE_LEFT
    moved = [change.starts for change in schedule.changes]
    if any(_is_on_clock_change(start, schedule.zone) for start in (*starts, *moved)):
        return Trouble.ON_CLOCK_CHANGE
    return None


def _is_on_clock_change(start: datetime, zone: str) -> bool:
    if start.hour >= CLOCKS_CHANGE_BEFORE:
        return False
    try:
        to_utc(start, zone)
    except (SkippedLocalTime, RepeatedLocalTime):
        return True
    return False


def _shape(row: Row) -> tuple[object, ...] | None:
    """Return what single events share that become one schedule; none for everything else."""
    found, schedule = row.found, row.schedule
    if schedule is None or schedule.rule is not None or schedule.dates or found.dates:
        return None
    words = (found.title, found.description, found.place, found.online_link, found.group)
    return (*words, schedule.zone, schedule.minutes) if found.title else None


def _joined(row: Row, other: Row) -> Row:
    """Return a row on the dates of both."""
    assert row.schedule is not None  # noqa: S101 (only what would be planned has a shape)
    assert other.schedule is not None  # noqa: S101
    starts = {row.schedule.first, *row.schedule.dates, other.schedule.first}
    uids = (*row.uids, *other.uids)
    dates = tuple(sorted(starts)) if len(starts) > 1 else ()
    schedule = replace(row.schedule, first=min(starts), dates=dates)
    return replace(row, key=_key(uids), uids=uids, schedule=schedule)


def _key(uids: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(uids).encode()).hexdigest()[:16]
