"""Each platform has a lane: so many calls at once, a rest when it is in trouble."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.outbox import Claimed, Lane, OutboxMessage, Status, add, breaker
from lti_tool.reactions import HANDLERS, LANE_OF
from lti_tool.running import run_message
from lti_tool.worker import Worker, claim_due
from tests.databases import change, rows
from tests.scoring import make_due

CALL = "call"
OTHER_PLATFORM = 1000


class Platforms:
    """What "call" reaches: subjects below 1000 lie on platform 1, the others on platform 2."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.called: list[int] = []
        self.error: PlatformError | None = None

    def call(self, subject: int) -> None:
        self.called.append(subject)
        breaker.note_answer(answered=self.error is None or self.error.kind != "retry")
        if self.error is not None and subject < OTHER_PLATFORM:
            raise self.error

    def ask(self, *subjects: int) -> None:
        with self.app.app_context(), unit_of_work():
            for subject in subjects:
                add(CALL, subject)

    def claim(self, limit: int = 50) -> Counter[int]:
        return Counter(message.lane_id for message in claim_due(self.app, limit))

    def run_one(self) -> Claimed | None:
        for message in claim_due(self.app, 1):
            with self.app.app_context():
                run_message(message)
            return message
        return None

    def run(self) -> list[int]:
        """Work until idle; returns what was called, in order."""
        self.called.clear()
        Worker(self.app).run(until_idle=True)
        return sorted(self.called)

    def lane(self) -> Lane:
        [lane] = rows(self.app, Lane, id=1)
        return lane


@pytest.fixture
def platforms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Platforms:
    made = Platforms(app)
    monkeypatch.setitem(HANDLERS, CALL, made.call)
    monkeypatch.setitem(LANE_OF, CALL, lambda subject: 1 if subject < OTHER_PLATFORM else 2)
    return made


def end_waits(app: Flask) -> None:
    """The messages' own waits, not the platform's pause."""
    change(app, OutboxMessage, due_at=utcnow() - timedelta(seconds=1))


def test_a_platform_gets_so_many_calls_at_once(platforms: Platforms) -> None:
    platforms.ask(*range(10), *range(OTHER_PLATFORM, OTHER_PLATFORM + 3))
    assert platforms.claim() == {1: 4, 2: 3}
    assert platforms.claim() == {}


