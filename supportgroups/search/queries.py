"""Which groups and coming sessions answer a question, of those that somebody may know about.

The questions are written in SQL, which both databases read alike except for one relation (index.py): so
nothing has to be put together while somebody waits.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import Integer, TextClause, bindparam, exists, select, text
from sqlalchemy.orm import joinedload, lazyload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import UTCDateTime, db
from supportgroups.groups.models import Group
from supportgroups.search.index import asked_as, entries_that_hold
from supportgroups.search.models import SearchEntry
from supportgroups.search.words import Marker, Place, Question
from supportgroups.sessions.models import GroupSession

#: The id of a group, from an entry `e`.
A_GROUP = "e.group_id"
#: The id of a coming session: the one of the entry, or the next one of its schedule. One schedule
#: gives one session, or it would fill the page for half a year.
A_SESSION = """
    CASE WHEN e.group_session_id IS NOT NULL THEN (
        SELECT s.id FROM group_session AS s
        WHERE s.id = e.group_session_id AND s.starts_at > :now AND s.status = 'scheduled'
    ) ELSE (
        SELECT s.id FROM group_session AS s
        WHERE s.series_id = e.series_id AND s.starts_at > :now AND s.status = 'scheduled'
        ORDER BY s.starts_at, s.id LIMIT 1
    ) END
"""
#: Listed groups may be named to everybody, the others to those who belong to them.
MAY_KNOW = """
    (g.visibility = 'listed' AND g.hidden_because IS NULL) OR EXISTS (
        SELECT 1 FROM membership AS m
        WHERE m.group_id = g.id AND m.user_id = :person AND m.removed_at IS NULL
    )
"""


def find_groups(question: Question, *, person: UserAccount | None, limit: int) -> list[Group]:
    """Return the groups whose words answer `question`, those whose name does first."""
    found = _ids(A_GROUP, Marker.GROUP, question, person, limit=limit)
    if not found:
        return []
    groups = db.session.scalars(
        select(Group).where(Group.id.in_(found)).options(lazyload(Group.topic_tags))
    )
    return sorted(groups, key=lambda group: found.index(group.id))


def find_sessions(
    question: Question, *, person: UserAccount | None, now: datetime, limit: int
) -> list[GroupSession]:
    """Return coming sessions whose own words or whose schedule's answer `question`, soonest first."""
    found = _ids(A_SESSION, Marker.SESSION, question, person, limit=limit, now=now)
    if not found:
        return []
    return list(
        db.session.scalars(
            select(GroupSession)
            .where(GroupSession.id.in_(found))
            .options(
                joinedload(GroupSession.group).lazyload(Group.topic_tags),
                joinedload(GroupSession.series),
            )
            .order_by(GroupSession.starts_at, GroupSession.id)
        )
    )


def list_groups_without_entries(*, limit: int) -> list[int]:
    """Return the ids of groups that search knows nothing of."""
    known = exists().where(SearchEntry.group_id == Group.id)
    return list(db.session.scalars(select(Group.id).where(~known).order_by(Group.id).limit(limit)))


def list_group_ids() -> list[int]:
    """Return the ids of all groups."""
    return list(db.session.scalars(select(Group.id).order_by(Group.id)))


def _ids(
    wanted: str,
    marker: Marker,
    question: Question,
    person: UserAccount | None,
    *,
    limit: int,
    now: datetime | None = None,
) -> list[int]:
    """Return the ids of what answers the question, those that do so by their title first.

    Where titles alone give enough, which common words do, the other words are not looked through.
    """
    places = (Place.TITLE, Place.WORDS) if question.place is Place.WORDS else (question.place,)
    found: list[int] = []
    for place in places:
        values: dict[str, object] = {
            "person": person.id if person is not None else None,
            "most": limit,
            "asked": asked_as(question, place, marker),
            **({"now": now} if now is not None else {}),
        }
        statement = _statement(db.engine.dialect.name, wanted, place)
        found += db.session.scalars(statement, values)
        found = list(dict.fromkeys(found))
        if len(found) >= limit:
            break
    return found[:limit]


@cache
def _statement(dialect: str, wanted: str, place: Place) -> TextClause:
    """Return the question in SQL.

    The tables are joined in the order in which they stand (SQLite keeps to that in a CROSS JOIN), so
    that it ends as soon as it has enough, however many entries hold a common word.
    """
    statement = text(
        f"""
        SELECT id FROM (
            SELECT {wanted} AS id
            FROM ({entries_that_hold(dialect, place)}) AS h
            CROSS JOIN search_entry AS e
            CROSS JOIN support_group AS g
            WHERE e.id = h.id AND g.id = e.group_id AND ({MAY_KNOW})
        ) AS known WHERE id IS NOT NULL LIMIT :most
        """  # noqa: S608 (every part is a constant of ours)
    )
    statement = statement.bindparams(bindparam("person", type_=Integer()))
    if ":now" in wanted:
        return statement.bindparams(bindparam("now", type_=UTCDateTime()))
    return statement
