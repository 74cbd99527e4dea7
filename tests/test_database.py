"""What the database's connections survive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text

from lti_tool import db as database_module
from lti_tool.db import begin_long_reading, db, unit_of_work
from tests.browsers import Browser
from tests.conftest import POSTGRES


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_while_it_lay_idle_is_replaced(
    new_browser: Callable[[], Browser], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restart of the database: nobody notices."""
    monkeypatch.setattr(database_module, "IDLE_SECONDS", 0.0)
    browser = new_browser()
    assert browser.login().status_code == 302
    with browser.client.application.app_context():
        db.session.remove()
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as admin:
        cut = admin.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
            [database.rpartition("/")[2]],
        ).fetchone()
    assert cut and cut[0] >= 1
    assert browser.login().status_code == 302


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_reading_opens_no_transaction_and_writing_one(app: Flask, database: str) -> None:
    """While a page is made, its connection does not lie idle in a transaction."""

    def state() -> str:
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(f"{POSTGRES}/postgres") as admin:
            asked = admin.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [pid])
            return str(asked.fetchone()[0])  # type: ignore[index]

    with app.app_context():
        assert state() == "idle"
        with unit_of_work():
            assert state() == "idle in transaction"
        assert state() == "idle"
        begin_long_reading()
        assert state() == "idle in transaction"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_statements_stay_prepared_from_page_to_page(app: Flask, database: str) -> None:
    """They are prepared when they come often; parsing and planning costs more than the rest."""
    prepared = 0
    for _ in range(10):
        with app.app_context():
            prepared = db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
            db.session.remove()
    assert prepared > 0


def test_as_many_connections_as_threads_are_kept(app: Flask) -> None:
    """One that is opened and closed at every use costs more than what it is used for."""
    threads, opened = 12, []
    together = threading.Barrier(threads, timeout=30)

    def ask(_: int) -> None:
        with app.app_context():
            db.session.execute(text("SELECT 1"))
            together.wait()

    with app.app_context():
        event.listen(db.engine, "connect", lambda *_: opened.append(1))
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(3):
            list(pool.map(ask, range(threads)))
    assert len(opened) <= threads
