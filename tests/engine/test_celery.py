"""The distributed engine: real workers on real brokers bring every score home."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.broker import RUN_MESSAGE, make_celery, queue_name
from lti_tool.outbox import OutboxMessage, Status
from lti_tool.worker import Worker
from tests.browsers import Browser
from tests.conftest import environ_for, register
from tests.databases import rows
from tests.engine.brokers import Broker, broker, celery, wait_until
from tests.platforms import FakePlatform
from tests.story import set_up, take_quiz

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
MakeApp = Callable[..., Flask]


@pytest.fixture(params=["rabbitmq", "redis"])
def real_broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    with broker(request.param) as found:
        yield found


def hand_in(app: Flask, platform: FakePlatform) -> None:
    set_up(Browser(app, platform))
    learner = Browser(app, platform)
    learner.launch()
    take_quiz(app, learner)


@on_postgresql
def test_scores_arrive_though_a_worker_is_killed_in_the_midst(
    make_app: MakeApp, database: str, platform: FakePlatform, real_broker: Broker, tmp_path: Path
) -> None:
    """The first worker dies while the platform has the score in hand; another takes it up."""
    log, called, go_on = tmp_path / "celery.log", threading.Event(), threading.Event()
    settings = real_broker.settings() | {
        "LTI_TOOL_TRUSTED_ORIGINS": platform.url,
        "LTI_TOOL_LEASE_SECONDS": "3",
    }
    app, environ = make_app(**settings), environ_for(database, **settings)
    register(app, platform)

    def hold(_: object) -> None:
        called.set()
        go_on.wait(20)

    platform.answer_scores = hold
    with ExitStack() as stack:
        first = stack.enter_context(celery(environ, log, "worker"))
        hand_in(app, platform)
        wait_until(called.is_set, [first], log)
        first.send_signal(signal.SIGKILL)
        platform.answer_scores = lambda _: None
        running = [
            stack.enter_context(celery(environ, log, "worker")),
            stack.enter_context(celery(environ, log, "beat")),
        ]
        wait_until(lambda: _all_done(app), running, log)
        go_on.set()
    assert {score["scoreGiven"] for score in platform.scores} == {10.0}
    [message] = rows(app, OutboxMessage, handler="deliver_score")
    assert message.tries == 2


@on_postgresql
def test_a_task_that_is_delivered_again_and_again_sends_one_score(
    make_app: MakeApp, database: str, platform: FakePlatform, tmp_path: Path
) -> None:
    log = tmp_path / "celery.log"
    with broker("redis") as real_broker, ExitStack() as stack:
        settings = real_broker.settings() | {"LTI_TOOL_TRUSTED_ORIGINS": platform.url}
        app = make_app(**settings)
        register(app, platform)
        hand_in(app, platform)
        [message] = rows(app, OutboxMessage, handler="deliver_score")
        config = app.config["LTI_TOOL"]
        sender = make_celery(config)
        for _ in range(20):
            sender.send_task(RUN_MESSAGE, (message.id,), queue=queue_name(config, "scores"))
        environ = environ_for(database, **settings)
        worker = stack.enter_context(celery(environ, log, "worker"))
        wait_until(lambda: _all_done(app), [worker], log)
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    assert len(platform.scores) == 1


@on_postgresql
def test_a_broker_that_is_down_keeps_no_score_from_being_saved(
    make_app: MakeApp, platform: FakePlatform
) -> None:
    nobody = Broker("amqp://127.0.0.1:1", "test_nobody")
    app = make_app(**nobody.settings(), LTI_TOOL_TRUSTED_ORIGINS=platform.url)
    register(app, platform)
    hand_in(app, platform)
    [message] = rows(app, OutboxMessage, handler="deliver_score")
    assert message.status == Status.WAITING
    Worker(app).run(until_idle=True)  # any engine can go on with what another left
    assert len(platform.scores) == 1


def _all_done(app: Flask) -> bool:
    messages = rows(app, OutboxMessage)
    return bool(messages) and all(message.status == Status.DONE for message in messages)
