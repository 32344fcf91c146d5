"""Questions that apps ask day and night, put to the database's own driver.

SQLAlchemy writes each of them down once, then takes no part in asking: beside a question that SQLite
answers in a hundredth of a millisecond, its sessions, rows and pool are most of the cost. Each thread
keeps one connection for them, on which every question is a transaction of its own.
"""

from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Engine, Select, event
from sqlalchemy.types import TypeEngine

from supportgroups.db import open_for_reading

Convert = Callable[[Any], Any]


class _Form(NamedTuple):
    """A question as one kind of database reads it."""

    statement: str
    #: Its values that never change, by name.
    fixed: dict[str, Any]
    #: The names of its values in the order of their places; none where the driver takes names.
    places: list[str] | None
    to_driver: dict[str, Convert]
    #: By column, with what the driver's value becomes.
    from_driver: list[tuple[int, Convert]]


#: By engine and thread, the connections that are kept.
_kept: dict[Engine, dict[int, Any]] = {}


def _connection(engine: Engine) -> Any:
    """Return this thread's own."""
    connections = _kept.setdefault(engine, {})
    if get_ident() not in connections:
        connections[get_ident()] = open_for_reading(engine)
    return connections[get_ident()]


def _rows(engine: Engine, statement: str, asked: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = _connection(engine).execute(statement, asked).fetchall()
    return rows


@event.listens_for(Engine, "engine_disposed")
def _let_go(engine: Engine) -> None:
    """Close what is kept of an engine, in all threads."""
    for connection in _kept.pop(engine, {}).values():
        connection.close()


class Prepared:
    """A SELECT with named values. It reads what is committed, outside the session's snapshot."""

    def __init__(self, question: Select[*tuple[Any, ...]]) -> None:
        """Prepare a question, which is written down when it is first asked."""
        self.question = question
        self._forms: dict[str, _Form] = {}

    def ask(self, engine: Engine, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows as the driver gives them: good for comparing, and for `read`."""
        form = self._form(engine.dialect)
        for name, convert in form.to_driver.items():
            if name in values:
                values[name] = convert(values[name])
        values |= form.fixed
        asked = values if form.places is None else [values[name] for name in form.places]
        try:
            return _rows(engine, form.statement, asked)
        except engine.dialect.loaded_dbapi.Error:
            # A server that was started anew knows nothing of a connection that was kept.
            _kept[engine].pop(get_ident()).close()
            return _rows(engine, form.statement, asked)

    def read(self, engine: Engine, row: Sequence[Any], first: int = 0) -> list[Any]:
        """Return values of a row as the models know them: moments aware, words of an enum.

        :param first: the place of the first of them among the columns
        """
        values = list(row)
        for index, convert in self._form(engine.dialect).from_driver:
            if first <= index < first + len(values):
                values[index - first] = convert(values[index - first])
        return values

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = self._written_down(dialect)
        return form

    def _written_down(self, dialect: Dialect) -> _Form:
        written = self.question.compile(dialect=dialect)
        to_driver: dict[str, Convert] = {
            name: convert
            for bind, name in written.bind_names.items()
            if (convert := _kind(bind.type, dialect).bind_processor(dialect)) is not None
        }
        from_driver: list[tuple[int, Convert]] = [
            (index, convert)
            for index, column in enumerate(self.question.selected_columns)
            if (convert := _kind(column.type, dialect).result_processor(dialect, None)) is not None
        ]
        fixed = {
            name: to_driver[name](value) if name in to_driver else value
            for name, value in written.params.items()
            if value is not None
        }
        places = list(written.positiontup or ()) if written.positional else None
        return _Form(str(written), fixed, places, to_driver, from_driver)


def _kind(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)
