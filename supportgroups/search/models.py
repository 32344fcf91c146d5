"""What search knows of groups, schedules and sessions: their words, folded."""

from sqlalchemy import Connection, ForeignKey, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import Model


class SearchEntry(Model):
    """The words of one group, of one of its schedules, or of one session with a title of its own.

    Who may see it is never written here: that is asked of the group itself, each time. Each database
    has a full-text index of its own over these words; `index.py` asks it.
    """

    __tablename__ = "search_entry"
    # A number is never given twice: the index of SQLite keeps words by it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(
        ForeignKey("support_group.id", ondelete="CASCADE"), index=True
    )
    #: Both are empty in the entry of the group itself, and the second in that of a schedule.
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), index=True
    )
    group_session_id: Mapped[int | None] = mapped_column(
        ForeignKey("group_session.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    words: Mapped[str]
    near: Mapped[str]


#: The full-text index of each database. Alembic cannot compare such things, so it is told apart from
#: the table, and the migration that makes it says the same.
FULL_TEXT = {
    "sqlite": [
        """
        CREATE VIRTUAL TABLE search_index USING fts5(
            title, words, near, tokenize="unicode61 remove_diacritics 0", prefix='2 3 4 5 6'
        )
        """
    ],
    "postgresql": [
        f"CREATE INDEX search_index_{name} ON search_entry "
        # Words that still wait to be sorted in would have to be read through by every question.
        f"USING gin (array_to_tsvector(string_to_array({name}, ' '))) WITH (fastupdate = off)"
        for name in ("title", "words", "near")
    ],
}


def _make_index(_table: Table, connection: Connection, **_options: object) -> None:
    for statement in FULL_TEXT[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _drop_index(_table: Table, connection: Connection, **_options: object) -> None:
    # On PostgreSQL it goes with the table.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE search_index")


event.listen(SearchEntry.__table__, "after_create", _make_index)
event.listen(SearchEntry.__table__, "before_drop", _drop_index)
