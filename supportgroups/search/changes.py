"""Notices every change of a group's words, and has it written down in the same transaction.

Search listens to what is about to be kept rather than to facts that services announce. So no way
of changing a group, an import for instance, can forget it. See docs/adr/0007-search.md.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from supportgroups.db import db
from supportgroups.groups.models import Group, GroupTopic
from supportgroups.search import services
from supportgroups.sessions.models import GroupSession, Series, SeriesDate

#: Where a session keeps the groups whose words have changed, until it commits.
CHANGED = "groups_to_search_anew"
#: The words of each kind of row; a change of anything else is none of our business.
WORDS: dict[type, tuple[str, ...]] = {
    Group: ("name", "purpose", "audience"),
    GroupTopic: ("topic",),
    Series: ("title", "description"),
    SeriesDate: ("topic",),
    GroupSession: ("title", "description"),
}


def listen() -> None:
    """Begin to notice changes. Doing so again makes no difference."""
    for name, reaction in (("after_flush", _notice), ("before_commit", _write)):
        if not event.contains(db.session, name, reaction):
            event.listen(db.session, name, reaction)


def _notice(session: Session, _flush: UOWTransaction) -> None:
    changed = {
        *(group_id for row in session.new if _has_words(row) for group_id in _groups_of(row)),
        *(group_id for row in session.dirty if _has_news(row) for group_id in _groups_of(row)),
        *(group_id for row in session.deleted if _has_words(row) for group_id in _groups_of(row)),
    }
    if changed:
        session.info.setdefault(CHANGED, set()).update(changed)


def _write(session: Session) -> None:
    session.flush()
    changed = session.info.pop(CHANGED, None)
    if changed:
        services.write_entries(changed)


def _has_words(row: Any) -> bool:
    """Tell whether a row that comes or goes is of interest: most sessions have no own title."""
    return type(row) in WORDS and not (isinstance(row, GroupSession) and row.title is None)


def _has_news(row: Any) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in WORDS.get(type(row), ()))


def _groups_of(row: Any) -> Iterator[int]:
    if isinstance(row, Group):
        yield row.id
    elif isinstance(row, SeriesDate):
        yield from db.session.scalars(select(Series.group_id).where(Series.id == row.series_id))
    else:
        yield row.group_id
