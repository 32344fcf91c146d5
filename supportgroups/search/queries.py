"""Which groups and coming sessions answer a question, of those that somebody may know about.

The questions are written in SQL, which both databases read alike except for one relation (index.py): so
nothing has to be put together while somebody waits.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Select, Subquery, bindparam, column, exists, select, text
from sqlalchemy.orm import joinedload

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


#: So many rows stand for one thing at most: a title's words stand among the others too, and a session
#: with a title of its own can also be the next one of its schedule.
ROWS_OF_ONE = {Marker.GROUP: 2, Marker.SESSION: 4}
#: More rows than there are. The limit keeps PostgreSQL from working out an id twice, once to see
#: whether there is one.
ALL_OF_THEM = 1_000_000


def find_groups(question: Question, *, person: UserAccount | None, limit: int) -> list[Group]:
    """Return the groups whose words answer `question`, those whose name does first."""
    statement = _groups(db.engine.dialect.name, _places(question), limit)
    return list(db.session.scalars(statement, _values(Marker.GROUP, question, person)))


def find_sessions(
    question: Question, *, person: UserAccount | None, now: datetime, limit: int
) -> list[GroupSession]:
    """Return coming sessions whose own words or whose schedule's answer `question`, soonest first."""
    statement = _sessions(db.engine.dialect.name, _places(question), limit)
    values = _values(Marker.SESSION, question, person) | {"now": now}
    return list(db.session.scalars(statement, values))


def list_groups_without_entries(*, limit: int) -> list[int]:
    """Return the ids of groups that search knows nothing of."""
    known = exists().where(SearchEntry.group_id == Group.id)
    return list(db.session.scalars(select(Group.id).where(~known).order_by(Group.id).limit(limit)))


def list_group_ids() -> list[int]:
    """Return the ids of all groups."""
    return list(db.session.scalars(select(Group.id).order_by(Group.id)))


def _values(marker: Marker, question: Question, person: UserAccount | None) -> dict[str, object]:
    """Return what a statement is asked with, all but the time."""
    asked = {f"asked_{place}": asked_as(question, place, marker) for place in _places(question)}
    return {"person": person.id if person is not None else None, **asked}


def _places(question: Question) -> tuple[Place, ...]:
    """Return where to look, one place after the other."""
    return (Place.TITLE, Place.WORDS) if question.place is Place.WORDS else (question.place,)


# The statements are put together once for each kind of question: that takes longer than to send them.


@cache
def _groups(dialect: str, places: tuple[Place, ...], limit: int) -> Select[Group]:
    found = _ids(dialect, A_GROUP, Marker.GROUP, places, limit)
    return select(Group).join(found, found.c.id == Group.id).order_by(found.c.place, Group.id)


@cache
def _sessions(dialect: str, places: tuple[Place, ...], limit: int) -> Select[GroupSession]:
    found = _ids(dialect, A_SESSION, Marker.SESSION, places, limit)
    return (
        select(GroupSession)
        .join(found, found.c.id == GroupSession.id)
        .options(
            joinedload(GroupSession.group, innerjoin=True),
            joinedload(GroupSession.series),
        )
        .order_by(GroupSession.starts_at, GroupSession.id)
    )


def _ids(
    dialect: str, wanted: str, marker: Marker, places: tuple[Place, ...], limit: int
) -> Subquery:
    """Return a relation of ids, each with the number of the first place that answers.

    The tables are joined in the order in which they stand (SQLite keeps to that in a CROSS JOIN), and
    the places asked one after the other, so that it ends as soon as it has enough, however many
    entries hold a common word: where titles alone give enough, the other words are not looked through.
    """
    parts = " UNION ALL ".join(
        f"""
        SELECT id, {number} AS place FROM (
            SELECT {wanted} AS id
            FROM ({entries_that_hold(dialect, place)}) AS e
            CROSS JOIN support_group AS g
            WHERE g.id = e.group_id AND ({MAY_KNOW})
            LIMIT {ALL_OF_THEM}
        ) AS {place} WHERE id IS NOT NULL
        """  # noqa: S608 (every part is a constant of ours)
        for number, place in enumerate(places)
    )
    # The limits are no parameters, and the words are kept from the planner (index.py): so one plan of
    # PostgreSQL serves for all questions. To plan took it as long as to search.
    statement = text(
        f"""
        SELECT id, min(place) AS place
        FROM (SELECT id, place FROM ({parts}) AS known LIMIT {limit * ROWS_OF_ONE[marker]}) AS found
        GROUP BY id ORDER BY min(place), id LIMIT {limit}
        """  # noqa: S608 (as above)
    ).bindparams(bindparam("person", type_=Integer()))
    if ":now" in wanted:
        statement = statement.bindparams(bindparam("now", type_=UTCDateTime()))
    return statement.columns(column("id", Integer), column("place", Integer)).subquery()
