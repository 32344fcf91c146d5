"""Questions whose answers need more than one slice."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, extract, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Group, GroupTopic, Membership
from supportgroups.groups.queries import DirectoryFilters
from supportgroups.groups.topics import Format
from supportgroups.sessions.models import GroupSession, SessionStatus


class DayPart(StrEnum):
    """A part of the day, on the group's own wall."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


#: The hours in which a session of each part begins: from the first, before the second.
HOURS = {DayPart.MORNING: (4, 12), DayPart.AFTERNOON: (12, 17), DayPart.EVENING: (17, 24)}


@dataclass(frozen=True, kw_only=True)
class DirectorySearch:
    """What a visitor of the directory looks for."""

    filters: DirectoryFilters = field(default_factory=DirectoryFilters)
    #: Weekdays of which the group meets on one, 0 for Monday; none asks for nothing.
    weekdays: frozenset[int] = frozenset()
    #: When on such a day.
    part: DayPart | None = None

    @property
    def with_unsure_access(self) -> "DirectorySearch":
        """The same, but where nobody knows about the access."""
        return replace(self, filters=replace(self.filters, is_access_unsure=True))


def list_groups(
    search: DirectorySearch, *, now: datetime, after: int | None, limit: int
) -> list[Group]:
    """Return the listed groups that fit, by name.

    :param after: the id of the last group of the page before
    """
    last = db.session.get(Group, after) if after is not None else None
    mark = (last.name, last.id) if last is not None and last.is_listed else None
    also = _conditions(search, now)
    return group_queries.list_directory(search.filters, also=also, after=mark, limit=limit)


def count_groups(search: DirectorySearch, *, now: datetime) -> int:
    """Return how many listed groups fit."""
    return group_queries.count_directory(search.filters, also=_conditions(search, now))


def _conditions(search: DirectorySearch, now: datetime) -> list[ColumnElement[bool]]:
    if not search.weekdays and search.part is None:
        return []
    meets = select(GroupSession.id).where(
        GroupSession.group_id == Group.id,
        GroupSession.ends_at > now,
        GroupSession.status == SessionStatus.SCHEDULED,
    )
    if search.weekdays:
        # The databases count from Sunday.
        day_numbers = sorted((weekday + 1) % 7 for weekday in search.weekdays)
        meets = meets.where(extract("dow", GroupSession.wall_starts_at).in_(day_numbers))
    if search.part is not None:
        first, end = HOURS[search.part]
        hour = extract("hour", GroupSession.wall_starts_at)
        meets = meets.where(hour >= first, hour < end)
    return [meets.exists()]


def list_next_sessions(*, now: datetime, limit: int) -> list[GroupSession]:
    """Return the next sessions of listed groups that take place, soonest first."""
    return list(
        db.session.execute(
            select(GroupSession)
            .join(GroupSession.group)
            .where(
                Group.is_listed,
                GroupSession.starts_at > now,
                GroupSession.status == SessionStatus.SCHEDULED,
            )
            .options(contains_eager(GroupSession.group), joinedload(GroupSession.series))
            .order_by(GroupSession.starts_at, GroupSession.id)
            .limit(limit)
        ).scalars()
    )


#: Who can come to a group of one format can come to these.
ALIKE = {
    Format.IN_PERSON: (Format.IN_PERSON, Format.HYBRID),
    Format.ONLINE: (Format.ONLINE, Format.HYBRID),
    Format.PHONE: (Format.PHONE, Format.ONLINE),
    Format.HYBRID: (Format.HYBRID, Format.IN_PERSON, Format.ONLINE),
}
#: Who finds a session cancelled looks no further ahead for another group.
SOON = timedelta(days=14)


