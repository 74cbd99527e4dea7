"""Attempts under forms that come late, twice, or with what was not asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from lti_tool.db import db
from lti_tool.events import EventRecord
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Answer, Attempt
from tests.answers import right_form
from tests.browsers import Browser
from tests.databases import on_sqlite, rows
from tests.platforms import FakePlatform
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]


@pytest.fixture
def learner(app: Flask, new_browser: NewBrowser) -> Browser:
    """A learner with one attempt handed in and another open."""
    set_up(new_browser())
    learner = new_browser()
    learner.launch()
    take_quiz(app, learner, right=1)
    assert learner.post("/quiz").status_code == 303
    return learner


def test_what_comes_too_late_or_was_not_asked_is_refused(app: Flask, learner: Browser) -> None:
    with app.app_context():
        finished, opened = db.session.query(Attempt).order_by(Attempt.number)
        item, foreign = items_of(opened)[0], items_of(finished)[0]
    token = learner.token()
    strange = {f"{foreign.id}.choice": "a", "M9-XX-999.choice": "a"}
    assert learner.post("/quiz/2/1", strange, token=token).status_code == 303
    assert not [
        each
        for each in rows(app, Answer)
        if each.item_id not in opened.item_ids and each.attempt_id == opened.id
    ]

    for answer in (
        learner.post("/quiz/1/1", right_form(item), token=token),
        learner.post("/quiz/1/1", right_form(item), token=token, Accept="application/json"),
    ):
        assert answer.status_code == 409
        assert "has been handed in" in answer.text
    assert learner.post("/quiz/2/11", right_form(item), token=token).status_code == 404


def test_handing_in_twice_is_handing_in_once(app: Flask, learner: Browser) -> None:
    token = learner.token()
    before = rows(app, Attempt)[0]
    for number in (1, 2, 2):
        answer = learner.post(f"/quiz/{number}/submit", token=token)
        assert answer.status_code == 303 and answer.location.endswith(f"/{number}/result")
    events = rows(app, EventRecord, name="AttemptSubmitted")
    assert [event.data["number"] for event in events] == [1, 2]
    after = rows(app, Attempt)[0]
    assert (after.submitted_at, after.score_given) == (before.submitted_at, before.score_given)


@on_sqlite
def test_beginning_twice_is_beginning_once(app: Flask, learner: Browser) -> None:
    answers = [learner.post("/quiz") for _ in range(3)]
    assert {answer.location.split("/")[4] for answer in answers} == {"2"}
    assert len(rows(app, Attempt)) == 2


@on_sqlite
def test_no_more_attempts_than_allowed(
    app: Flask, new_browser: NewBrowser, platform: FakePlatform
) -> None:
    set_up(new_browser(), attempts_allowed="1")
    learner = new_browser()
    learner.launch()
    token = learner.token()
    take_quiz(app, learner, right=0)
    answer = learner.post("/quiz", token=token)
    assert answer.status_code == 409 and "used all your attempts" in answer.text
    assert len(rows(app, Attempt)) == 1
