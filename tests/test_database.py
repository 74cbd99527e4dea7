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
from lti_tool.db import db
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