def list_similar_sessions(
    group_session: GroupSession, *, now: datetime, limit: int = 3
) -> list[GroupSession]:
    """Return sessions of other listed groups in the next days, the most similar ones first.

    They are in the same language, and about one of the same topics or held in the same way. Each
    group stands there once, with its next session.
    """
    group = group_session.group
    shares_topic = (
        select(GroupTopic.topic)
        .where(GroupTopic.group_id == Group.id, GroupTopic.topic.in_(group.topics))
        .exists()
    )
    is_alike = Group.format.in_(ALIKE[group.format])
    first = (
        select(GroupSession.group_id, func.min(GroupSession.starts_at).label("starts_at"))
        .where(
            GroupSession.starts_at > now,
            GroupSession.starts_at < max(now, group_session.starts_at) + SOON,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .group_by(GroupSession.group_id)
        .subquery()
    )
    rows = db.session.execute(
        select(GroupSession)
        .join(
            first,
            (first.c.group_id == GroupSession.group_id)
            & (first.c.starts_at == GroupSession.starts_at),
        )
        .join(GroupSession.group)
        .where(
            Group.is_listed,
            Group.id != group.id,
            Group.language == group.language,
            GroupSession.status == SessionStatus.SCHEDULED,
            shares_topic | is_alike,
        )
        .options(contains_eager(GroupSession.group), joinedload(GroupSession.series))
        .order_by(
            case((shares_topic & is_alike, 0), (shares_topic, 1), else_=2),
            GroupSession.starts_at,
            GroupSession.id,
        )
        .limit(limit)
    ).scalars()
    return list(rows)


#: So many addresses fit into one sitemap (https://www.sitemaps.org/protocol.html), less our own.
MOST_IN_SITEMAP = 49_000


def list_listed_slugs() -> list[str]:
    """Return the slugs of the groups that search engines may list, the oldest first."""
    return list(
        db.session.scalars(
            select(Group.slug).where(Group.is_listed).order_by(Group.id).limit(MOST_IN_SITEMAP)
        )
    )


class Scope(NamedTuple):
    """Whose sessions a page of dates is about."""

    condition: ColumnElement[bool]


def of_group(group: Group) -> Scope:
    """Mean the sessions of one group."""
    return Scope(GroupSession.group_id == group.id)


def of_person(user: UserAccount) -> Scope:
    """Mean the sessions of all groups to which somebody belongs now."""
    return Scope(
        GroupSession.group_id.in_(
            select(Membership.group_id).where(
                Membership.user_id == user.id, Membership.removed_at.is_(None)
            )
        )
    )


def of_site() -> Scope:
    """Mean the sessions of the groups that everybody may know about."""
    return Scope(GroupSession.group_id.in_(select(Group.id).where(Group.is_listed)))


def list_own_memberships(user: UserAccount) -> list[Membership]:
    """Return somebody's memberships alone, without the groups.

    While they are kept, asking who this person is in a group costs no further query.
    """
    return list(
        db.session.execute(
            select(Membership)
            .where(Membership.user_id == user.id, Membership.removed_at.is_(None))
            .order_by(Membership.group_id)
        ).scalars()
    )


#: Where a session stands in a list of dates, for the page that goes on after it.
Mark = tuple[datetime, int]


def find_mark(scope: Scope, public_id: UUID | None) -> Mark | None:
    """Return where a session stands, if it is one of these."""
    if public_id is None:
        return None
    row = db.session.execute(
        select(GroupSession.starts_at, GroupSession.id).where(
            scope.condition, GroupSession.public_id == public_id
        )
    ).one_or_none()
    return (row.starts_at, row.id) if row is not None else None


def list_coming_dates(
    scope: Scope, *, now: datetime, since: datetime | None, after: Mark | None, limit: int
) -> list[GroupSession]:
    """Return the sessions that are not over, cancelled ones too, soonest first.

    :param since: when given, those that begin then or later instead
    :param after: where the page before ended
    """
    query = _dates(scope).where(
        GroupSession.ends_at > now if since is None else GroupSession.starts_at >= since
    )
    if after is not None:
        query = query.where(tuple_(GroupSession.starts_at, GroupSession.id) > after)
    query = query.order_by(GroupSession.starts_at, GroupSession.id).limit(limit)
    return list(db.session.execute(query).scalars())


def list_past_dates(
    scope: Scope, *, now: datetime, after: Mark | None, limit: int
) -> list[GroupSession]:
    """Return the sessions that are over, cancelled ones too, last first.

    :param after: where the page before ended
    """
    query = _dates(scope).where(GroupSession.ends_at <= now)
    if after is not None:
        query = query.where(tuple_(GroupSession.starts_at, GroupSession.id) < after)
    query = query.order_by(GroupSession.starts_at.desc(), GroupSession.id.desc()).limit(limit)
    return list(db.session.execute(query).scalars())


def _dates(scope: Scope) -> Select[GroupSession]:
    return select(GroupSession).where(scope.condition).options(*_WHAT_DATES_SHOW)


_WHAT_DATES_SHOW = (
    joinedload(GroupSession.series),
    joinedload(GroupSession.group),
)


class DatedSession(NamedTuple):
    """A session of a month, and how many there are on its day."""

    group_session: GroupSession
    on_its_day: int


def list_month(scope: Scope, *, bounds: list[datetime], limit: int) -> list[DatedSession]:
    """Return the first sessions of each day, cancelled ones too, soonest first, in one query.

    :param bounds: when each day begins, and when the last one ends
    :param limit: how many sessions of a day are wanted
    """
    # The days of the page's clock, which no database knows: some last 23 or 25 hours.
    day = case(
        *((GroupSession.starts_at < end, index) for index, end in enumerate(bounds[1:])),
        else_=len(bounds),
    )
    numbered = (
        select(
            GroupSession.id,
            func.row_number()
            .over(partition_by=day, order_by=(GroupSession.starts_at, GroupSession.id))
            .label("number"),
            func.count().over(partition_by=day).label("on_its_day"),
        )
        .where(
            scope.condition,
            GroupSession.starts_at >= bounds[0],
            GroupSession.starts_at < bounds[-1],
        )
        .subquery()
    )
    rows = db.session.execute(
        select(GroupSession, numbered.c.on_its_day)
        .options(*_WHAT_DATES_SHOW)
        .join(numbered, numbered.c.id == GroupSession.id)
        .where(numbered.c.number <= limit)
        .order_by(GroupSession.starts_at, GroupSession.id)
    )
    return [DatedSession(*row) for row in rows]


def find_first_start(scope: Scope, *, since: datetime, until: datetime) -> datetime | None:
    """Return when the first session in this time begins, a cancelled one too."""
    return db.session.execute(
        select(func.min(GroupSession.starts_at)).where(
            scope.condition, GroupSession.starts_at >= since, GroupSession.starts_at < until
        )
    ).scalar_one()
