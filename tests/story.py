"""What people do in a course, as steps that the stories of the tests are told with."""

from __future__ import annotations

from flask import Flask

from lti_tool.db import db
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Attempt
from tests.answers import right_form
from tests.browsers import Browser

SETTINGS = {"module_id": "M1", "attempts_allowed": "3", "pass_percent": "80"}


def set_up(instructor: Browser, link: str = "link-1", **settings: str) -> None:
    """An instructor launches a new link and places a module."""
    instructor.launch(sub="teacher-1", role="Instructor", link=link)
    answer = instructor.post("/settings", SETTINGS | settings)
    assert answer.status_code == 303, answer.text


def settings(instructor: Browser, **changes: str) -> None:
    """The instructor saves the settings again, with changes."""
    answer = instructor.post("/settings", SETTINGS | changes)
    assert answer.status_code == 303, answer.text


def take_quiz(app: Flask, learner: Browser, *, right: int | None = None) -> int:
    """Begin an attempt, answer the first `right` questions rightly (None: all), hand in.

    Returns the attempt's number.
    """
    answer = learner.post("/quiz")
    assert answer.status_code == 303, answer.text
    number = int(answer.location.split("/")[4])
    with app.app_context():
        attempt = db.session.query(Attempt).order_by(Attempt.id.desc()).first()
        assert attempt is not None
        items = items_of(attempt)
    token = learner.token()
    for place, item in enumerate(items[: len(items) if right is None else right], 1):
        saved = learner.post(f"/quiz/{number}/{place}", right_form(item), token=token)
        assert saved.status_code == 303, saved.text
    answer = learner.post(f"/quiz/{number}/submit", token=token)
    assert answer.status_code == 303, answer.text
    return number
