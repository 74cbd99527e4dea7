"""Single rows, read and written without the session's bookkeeping: for what every launch does.

To track an object costs several times the statement that reads or stores it. These take part in
the session's transaction; objects that the session has loaded already do not see what they change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Row,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from lti_tool.db import Base, db, upsert_statement

CONNECTION = "lti_tool_connection"
"""Where the session keeps its transaction's connection: to ask for it costs half a statement."""

T = TypeVar("T", bound=Base)


def execute(
    statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that was built once; rows come back as plain values."""
    session = db.session()
    connection: Connection | None = session.info.get(CONNECTION)
    if connection is None or connection.closed:
        connection = session.info[CONNECTION] = session.connection()
    return connection.execute(statement, values)


def columns_of(*models: type[Base]) -> tuple[ColumnElement[Any], ...]:
    """Every column of these tables: what `objects_in` reads."""
    return tuple(column for model in models for column in table_of(model).c)


def objects_in(row: Row[*tuple[Any, ...]], *models: type[Base]) -> list[Any]:
    """The objects in a row that begins with `columns_of(*models)`, None where a join found none.

    They are as read, and untracked: to change one raises, and so does to ask for what belongs to
    another table. `tracked` gives the one that can be changed.
    """
    found: list[Any] = []
    start = 0
    for model in models:
        names = _names(model)
        values = row[start : start + len(names)]
        found.append(None if values[0] is None else _as_read(model, names, values))
        start += len(names)
    return found


def _as_read(model: type[T], names: tuple[str, ...], values: Sequence[Any]) -> T:
    """What the session would make of the row, but for the state by which it tracks changes."""
    found = object.__new__(model)
    found.__dict__.update(zip(names, values, strict=True))
    return found


def with_parts(seen: T, **parts: Base) -> T:
    """The object with what belongs to it in other tables, under the names of its relations."""
    seen.__dict__.update(parts)
    return seen


def read_one(model: type[T], **key: Any) -> T | None:
    """The one row whose columns have these values, as `objects_in` gives it, or None."""
    row = execute(_read_statement(model, tuple(key)), key).one_or_none()
    found: T | None = objects_in(row, model)[0] if row else None
    return found


@cache
def _read_statement(model: type[Base], names: tuple[str, ...]) -> Executable:
    columns = table_of(model).c
    return select(*columns).where(*(columns[name] == bindparam(name) for name in names))


def tracked(seen: T) -> T:
    """The object of the same row as the session knows it, to be changed in a unit of work."""
    return db.session.get_one(type(seen), seen.id)  # type: ignore[attr-defined]


@cache
def _names(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(model).c)


def insert_row(model: type[Base], values: Mapping[str, Any]) -> None:
    """Store a new row; columns that are not named get their defaults."""
    execute(_insert_statement(model), values)


def keep_row(
    model: type[Base],
    known: Mapping[Any, Any],
    key: Mapping[str, Any],
    said: Mapping[str, Any],
) -> int:
    """See to it that the row with natural key `key` says what was `said`; returns its id.

    `known` maps the table's columns to what is stored, all None where there is no such row. Only
    what differs is written, and an empty text or list never replaces what is known. A concurrent
    insert of the same key ends in one row.
    """
    columns = table_of(model).c
    row_id: int | None = known[columns.id]
    told = {name: value for name, value in said.items() if value not in EMPTY}
    if row_id is None:
        statement = upsert_statement(model, tuple(key), tuple(told or key), columns.id)
        return int(execute(statement, {**key, **said}).scalar_one())
    changed = {name: value for name, value in told.items() if value != known[columns[name]]}
    if changed:
        update_row(model, row_id, changed)
    return row_id


def update_row(model: type[Base], row_id: int, changes: Mapping[str, Any]) -> None:
    execute(_update_statement(model, tuple(changes)), {"the_id": row_id, **changes})


EMPTY: tuple[Any, ...] = ("", [], ())


def table_of(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


@cache
def _insert_statement(model: type[Base]) -> Executable:
    return insert(table_of(model))


@cache
def _update_statement(model: type[Base], names: tuple[str, ...]) -> Executable:
    table = table_of(model)
    changes: dict[str, Any] = {name: bindparam(name) for name in names}
    return update(table).where(table.c.id == bindparam("the_id")).values(changes)
