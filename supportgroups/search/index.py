"""The full-text index of each database, behind one question: which entries hold these words.

SQLite: an FTS5 table beside `search_entry`, whose rows have the ids of the entries. No trigger
fills it, since a database that trusts no schema (safety.md, Settings) lets none write there.
PostgreSQL: GIN indexes over tsvectors made of the folded words as they stand, so that no dictionary
and no locale has a say.
"""

from collections.abc import Collection

from sqlalchemy import column, delete, insert, select, table

from supportgroups.db import db
from supportgroups.search.models import SearchEntry
from supportgroups.search.words import Marker, Place, Question

_FTS = table(
    "search_index", *(column(name) for name in ("rowid", Place.TITLE, Place.WORDS, Place.NEAR))
)
#: What an entry is about.
_ABOUT = "o.group_id, o.series_id, o.group_session_id"


def entries_that_hold(dialect: str, place: Place) -> str:
    """Return a relation in SQL: what the entries are about that hold `:asked_title` in their title.

    Each place has a parameter of its own name. The entries come in the order of the rows, so that a
    limit ends the search early: an order by rank would have to weigh every hit first.
    """
    if dialect == "sqlite":
        return (
            f"SELECT {_ABOUT} FROM search_index AS i CROSS JOIN search_entry AS o "  # noqa: S608
            f"WHERE i.search_index MATCH :asked_{place} AND o.id = i.rowid"
        )
    vector = f"array_to_tsvector(string_to_array(o.{place}, ' '))"
    # In a query of its own, the words are not looked at when a plan is made, and it can be kept.
    wanted = f"{vector} @@ (SELECT CAST(:asked_{place} AS tsquery))"
    # The offset makes PostgreSQL plan for all hits. Planning for the few that the limit lets through,
    # it would read through the whole table, hoping to meet them soon.
    return f"SELECT {_ABOUT} FROM search_entry AS o WHERE {wanted} OFFSET 0"  # noqa: S608


def asked_as(question: Question, place: Place, marker: Marker) -> str:
    """Write `question` in the language of the database's index, asked of one place and kind."""
    if db.engine.dialect.name == "sqlite":
        return for_sqlite(question, place, marker)
    return for_postgresql(question, marker)


def forget(group_ids: Collection[int]) -> None:
    """Take the words of these groups out of the index, before their entries go."""
    if db.engine.dialect.name == "sqlite":
        gone = select(SearchEntry.id).where(SearchEntry.group_id.in_(group_ids))
        db.session.execute(delete(_FTS).where(_FTS.c.rowid.in_(gone)))


def forget_orphans() -> None:
    """Take out the words of entries that went with their group."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(delete(_FTS).where(_FTS.c.rowid.not_in(select(SearchEntry.id))))


def remember(group_ids: Collection[int]) -> None:
    """Put the words of these groups into the index, after their entries have come."""
    if db.engine.dialect.name == "sqlite":
        entries = select(
            SearchEntry.id, SearchEntry.title, SearchEntry.words, SearchEntry.near
        ).where(SearchEntry.group_id.in_(group_ids))
        db.session.execute(insert(_FTS).from_select(["rowid", "title", "words", "near"], entries))


def for_sqlite(question: Question, place: Place, marker: Marker) -> str:
    """Write `question` in the language of FTS5. Folded words hold letters and digits alone."""
    sign = "*" if question.is_prefix else ""
    sets = (" OR ".join(f'"{word}"{sign}' for word in sorted(words)) for words in question.sets)
    return f'{{{place}}} : ("{marker}" AND {" AND ".join(f"({one})" for one in sets)})'


def for_postgresql(question: Question, marker: Marker) -> str:
    """Write `question` as a tsquery that is taken as it stands."""
    sign = ":*" if question.is_prefix else ""
    sets = (" | ".join(f"'{word}'{sign}" for word in sorted(words)) for words in question.sets)
    return " & ".join((f"'{marker}'", *(f"({one})" for one in sets)))
