"""Feeds: their entity tags from counters, and their bytes from kept events."""

import gzip
import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from supportgroups.calendars import queries
from supportgroups.calendars.entries import (
    ADDRESSES,
    Addresses,
    own_copy,
    private_entry,
    public_entry,
)
from supportgroups.calendars.form import FORM
from supportgroups.calendars.ical import build_calendar, build_event
from supportgroups.calendars.kept import KeptBytes
from supportgroups.calendars.models import Discretion
from supportgroups.calendars.queries import Found, KnownLink, LinkCounters, PrivateRow, PublicRow
from supportgroups.calendars.window import Window
from supportgroups.config import Config
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, permits
from supportgroups.outbox.mail import in_language
from supportgroups.sessions.courses import CourseDates
from supportgroups.sessions.models import GroupSession

MOST_EVENTS = 800
MOST_BYTES = 700_000
#: A feed that is too long may look back with one event in so many.
PAST_SHARE = 4

#: Room for about 12,000 events, and for the bodies of some hundred private feeds.
kept_events = KeptBytes(8 * 1024 * 1024)
kept_bodies = KeptBytes(8 * 1024 * 1024)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a feed needs to know of the site it comes from."""

    name: str
    base_url: str
    addresses: Addresses = ADDRESSES

    @classmethod
    def of(cls, config: Config) -> "Site":
        """Return what feeds need to know of a configuration."""
        return cls(name=config.site_name, base_url=config.base_url)


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A calendar that is known by its counters, and written only when somebody needs it."""

    #: Names these very bytes.
    tag: str
    _newest: Callable[[], datetime]
    _write: Callable[[], bytes]

    @property
    def revised_at(self) -> datetime:
        """The newest revision in it."""
        return self._newest()

    @property
    def body(self) -> bytes:
        """The bytes of the calendar."""
        kept = kept_bodies.find(self.tag)
        return kept if kept is not None else kept_bodies.keep(self.tag, self._write())

    @property
    def zipped(self) -> bytes:
        """The same, compressed with gzip."""
        key = (self.tag, "gzip")
        kept = kept_bodies.find(key)
        if kept is not None:
            return kept
        # Without a time in its header, so that equal bytes stay equal.
        return kept_bodies.keep(key, gzip.compress(self.body, mtime=0))


def site_feed(site: Site, *, now: datetime) -> Feed:
    """Return the calendar of all listed groups."""
    window = Window.at(now)
    counters = queries.count_listed()

    def write() -> bytes:
        found = queries.find_public_rows(window, group=None, most=MOST_EVENTS)
        ids = {row.group_id for row in [*found.past, *found.coming]}
        groups = {group.id: group for group in queries.list_feed_groups(ids)}
        return build_calendar(_public_events(found, groups, site), name=site.name)

    return Feed(
        tag=_tag("site", _site_facts(site), window.monday, counters),
        _newest=lambda: _newest(window, counters.revised_at),
        _write=write,
    )


def group_feed(group: Group, site: Site, *, now: datetime) -> Feed:
    """Return the calendar of one group, as everybody may read it."""
    window = Window.at(now)

    def write() -> bytes:
        found = queries.find_public_rows(window, group=group, most=MOST_EVENTS)
        return build_calendar(_public_events(found, {group.id: group}, site), name=group.name)

    facts = (group.id, group.calendar_revision, group.calendar_revised_at, _shows_place(group))
    return Feed(
        tag=_tag("group", _site_facts(site), window.monday, facts),
        _newest=lambda: _newest(window, group.calendar_revised_at),
        _write=write,
    )


def session_file(
    group_session: GroupSession, site: Site, *, discretion: Discretion, shows_place: bool
) -> Feed:
    """Return the file of one session, for somebody to put into a calendar of their own.

    :param discretion: how much the entry tells whoever else looks at that calendar
    """
    return _file_of(
        [group_session],
        group_session.group,
        site,
        discretion=discretion,
        shows_place=shows_place,
    )


def course_file(
    dates: CourseDates, site: Site, *, discretion: Discretion, shows_place: bool
) -> Feed:
    """Return the file of all dates of a course, for somebody to put into a calendar of their own.

    :param discretion: how much the entries tell whoever else looks at that calendar
    """
    return _file_of(
        dates.sessions,
        dates.series.group,
        site,
        discretion=discretion,
        shows_place=shows_place,
    )


def _file_of(
    group_sessions: Sequence[GroupSession],
    group: Group,
    site: Site,
    *,
    discretion: Discretion,
    shows_place: bool,
) -> Feed:
    def write() -> bytes:
        with in_language(group.language):
            entries = [
                own_copy(
                    group_session,
                    discretion=discretion,
                    shows_place=shows_place,
                    addresses=site.addresses,
                )
                for group_session in group_sessions
            ]
            return build_calendar([build_event(entry) for entry in entries], name=None)

    facts = (
        *((one.uid, one.revision) for one in group_sessions),
        group.calendar_revision,
        discretion,
        shows_place,
    )
    return Feed(
        tag=_tag("file", _site_facts(site), facts),
        _newest=lambda: max(
            (one.revised_at for one in group_sessions), default=group.calendar_revised_at
        ),
        _write=write,
    )


