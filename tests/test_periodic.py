"""Work that comes round by itself: on time, and each turn once, however many workers look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import periodic, reactions, worker
from lti_tool.db import unit_of_work, utcnow
from lti_tool.outbox import OutboxMessage, Status
from lti_tool.periodic import Periodic
from lti_tool.reactions import HANDLERS
from lti_tool.worker import Worker
from tests.databases import change, on_sqlite, rows

TIDY = "tidy"
EVERY = {TIDY: 60}


@pytest.fixture
def tidied(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    heard: list[int] = []
    monkeypatch.setitem(HANDLERS, TIDY, heard.append)
    yield heard


def turns(app: Flask) -> list[str]:
    with app.app_context():
        return periodic.start_turns(EVERY)


def test_a_turn_is_started_when_it_has_come_round(app: Flask, tidied: list[int]) -> None:
    assert turns(app) == [TIDY] and turns(app) == []
    Worker(app).run(until_idle=True)
    assert tidied == [0]

    change(app, Periodic, next_due=utcnow() - timedelta(seconds=1))
    assert turns(app) == [TIDY] and turns(app) == []
    Worker(app).run(until_idle=True)
    assert tidied == [0, 0]


def test_of_many_workers_one_starts_the_turn(app: Flask) -> None:
    started: list[str] = []
    gate = threading.Barrier(6)

    def look() -> None:
        gate.wait()
        started.extend(turns(app))

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started == [TIDY]
    assert [message.subject_id for message in rows(app, OutboxMessage)] == [0]


def test_a_clock_that_was_set_back_stops_nothing(app: Flask) -> None:
    turns(app)
    change(app, Periodic, next_due=utcnow() + timedelta(days=400))
    assert turns(app) == [TIDY]
    [row] = rows(app, Periodic)
    assert row.next_due <= utcnow() + timedelta(seconds=60)


def test_a_turn_that_is_rolled_back_is_still_due(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError), unit_of_work():
        periodic.start_turns(EVERY)  # a unit of work cannot be nested
    assert not rows(app, OutboxMessage) and turns(app) == [TIDY]


@on_sqlite
def test_a_worker_starts_turns_by_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done = Worker(app)
    monkeypatch.setattr(worker, "EVERY", EVERY)
    monkeypatch.setitem(HANDLERS, TIDY, lambda _: done.stop())
    done.run()
    [message] = rows(app, OutboxMessage)
    assert (message.handler, message.status) == (TIDY, Status.DONE)


@on_sqlite
def test_whatever_comes_round_has_a_handler(app: Flask) -> None:
    assert set(reactions.EVERY) <= set(HANDLERS)
    assert all(seconds >= 1 for seconds in reactions.EVERY.values())
