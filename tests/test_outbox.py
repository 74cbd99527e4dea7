"""The outbox: nothing lost, nothing twice, and no message that holds up the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import leases, outbox
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.outbox import OutboxMessage, Status
from lti_tool.reactions import HANDLERS
from lti_tool.running import run_message
from lti_tool.worker import Worker, claim_due
from tests.databases import change, on_sqlite, rows
from tests.scoring import make_due

SAY = "say"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What the handler "say" was asked for."""
    heard: list[int] = []
    monkeypatch.setitem(HANDLERS, SAY, heard.append)
    yield heard


def add(app: Flask, *subjects: int, handler: str = SAY) -> None:
    with app.app_context(), unit_of_work():
        for subject in subjects:
            outbox.add(handler, subject)


def run(app: Flask) -> None:
    Worker(app).run(until_idle=True)


def statuses(app: Flask) -> Counter[str]:
    return Counter(message.status for message in rows(app, OutboxMessage))


def test_equal_messages_that_wait_become_one(app: Flask, said: list[int]) -> None:
    add(app, 1, 1, 2)
    add(app, 1)
    run(app)
    assert sorted(said) == [1, 2]
    add(app, 1)
    run(app)
    assert sorted(said) == [1, 1, 2]


def test_a_message_that_is_running_does_not_swallow_a_new_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed while a handler ran must be looked at again."""
    seen: list[int] = []

    def ask_again(subject: int) -> None:
        seen.append(subject)
        if len(seen) == 1:
            with unit_of_work():
                outbox.add(SAY, subject)

    monkeypatch.setitem(HANDLERS, SAY, ask_again)
    add(app, 1)
    run(app)
    assert seen == [1, 1] and statuses(app) == {Status.DONE: 2}


def test_what_is_rolled_back_leaves_no_message(app: Flask, said: list[int]) -> None:
    with app.app_context(), pytest.raises(ZeroDivisionError), unit_of_work():
        outbox.add(SAY, 1)
        _ = 1 / 0
    run(app)
    assert said == [] and not rows(app, OutboxMessage)


def test_eight_workers_claim_two_hundred_messages_and_none_twice(app: Flask) -> None:
    add(app, *range(200))
    claimed: list[int] = []
    faults: list[BaseException] = []

    def claim_all() -> None:
        try:
            while messages := claim_due(app, 5):
                claimed.extend(message.id for message in messages)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=claim_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(claimed) == len(set(claimed)) == 200
    assert statuses(app) == {Status.RUNNING: 200}


def test_the_message_of_a_worker_that_died_is_claimed_again(app: Flask, said: list[int]) -> None:
    add(app, 1)
    [claimed] = claim_due(app, 1)
    assert claimed.tries == 1 and claim_due(app, 1) == ()
    [message] = rows(app, OutboxMessage)
    assert message.leased_until is not None
    assert timedelta(seconds=20) < message.leased_until - utcnow() <= timedelta(seconds=30)

    change(app, OutboxMessage, leased_until=utcnow() - timedelta(seconds=1))
    run(app)
    assert said == [1]
    [message] = rows(app, OutboxMessage)
    assert (message.status, message.tries, message.leased_until) == (Status.DONE, 2, None)
    assert message.failure == "lost" and message.finished_at is not None


def test_a_message_that_ends_its_worker_again_and_again_waits_longer(app: Flask) -> None:
    add(app, 1)
    for tries in (1, 2, 3):
        make_due(app)
        [claimed] = claim_due(app, 1)
        assert claimed.tries == tries
        change(app, OutboxMessage, leased_until=utcnow() - timedelta(seconds=1))
        with app.app_context():
            assert outbox.take_back() == 1
    [message] = rows(app, OutboxMessage)
    assert message.due_at - utcnow() > timedelta(seconds=7)


def test_a_worker_that_was_taken_over_settles_nothing(app: Flask, said: list[int]) -> None:
    add(app, 1)
    [lost] = claim_due(app, 1)
    change(app, OutboxMessage, leased_until=utcnow() - timedelta(seconds=1))
    with app.app_context():
        outbox.take_back()
    [taken_over] = claim_due(app, 1)
    with app.app_context(), unit_of_work():
        assert not outbox.finish(lost) and not outbox.postpone(lost, "retry", "down")
        outbox.prolong([lost])
    assert statuses(app) == {Status.RUNNING: 1}
    with app.app_context(), unit_of_work():
        assert outbox.finish(taken_over)
    assert statuses(app) == {Status.DONE: 1}


def test_slow_work_keeps_its_lease(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEATS_A_LEASE", 300)
    seen: list[int] = []

    def work(subject: int) -> None:
        seen.append(subject)
        change(app, OutboxMessage, leased_until=utcnow() + timedelta(seconds=10))
        pause = threading.Event()
        for _ in range(100):
            [message] = rows(app, OutboxMessage)
            if message.leased_until and message.leased_until > utcnow() + timedelta(seconds=15):
                return
            pause.wait(0.1)
        raise AssertionError("nobody prolonged the lease")

    monkeypatch.setitem(HANDLERS, SAY, work)
    add(app, 1)
    run(app)
    assert seen == [1] and statuses(app) == {Status.DONE: 1}


def test_a_poisonous_message_holds_up_nobody(
    app: Flask, said: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def choke(subject: int) -> None:
        raise ZeroDivisionError(f"poison {subject}")

    monkeypatch.setitem(HANDLERS, "choke", choke)
    add(app, 0, handler="choke")
    add(app, 0, handler="nobody knows this")
    add(app, *range(20))
    run(app)
    assert sorted(said) == list(range(20))
    assert statuses(app) == {Status.WAITING: 2, Status.DONE: 20}
    [choked] = rows(app, OutboxMessage, handler="choke")
    assert choked.last_error == "ZeroDivisionError('poison 0')" and choked.due_at > utcnow()


def test_an_error_of_any_text_can_be_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def choke(_: int) -> None:
        raise ValueError("a\x00b" + "x" * 10_000)

    monkeypatch.setitem(HANDLERS, SAY, choke)
    add(app, 1)
    run(app)
    [message] = rows(app, OutboxMessage)
    assert message.status == Status.WAITING
    assert message.last_error and len(message.last_error) <= 500


def test_what_time_cannot_cure_is_dead_until_a_person_retries_it(
    app: Flask, said: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise PlatformError("needs admin", "The key is not known there.")

    monkeypatch.setitem(HANDLERS, "refuse", refuse)
    add(app, 7, handler="refuse")
    run(app)
    [message] = rows(app, OutboxMessage)
    assert (message.status, message.last_error) == (Status.DEAD, "The key is not known there.")
    run(app)
    assert message.tries == 1

    monkeypatch.setitem(HANDLERS, "refuse", said.append)
    with app.app_context(), unit_of_work():
        assert outbox.retry_dead() == 1
    run(app)
    assert said == [7] and Status.DEAD not in statuses(app)


def test_a_message_of_another_version_waits_a_while_and_is_then_dead(app: Flask) -> None:
    add(app, 1, handler="renamed")
    run(app)
    [message] = rows(app, OutboxMessage)
    assert message.status == Status.WAITING  # a newer worker may be about to start
    change(app, OutboxMessage, created_at=utcnow() - timedelta(hours=2))
    make_due(app)
    run(app)
    [message] = rows(app, OutboxMessage)
    assert (message.status, message.failure) == (Status.DEAD, "never")
    assert message.last_error and "no handler named renamed" in message.last_error


def test_asking_again_does_not_cut_a_wait_short_but_a_person_can(
    app: Flask, said: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: int) -> None:
        raise PlatformError("wait", "Busy.", 600)

    monkeypatch.setitem(HANDLERS, SAY, busy)
    add(app, 1)
    run(app)
    monkeypatch.setitem(HANDLERS, SAY, said.append)
    add(app, 1)
    run(app)
    assert said == []
    with app.app_context(), unit_of_work():
        outbox.hurry(SAY, 1)
    run(app)
    assert said == [1] and statuses(app) == {Status.DONE: 1}


def test_two_dead_messages_of_one_kind_make_one_new_start(app: Flask, said: list[int]) -> None:
    add(app, 1)
    change(app, OutboxMessage, status=Status.DEAD)
    add(app, 1)
    change(app, OutboxMessage, status=Status.DEAD)
    with app.app_context(), unit_of_work():
        assert outbox.retry_dead() == 2
    run(app)
    assert said == [1]


def test_a_postponed_message_steps_back_for_a_newer_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def ask_again_and_fail(subject: int) -> None:
        seen.append(subject)
        with unit_of_work():
            outbox.add(SAY, subject)
        raise PlatformError("retry", "down")

    monkeypatch.setitem(HANDLERS, SAY, ask_again_and_fail)
    add(app, 1)
    with app.app_context():
        [message] = claim_due(app, 1)
        run_message(message)
    assert statuses(app) == {Status.DONE: 1, Status.WAITING: 1}
    newer = rows(app, OutboxMessage)[-1]
    assert newer.due_at > utcnow() and newer.last_error == "down"  # it waits for both
    monkeypatch.setitem(HANDLERS, SAY, seen.append)
    make_due(app)
    run(app)
    assert seen == [1, 1] and statuses(app) == {Status.DONE: 2}


@on_sqlite
def test_waits_double_up_to_an_hour_with_some_jitter(app: Flask) -> None:
    for tries, seconds in [(1, 2), (2, 4), (5, 32), (12, 3600), (500, 3600)]:
        waits = {outbox.back_off_seconds(tries) for _ in range(50)}
        assert all(seconds <= wait <= seconds * 1.25 for wait in waits)
        assert len(waits) > 10


@on_sqlite
def test_a_message_that_is_not_due_waits(app: Flask, said: list[int]) -> None:
    add(app, 1)
    change(app, OutboxMessage, due_at=utcnow() + timedelta(seconds=60))
    run(app)
    assert said == []
    make_due(app)
    run(app)
    assert said == [1]


def test_a_slow_message_does_not_hold_up_the_others(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(LTI_TOOL_WORKER_THREADS="2")
    others_done, seen = threading.Event(), []

    def work(subject: int) -> None:
        if subject == 0:
            assert others_done.wait(10)
        seen.append(subject)
        if len(seen) == 5:
            others_done.set()

    monkeypatch.setitem(HANDLERS, SAY, work)
    add(app, *range(6))
    run(app)
    assert seen[-1] == 0 and statuses(app) == {Status.DONE: 6}


@on_sqlite
def test_a_stopped_worker_finishes_what_runs_and_claims_no_more(
    app: Flask, said: list[int]
) -> None:
    add(app, 1)
    worker = Worker(app)
    worker.stop()
    worker.run()
    assert said == [] and statuses(app) == {Status.WAITING: 1}