def test_however_many_workers_claim(platforms: Platforms) -> None:
    platforms.ask(*range(30))
    claimed: list[Counter[int]] = []
    threads = [threading.Thread(target=lambda: claimed.append(platforms.claim())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claimed, Counter()) == {1: 4}


def test_work_without_a_platform_has_no_limit(platforms: Platforms) -> None:
    with platforms.app.app_context(), unit_of_work():
        for subject in range(20):
            add("something of our own", subject)
    assert platforms.claim(12) == {0: 12}


def test_a_platform_that_is_down_is_probed_not_hammered(platforms: Platforms) -> None:
    app = platforms.app
    platforms.error = PlatformError("retry", "The platform could not be reached.")
    platforms.ask(*range(30), OTHER_PLATFORM)
    called = platforms.run()
    assert called.count(OTHER_PLATFORM) == 1 and 5 <= len(called) - 1 <= 8
    assert platforms.lane().failures == breaker.OPEN_FROM
    assert platforms.lane().reason == "The platform could not be reached."

    for probes in (1, 2, 3):
        make_due(app)
        assert len(platforms.run()) == 1
        assert platforms.lane().failures == breaker.OPEN_FROM + probes
    paused_until = platforms.lane().paused_until
    assert paused_until is not None
    assert timedelta(seconds=31) < paused_until - utcnow() <= timedelta(seconds=40)


def test_when_it_is_back_all_that_waited_goes_at_once(platforms: Platforms) -> None:
    platforms.error = PlatformError("retry", "Down.")
    platforms.ask(*range(12))
    platforms.run()
    platforms.error = None
    change(platforms.app, Lane, paused_until=utcnow() - timedelta(seconds=1))
    assert platforms.run() == list(range(12))
    assert (platforms.lane().failures, platforms.lane().paused_until) == (0, None)


def test_failures_that_do_not_follow_each_other_close_nothing(platforms: Platforms) -> None:
    for subject in range(12):
        platforms.error = None if subject % 3 == 2 else PlatformError("retry", "A hiccup.")
        platforms.ask(subject)
        assert platforms.run_one() is not None
    assert platforms.lane().failures == 0 and platforms.lane().paused_until is None


@pytest.mark.parametrize("seconds", [90.0, 3600.0])
def test_a_pause_that_a_platform_asks_for_holds_for_all_its_messages(
    platforms: Platforms, seconds: float
) -> None:
    platforms.error = PlatformError("wait", "Too many.", seconds, platform_wide=True)
    platforms.ask(0)
    platforms.run()
    platforms.error = None
    platforms.ask(0, 1, 2, OTHER_PLATFORM)
    end_waits(platforms.app)
    assert platforms.run() == [OTHER_PLATFORM]
    paused_until = platforms.lane().paused_until
    assert paused_until is not None
    assert timedelta(seconds=seconds - 5) < paused_until - utcnow() <= timedelta(seconds=seconds)
    make_due(platforms.app)
    assert platforms.run() == [0, 1, 2]


def test_a_refusal_of_one_message_is_no_trouble_of_the_platform(platforms: Platforms) -> None:
    platforms.error = PlatformError("needs instructor", "The column is gone.")
    platforms.ask(*range(10))
    assert platforms.run() == list(range(10))
    assert platforms.lane().failures == 0


def test_a_platform_that_refuses_the_tool_as_a_whole_rests_and_loses_nothing(
    platforms: Platforms,
) -> None:
    """As where it gives no access token: a person has to cure that, once, not for each message."""
    refusal = PlatformError("needs admin", "No access token (401).", platform_wide=True)
    platforms.error = refusal
    platforms.ask(*range(30))
    assert len(platforms.run()) <= 4
    for _ in range(breaker.OPEN_FROM):
        make_due(platforms.app)
        platforms.run()
    assert len(platforms.called) == 1 and platforms.lane().reason == str(refusal)
    assert {each.status for each in rows(platforms.app, OutboxMessage)} == {Status.WAITING}

    platforms.error = None
    answer = platforms.app.test_cli_runner().invoke(args=["outbox", "retry"])
    assert "tried again now: 1" in answer.output
    assert platforms.run() == list(range(30))


def test_work_that_called_no_platform_says_nothing_of_it(
    platforms: Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a delivery of a grade that is there already."""
    platforms.error = PlatformError("retry", "Down.")
    platforms.ask(1)
    assert platforms.run_one() is not None
    monkeypatch.setitem(HANDLERS, CALL, lambda _subject: None)
    platforms.ask(2)
    assert platforms.run_one() is not None
    assert platforms.lane().failures == 1


def test_a_pause_set_by_a_clock_far_ahead_ends(platforms: Platforms) -> None:
    platforms.ask(1)
    change(platforms.app, Lane, paused_until=utcnow() + timedelta(days=30))
    assert platforms.run() == [1]


def test_a_fault_of_ours_leaves_the_lane_open(
    platforms: Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choke(_: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(HANDLERS, CALL, choke)
    platforms.ask(*range(9))
    platforms.run()
    assert platforms.lane().failures == 0
    assert {message.failure for message in rows(platforms.app, OutboxMessage)} == {"fault"}


def test_pauses_double_up_to_an_hour_with_some_jitter() -> None:
    for failures, seconds in [(1, 4), (5, 4), (7, 16), (15, 3600), (500, 3600)]:
        pauses = {breaker.pause_seconds(failures) for _ in range(50)}
        assert all(seconds <= pause <= seconds * 1.25 for pause in pauses)
        assert len(pauses) > 10


def test_a_limit_of_one(make_app: Callable[..., Flask], platforms: Platforms) -> None:
    platforms.app = make_app(LTI_TOOL_PLATFORM_CALLS="1")
    platforms.ask(1, 2, 3)
    assert platforms.claim() == {1: 1}
    assert [message.status for message in rows(platforms.app, OutboxMessage)].count(
        Status.WAITING
    ) == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_limit_holds_whatever_plan_the_database_makes(platforms: Platforms) -> None:
    """It may look up the chosen messages anew for each that waits, and each time find others."""
    with platforms.app.app_context():
        engine = db.engine

    @event.listens_for(engine, "connect")
    def plan_badly(connection: Any, _: object) -> None:
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            connection.execute(f"SET enable_{way} = off")

    engine.dispose()
    platforms.ask(*range(10))
    assert platforms.claim() == {1: 4}
