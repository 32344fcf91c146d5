"""Reading an iCalendar file of another program into what can be planned here. Pure.

What cannot be planned is returned too, with its trouble, so that people can be told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from supportgroups.calendars.foreign_times import ForeignTime, read_length, read_times
from supportgroups.calendars.found import USUAL_MINUTES, FoundChange, FoundEvent, Trouble
from supportgroups.calendars.lines import RawEvent, split_calendar
from supportgroups.calendars.plain_words import apart_from_room, line
from supportgroups.calendars.rrules import read_rule
from supportgroups.sessions.recurrence import MAX_LENGTH_MINUTES, Rule, endless_starts


class Unfit(Exception):
    """The event cannot be planned here."""

    def __init__(self, trouble: Trouble) -> None:
        """Remember why."""
        super().__init__(trouble)
        self.trouble = trouble


@dataclass
class _When:
    """When an event takes place, on the wall of one zone."""

    zone: str
    starts: datetime
    minutes: int
    rule: Rule | None = None
    #: Starts beside the rule, or beside the first one.
    more: list[datetime] = field(default_factory=list)
    skips: set[date] = field(default_factory=set)


def read_calendar(content: str, *, home: str) -> list[FoundEvent]:
    """Return the events of an iCalendar file, in their order.

    :param home: the zone of the group, for times that are in UTC or in no zone at all
    :raises NotACalendar: there is no calendar in it
    :raises TooManyEvents: it holds more than 500 events
    """
    calendar = split_calendar(content)
    home = calendar.zone or home
    events: dict[str, RawEvent] = {}
    changes: dict[str, list[RawEvent]] = {}
    for number, raw in enumerate(calendar.events):
        uid = raw.uid or f"event {number}"
        if raw.lines.get("RECURRENCE-ID"):
            changes.setdefault(uid, []).append(raw)
        elif uid not in events or raw.sequence > events[uid].sequence:
            events[uid] = raw
    found: list[FoundEvent] = []
    for uid, raw in events.items():
        found += _read_event(uid, raw, changes.pop(uid, []), home)
    # Some programs export a changed date without the event that it belongs to.
    for uid, orphans in changes.items():
        for number, raw in enumerate(orphans):
            found += _read_event(f"{uid} {number}", raw, [], home)
    return found


def _read_event(uid: str, raw: RawEvent, changes: list[RawEvent], home: str) -> list[FoundEvent]:
    words = {"uid": uid, **_words(raw)}
    try:
        when = _when(raw, home)
        found_changes = _changes(when, changes, words)
    except Unfit as unfit:
        return [FoundEvent(**words, trouble=unfit.trouble)]
    shared: dict[str, Any] = {**words, "zone": when.zone, "minutes": when.minutes}
    if when.rule is None:
        days = sorted({when.starts, *when.more})
        dates = tuple(day for day in days if day == when.starts or day.date() not in when.skips)
        more = dates if len(dates) > 1 else ()
        return [FoundEvent(**shared, starts=dates[0], dates=more)]
    found = [
        FoundEvent(
            **shared,
            starts=when.starts,
            rrule=when.rule.as_rrule(),
            skips=tuple(sorted(when.skips)),
            changes=found_changes,
        )
    ]
    if when.more:
        # Our schedules follow a rule or a list; the dates beside a rule become a list.
        dates = tuple(sorted(set(when.more)))
        apart = shared | {"uid": f"{uid} dates"}
        found.append(FoundEvent(**apart, starts=dates[0], dates=dates if len(dates) > 1 else ()))
    return found


def _words(raw: RawEvent) -> dict[str, Any]:
    place, description, link = apart_from_room(
        raw.first("LOCATION"),
        raw.first("DESCRIPTION"),
        raw.first("CONFERENCE") or raw.first("X-GOOGLE-CONFERENCE"),
    )
    title = line(raw.first("SUMMARY"))
    return {"title": title, "description": description, "place": place, "online_link": link}


def _when(raw: RawEvent, home: str) -> _When:
    if raw.first("STATUS").strip().upper() == "CANCELLED":
        raise Unfit(Trouble.CALLED_OFF)
    start = _start(raw)
    # A time in UTC or on any wall is shown on the wall of the group.
    zone = start.zone if start.zone not in {"", "UTC"} else home
    when = _When(zone, start.on_wall_of(zone), _minutes(raw, start))
    for time in _times(raw, "RDATE"):
        if time.is_day:
            raise Unfit(Trouble.NO_TIME)
        when.more.append(time.on_wall_of(zone))
    when.skips = {time.on_wall_of(zone).date() for time in _times(raw, "EXDATE")}
    rules = raw.lines.get("RRULE", [])
    if len(rules) > 1 or raw.lines.get("EXRULE"):
        raise Unfit(Trouble.ODD_RULE)
    if rules:
        when.rule, when.starts = _rule(rules[0].value, start, when)
    return when


def _start(raw: RawEvent) -> ForeignTime:
    times = _times(raw, "DTSTART")
    if raw.is_broken or not times:
        raise Unfit(Trouble.NO_START)
    if times[0].is_day:
        raise Unfit(Trouble.NO_TIME)
    return times[0]


def _times(raw: RawEvent, name: str) -> list[ForeignTime]:
    try:
        return raw.times(name)
    except OverflowError as error:
        raise Unfit(Trouble.FAR_AWAY) from error
    except ValueError as error:
        raise Unfit(Trouble.NO_START) from error


def _minutes(raw: RawEvent, start: ForeignTime) -> int:
    ends = _times(raw, "DTEND")
    try:
        if ends:
            length = ends[0].on_wall_of(start.zone or ends[0].zone) - start.wall
            minutes = int(length / timedelta(minutes=1))
        elif raw.first("DURATION"):
            minutes = read_length(raw.first("DURATION"))
        else:
            minutes = USUAL_MINUTES
    except ValueError as error:
        raise Unfit(Trouble.BAD_LENGTH) from error
    if not 0 < minutes <= MAX_LENGTH_MINUTES:
        raise Unfit(Trouble.BAD_LENGTH)
    return minutes


def _rule(value: str, start: ForeignTime, when: _When) -> tuple[Rule, datetime]:
    """Return the rule, and the first start that it gives."""
    days_later = (when.starts.date() - start.wall.date()).days
    try:
        until = _until(value, start, when)
        rule = read_rule(value, when.starts, until=until, days_later=days_later)
    except OverflowError as error:
        raise Unfit(Trouble.FAR_AWAY) from error
    except ValueError as error:
        raise Unfit(Trouble.ODD_RULE) from error
    # Some programs begin on a day that their rule does not give; RFC 5545 §3.8.5.3 wants it to.
    first = next(endless_starts(rule, when.starts), None)
    if first is None:
        raise Unfit(Trouble.ODD_RULE)
    return rule, first


def _until(value: str, start: ForeignTime, when: _When) -> date | None:
    """Return the last day on which an event of the rule may begin."""
    values = [part[6:] for part in value.upper().split(";") if part.startswith("UNTIL=")]
    if not values:
        return None
    (until,) = read_times(values[0], start.zone)
    wall = until.on_wall_of(when.zone)
    is_before = not until.is_day and wall.time() < when.starts.time()
    return wall.date() - timedelta(days=1) if is_before else wall.date()


def _changes(
    when: _When, raws: Iterable[RawEvent], words: dict[str, Any]
) -> tuple[FoundChange, ...]:
    """Return the dates that are not as the rule says; the days of those called off become skips."""
    found = []
    for raw in raws:
        slot = _times(raw, "RECURRENCE-ID")[0].on_wall_of(when.zone)
        if raw.is_broken:
            raise Unfit(Trouble.ODD_RULE)
        try:
            own = _when(raw, when.zone)
        except Unfit as unfit:
            if unfit.trouble is not Trouble.CALLED_OFF:
                raise
            when.skips.add(slot.date())
            continue
        own_words = _words(raw)
        found.append(
            FoundChange(
                slot=slot,
                starts=_start(raw).on_wall_of(when.zone),
                minutes=own.minutes,
                title=own_words["title"] or words["title"],
                description=own_words["description"] or words["description"],
                place=own_words["place"] or words["place"],
            )
        )
    return tuple(found)
