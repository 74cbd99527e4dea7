"""The database: declarative base, sessions, one way to write, and what SQLite needs.

Only entry points (view, command, worker) open a `unit_of_work()`; use cases never commit.
Reading needs none: it begins with the first query and ends with the request.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Select,
    bindparam,
    delete,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

SQLITE_BUSY_SECONDS = 10
BATCH = 1000
UNSYNCHRONIZED = {"synchronize_session": False}
IDLE_SECONDS = 10.0
"""After so long a connection may have been cut: by a restart, or by a wall between."""
EVERY_THREAD = 0
"""SQLAlchemy's word for no limit: each thread that needs a connection gets one, and it is kept.
With a limit, those beyond it are opened and closed at every use, which costs more than the work."""
AFTERWARDS = "lti_tool_after_commit"

T = TypeVar("T", bound="Base")


class Base(DeclarativeBase):
    """Parent of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite, which knows no zones, stores it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


def utcnow() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: commits at the end, rolls back whole on any error. It cannot be nested."""
    session = db.session()
    if session.info.get("unit_of_work"):
        raise RuntimeError("a unit of work is already open; use cases must not open one")
    if session.in_transaction():
        session.commit()  # ends reading, so that SQLite can take the write lock at once
    session.info["unit_of_work"] = True
    afterwards: list[Callable[[], None]] = []
    session.info[AFTERWARDS] = afterwards
    try:
        session.connection(execution_options={"lti_tool_write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["unit_of_work"] = False
        session.info.pop(AFTERWARDS)
    for step in afterwards:
        step()


def after_commit(step: Callable[[], None]) -> None:
    """Have `step` called when the open unit of work has been committed; it must not raise."""
    db.session().info[AFTERWARDS].append(step)


def delete_in_batches(model: type[Base], ids: Select[Any]) -> int:
    """Delete the rows whose ids the query finds, in short transactions; returns how many."""
    table, deleted = model.__table__, 0
    while True:
        with unit_of_work() as session:
            statement = delete(model).where(table.c.id.in_(ids.limit(BATCH))).returning(table.c.id)
            gone = len(session.execute(statement, execution_options=UNSYNCHRONIZED).all())
        deleted += gone
        if gone < BATCH:
            return deleted


def end_reading() -> None:
    """Give the connection back before slow work such as a network call."""
    db.session.commit()


def begin_long_reading() -> None:
    """Begin anew, to read rows as they are needed: PostgreSQL lets a transaction alone do that.

    A unit of work is one already.
    """
    session = db.session()
    if not session.info.get("unit_of_work"):
        session.commit()
        session.connection(execution_options={"lti_tool_long_reading": True})


def lock_pair(first: int, second: int) -> None:
    """Until the transaction ends, nobody else gets past here with these numbers.

    A placement and a learner, for instance. SQLite needs no lock: it has one writer.
    """
    if _has_many_writers():
        of_first = func.pg_advisory_xact_lock_shared(first)
        db.session.execute(select(of_first, func.pg_advisory_xact_lock(first, second)))


def lock_first(first: int) -> None:
    """As `lock_pair` with this first number and every second one."""
    if _has_many_writers():
        db.session.execute(select(func.pg_advisory_xact_lock(first)))


def _has_many_writers() -> bool:
    return db.session.connection().dialect.name == "postgresql"


def find(model: type[T], **key: Any) -> T | None:
    """The one row whose columns have these values (none of them None), or None."""
    found: T | None = db.session.scalar(_find_statement(model, tuple(key)), key)
    return found


@cache
def _find_statement(model: type[T], names: tuple[str, ...]) -> Select[T]:
    """Kept, for building a statement costs more than running it."""
    return select(model).where(*(getattr(model, name) == bindparam(name) for name in names))


def upsert(model: type[T], key: Mapping[str, Any], values: Mapping[str, Any]) -> T:
    """Insert the row with natural key `key`, or update it to `values`; returns it.

    Nothing is written where the row already says the same. A concurrent insert of the same key
    ends in one row on SQLite and PostgreSQL alike.
    """
    found = find(model, **key)
    if found is not None and all(getattr(found, name) == values[name] for name in values):
        return found
    stored: T = db.session.scalars(
        upsert_statement(model, tuple(key), tuple(values or key), model),
        {**key, **values},
        execution_options={"populate_existing": True, "render_nulls": True},
    ).one()
    return stored


def insert_new(model: type[Base], new: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows; those that somebody else has brought meanwhile stay as they are."""
    if new:
        dialect = sqlite if db.session.connection().dialect.name == "sqlite" else postgresql
        db.session.execute(dialect.insert(model).on_conflict_do_nothing(), new)


def upsert_statement(
    model: type[Base], key: tuple[str, ...], changes: tuple[str, ...], returned: Any
) -> Any:
    """INSERT that on a conflict of `key` sets `changes` instead; returns the column or row."""
    dialect_name = db.session.connection().dialect.name
    return _upsert_statement(model, dialect_name, key, changes, returned)


@cache
def _upsert_statement(
    model: type[Base],
    dialect_name: str,
    key: tuple[str, ...],
    changes: tuple[str, ...],
    returned: Any,
) -> Any:
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement: Any = dialect.insert(model)
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in changes}
    )
    return statement.returning(returned)


def init_app(app: Flask, database_url: str) -> None:
    """Attach the database to the application and teach SQLite to behave."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    options: dict[str, Any] = {"pool_size": EVERY_THREAD}
    if database_url.startswith("sqlite"):
        options["connect_args"] = {"timeout": SQLITE_BUSY_SECONDS}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            _prepare_postgresql(db.engine)
            _check_idle_connections(db.engine)


def _prepare_postgresql(engine: Engine) -> None:
    """No transaction for reading: each statement has a look of its own even within one.

    BEGIN and ROLLBACK are two more calls of the server, and after a ROLLBACK psycopg throws away
    all statements that were prepared: each page would have its own parsed and planned anew.
    """

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        whole = "lti_tool_write" in options or "lti_tool_long_reading" in options
        driver: Any = connection.connection.dbapi_connection
        if driver.autocommit == whole:
            driver.autocommit = not whole


def _check_idle_connections(engine: Engine) -> None:
    """Ask a connection whether it still lives when it has lain idle; in use, that is known."""

    @event.listens_for(engine, "checkin")
    def on_checkin(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        idle_since = record.info.get("idle_since", time.monotonic())
        if time.monotonic() - idle_since < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError() from error


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, and our own BEGIN: the driver's would defer the write lock."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("lti_tool_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