def private_feed(known: KnownLink, site: Site, *, now: datetime) -> Feed:
    """Return the feed of a link that works."""
    window = Window.at(now)

    def write() -> bytes:
        link = queries.read_counters(known)
        chosen = replace(window, reach=link.reach, has_past=link.has_past)
        found = queries.find_private_rows(chosen, link=link, most=MOST_EVENTS)
        with in_language(link.language):
            name = calendar_name(
                link.discretion, word=link.neutral_word, plain_name=link.group_name or site.name
            )
            return build_calendar(_private_events(found, link, site), name=name)

    def newest() -> datetime:
        link = queries.read_counters(known)
        return _newest(window, link.revised_at, link.owner_revised_at, link.groups_revised_at)

    return Feed(
        tag=_tag("private", _site_facts(site), window.monday, known.counters),
        _newest=newest,
        _write=write,
    )


def calendar_name(discretion: Discretion, *, word: str, plain_name: str) -> str:
    """Return what apps call a private calendar: no more than its entries tell.

    :param plain_name: the name for an owner who chose to be plain
    """
    match discretion:
        case Discretion.PLAIN:
            return plain_name
        case Discretion.NEUTRAL:
            return word
        case Discretion.BUSY:
            return str(_("Busy"))


def fit(past: list[bytes], coming: list[bytes]) -> list[bytes]:
    """Return the events that fit into a feed, in the order of time.

    What lies furthest ahead is left out first. But what is over takes a quarter at most from
    what is to come, and there the oldest is left out first.

    :param past: the events before this week, latest first
    :param coming: the others, soonest first
    """
    room = max(MOST_EVENTS // PAST_SHARE, MOST_EVENTS - len(coming))
    space = max(MOST_BYTES // PAST_SHARE, MOST_BYTES - sum(map(len, coming)))
    past = _first_that_fit(past, room, space)
    room = MOST_EVENTS - len(past)
    space = MOST_BYTES - sum(map(len, past))
    return [*reversed(past), *_first_that_fit(coming, room, space)]


def _first_that_fit(events: list[bytes], room: int, space: int) -> list[bytes]:
    for index, event in enumerate(events[:room]):
        space -= len(event)
        if space < 0:
            return events[:index]
    return events[:room]


def _public_events(found: Found, groups: Mapping[int, Group], site: Site) -> list[bytes]:
    shapes = {
        group.id: ("public", site.base_url, group.language, group.name, _shows_place(group))
        for group in groups.values()
    }

    def key(row: PublicRow) -> Hashable:
        # A group that was deleted a moment ago took its sessions along: nothing is found or built.
        return (row.uid, row.revision, shapes.get(row.group_id))

    def build(_row: PublicRow, group_session: GroupSession) -> bytes:
        group = groups[group_session.group_id]
        with in_language(group.language):
            entry = public_entry(
                group_session,
                shows_place=_shows_place(group),
                addresses=site.addresses,
            )
        return build_event(entry)

    return _kept_or_built(found, key, build)


def _private_events(found: Found, link: LinkCounters, site: Site) -> list[bytes]:
    word = link.neutral_word if link.discretion is Discretion.NEUTRAL else None
    # One string, whose hash is reckoned once and not for each row.
    shape = repr((link.discretion, site.base_url, link.language, word))

    def key(row: PrivateRow) -> Hashable:
        return (row[1:], shape)

    def build(row: PrivateRow, group_session: GroupSession) -> bytes:
        row = queries.read_private_row(row)
        entry = private_entry(
            group_session,
            discretion=link.discretion,
            word=link.neutral_word,
            answer=row.answer,
            is_asked_again=bool(row.is_asked_again),
            revised_at=row.revised_at,
            addresses=site.addresses,
        )
        return build_event(entry)

    return _kept_or_built(found, key, build)


def _kept_or_built(
    found: Found, key: Callable[[Any], Hashable], build: Callable[[Any, GroupSession], bytes]
) -> list[bytes]:
    """Return the events of the rows that fit: those that are kept, and the others built now."""
    rows = {row.id: row for row in (*found.past, *found.coming)}
    found_events = kept_events.find_all([key(row) for row in rows.values()])
    events = dict(zip(rows, found_events, strict=True))
    missing = [id_ for id_, event in events.items() if event is None]
    if missing:
        for group_session in queries.list_feed_sessions(missing):
            row = rows[group_session.id]
            events[row.id] = kept_events.keep(key(row), build(row, group_session))

    def known(rows: Sequence[Any]) -> list[bytes]:
        # A session that was deleted a moment ago has no event any more.
        return [event for row in rows if (event := events[row.id]) is not None]

    return fit(known(found.past), known(found.coming))


def _shows_place(group: Group) -> bool:
    """Tell whether everybody may know where the group meets."""
    return permits(None, Permission.GROUP_PLACE, group)


def _newest(window: Window, *moments: datetime | None) -> datetime:
    """Return the last change, and the window's own opening is one too."""
    return max([window.opened_at, *(moment for moment in moments if moment is not None)])


def _site_facts(site: Site) -> tuple[object, ...]:
    return (FORM, site.name, site.base_url)


def _tag(*facts: object) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]
