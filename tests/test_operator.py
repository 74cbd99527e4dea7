"""What the operator sees: metrics, readiness, commands; and what goes by age."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lti_tool import db, outbox
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.launch.models import Launch
from lti_tool.lti.models import LoginState
from lti_tool.outbox import Lane, OutboxMessage, Status
from lti_tool.reactions import HANDLERS
from lti_tool.running import run_message
from lti_tool.upkeep import mend_clock, prune
from lti_tool.worker import Worker, claim_due
from tests.browsers import Browser
from tests.conftest import register
from tests.databases import change, on_sqlite, rows
from tests.platforms import Answer, FakePlatform
from tests.story import set_up, take_quiz

TOKEN = "a token for metrics"
NewBrowser = Callable[[], Browser]


def run_cli(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=["outbox", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def add(app: Flask, *subjects: int, handler: str = "say") -> None:
    with app.app_context(), unit_of_work():
        for subject in subjects:
            outbox.add(handler, subject)


def test_metrics_say_how_work_and_platforms_fare(
    make_app: Callable[..., Flask], platform: FakePlatform
) -> None:
    app = make_app(LTI_TOOL_TRUSTED_ORIGINS=platform.url, LTI_TOOL_METRICS_TOKEN=TOKEN)
    register(app, platform)
    platform.answer_scores = lambda _: Answer(503)
    set_up(Browser(app, platform))
    learner = Browser(app, platform)
    learner.launch()
    take_quiz(app, learner, right=1)
    Worker(app).run(until_idle=True)

    text = metrics(app, TOKEN)
    assert 'pmo_bridge_outbox_messages{handler="deliver_score",status="waiting"} 1.0' in text
    assert 'pmo_bridge_outbox_oldest_seconds{handler="deliver_score",status="waiting"}' in text
    assert 'pmo_bridge_deliveries{state="retrying"} 1.0' in text
    assert 'pmo_bridge_launches_24h{reason="",status="launched"} 2.0' in text
    assert 'name="Fake platform",registration="1",state="flowing"} 1.0' in text
    assert "learner" not in text  # nothing about people


def metrics(app: Flask, token: str) -> str:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    return answer.text if answer.status_code == 200 else str(answer.status_code)


@on_sqlite
def test_metrics_are_for_those_who_have_the_token(make_app: Callable[..., Flask]) -> None:
    app = make_app(LTI_TOOL_METRICS_TOKEN=TOKEN)
    assert metrics(app, "guessed") == metrics(app, "") == metrics(app, "Ä") == "401"
    assert metrics(make_app(), "") == "404"


def test_readiness_ends_when_work_is_stuck(app: Flask) -> None:
    ready = app.test_client()
    add(app, 1)
    change(app, OutboxMessage, due_at=utcnow() - timedelta(minutes=9))
    assert ready.get("/readyz").status_code == 200
    change(app, OutboxMessage, due_at=utcnow() - timedelta(minutes=25))
    answer = ready.get("/readyz")
    assert answer.status_code == 503 and answer.json is not None
    assert answer.json["status"] == "work has been stuck for 25 minutes; is a worker running?"
    for held in ({"paused_until": utcnow() + timedelta(hours=1)}, {"failures": 9}):
        change(app, Lane, **held)  # the platform's trouble is not ours
        assert ready.get("/readyz").status_code == 200
        change(app, Lane, failures=0, paused_until=None)
    change(app, OutboxMessage, status=Status.DEAD)
    assert ready.get("/readyz").status_code == 200


def test_the_commands_list_retry_and_drop_what_is_dead(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise PlatformError("needs admin", "The key is not known there.")

    monkeypatch.setitem(HANDLERS, "say", refuse)
    monkeypatch.setitem(HANDLERS, "tell", refuse)
    add(app, 1, 2)
    add(app, 3, handler="tell")
    for message in claim_due(app, 9):
        with app.app_context():
            run_message(message)

    status = run_cli(app, "status")
    assert "dead     3" in status and "say: 2 dead, the oldest for" in status
    assert "dead: 2 x say: needs admin: The key is not known there." in status
    [first, second] = rows(app, OutboxMessage, handler="say")
    dead = run_cli(app, "dead", "--handler", "say")
    assert [line.split()[0] for line in dead.splitlines()] == [str(second.id), str(first.id)]
    assert "say(2)" in dead and "after 1 tries  needs admin: The key" in dead

    assert run_cli(app, "retry", str(first.id)) == "1 messages are on their way again.\n"
    assert run_cli(app, "retry", "--handler", "tell") == "1 messages are on their way again.\n"
    assert run_cli(app, "drop", str(second.id), "999") == "1 messages were given up.\n"
    assert run_cli(app, "dead") == ""
    assert "waiting  2" in run_cli(app, "status")


def test_the_status_names_a_platform_in_trouble(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform
) -> None:
    set_up(new_browser())
    learner = new_browser()
    learner.launch()
    take_quiz(app, learner, right=1)
    assert "platform Fake platform: flowing" in run_cli(app, "status")
    change(app, Lane, failures=7, reason="No answer.")
    assert "Fake platform: probing, 7 failures in a row: No answer." in run_cli(app, "status")
    change(app, Lane, paused_until=utcnow() + timedelta(minutes=5))
    assert "Fake platform: paused until" in run_cli(app, "status")


def test_what_is_past_its_use_goes_by_age(
    app: Flask, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BATCH", 10)
    set_up(new_browser())
    add(app, *range(25))
    old = utcnow() - timedelta(days=31)
    change(app, OutboxMessage, status=Status.DONE, finished_at=old)
    change(app, Launch, created_at=old)
    change(app, LoginState, created_at=old)
    add(app, 1)
    learner = new_browser()
    learner.launch()
    with app.app_context():
        prune(0)
    assert [message.status for message in rows(app, OutboxMessage, handler="say")] == [
        Status.WAITING
    ]
    assert len(rows(app, Launch)) == len(rows(app, LoginState)) == 2  # one of them still lasts

    change(app, Launch, expires_at=old)
    with app.app_context():
        prune(0)
    assert len(rows(app, Launch)) == len(rows(app, LoginState)) == 1


def test_a_clock_that_was_set_back_locks_nothing_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[int] = []
    monkeypatch.setitem(HANDLERS, "say", said.append)
    add(app, 1)
    tomorrow = utcnow() + timedelta(days=1)
    change(app, OutboxMessage, due_at=tomorrow, created_at=tomorrow)
    with app.app_context():
        mend_clock(0)
    Worker(app).run(until_idle=True)
    assert said == [1]
