"""What needs somebody who leads groups first, and what comes next: rules without a database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from supportgroups.groups.freshness import NUDGES
from supportgroups.groups.models import Group, HiddenBecause, Membership, Role
from supportgroups.rsvps.queries import Tally
from supportgroups.sessions.models import GroupSession

#: So long before the start a session without anybody to lead it becomes urgent.
LEADER_NEEDED_WITHIN = timedelta(hours=72)


class LedSession(NamedTuple):
    """A coming session of a group that somebody helps to lead."""

    group_session: GroupSession
    #: How many people lead it.
    leaders: int
    #: Whether somebody who was to lead it cannot, and another is looked for.
    is_looked_for: bool = False


class LedGroup(NamedTuple):
    """A group that somebody helps to lead, and what waits in it."""

    membership: Membership
    #: How many people ask to join.
    requests: int = 0
    #: How many members have not accepted the agreement as it reads today.
    unread_agreements: int = 0

    @property
    def group(self) -> Group:
        """The group itself."""
        return self.membership.group


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All that stands on the page of somebody who leads, in the order of its urgency."""

    #: Groups in which people ask to join, with their number.
    requests: list[tuple[Group, int]] = field(default_factory=list)
    #: Sessions for which somebody is looked for, because who was to lead cannot.
    uncovered: list[GroupSession] = field(default_factory=list)
    #: Sessions of the next days that nobody leads.
    leaderless: list[GroupSession] = field(default_factory=list)
    #: Full sessions with people waiting.
    full: list[tuple[GroupSession, Tally]] = field(default_factory=list)
    #: Groups whose new agreement this person has not read.
    agreements: list[Group] = field(default_factory=list)
    #: Past sessions of which nobody has said how many came.
    uncounted: list[GroupSession] = field(default_factory=list)
    #: Groups whose page may not be true any more: nobody has confirmed it for long, or somebody
    #: has said so.
    unconfirmed: list[Group] = field(default_factory=list)

    @property
    def is_calm(self) -> bool:
        """Whether nothing needs this person."""
        return not any(vars(self).values())


def look_over(
    groups: Iterable[LedGroup],
    sessions: Iterable[LedSession],
    tallies: Mapping[int, Tally],
    *,
    uncounted: Iterable[GroupSession],
    reported: Collection[int] = (),
    now: datetime,
) -> Overview:
    """Return what needs this person: of each group only what they can do something about.

    :param groups: where they organize or facilitate
    :param sessions: the coming sessions of these groups, soonest first
    :param tallies: the answers for these sessions, by the session's id
    :param uncounted: the last sessions of these groups without a head count
    :param reported: the ids of groups about whose page somebody has said that it is wrong
    """
    groups = list(groups)
    organized = [led for led in groups if led.membership.role is Role.ORGANIZER]
    ids = {led.group.id for led in organized}
    coming = [
        led
        for led in sessions
        if not led.group_session.is_cancelled and not led.group_session.has_started(now)
    ]
    planned = [led for led in coming if led.group_session.group_id in ids]
    return Overview(
        requests=[(led.group, led.requests) for led in organized if led.requests],
        uncovered=[led.group_session for led in coming if led.is_looked_for],
        leaderless=[
            led.group_session
            for led in planned
            if not led.leaders
            and not led.is_looked_for
            and led.group_session.starts_at <= now + LEADER_NEEDED_WITHIN
        ],
        full=[
            (led.group_session, tallies[led.group_session.id])
            for led in planned
            if tallies[led.group_session.id].waitlisted
        ],
        agreements=[led.group for led in groups if not led.membership.has_current_agreement],
        uncounted=list(uncounted),
        unconfirmed=sorted(
            (led.group for led in organized if _is_in_doubt(led.group, reported, now)),
            key=lambda group: (group.confirmed_at, group.id),
        ),
    )


def _is_in_doubt(group: Group, reported: Collection[int], now: datetime) -> bool:
    if group.hidden_because is HiddenBecause.SITE_ADMIN:
        return False
    is_old = group.confirmed_at <= now - NUDGES[0]
    return is_old or group.id in reported or group.hidden_because is not None
