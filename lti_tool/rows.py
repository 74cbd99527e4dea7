"""Single rows, written without the session's bookkeeping: for what every launch does.

To track an object costs several times the statement that stores it. These take part in the
session's transaction; objects that the session has loaded already do not see what they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table, bindparam, insert, update

from lti_tool.db import Base, db, upsert_statement


def execute(
    statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that was built once; rows come back as plain values."""
    return db.session.connection().execute(statement, values)


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
