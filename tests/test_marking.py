"""People mark short texts by their rubric: the queue, the marks, the grade, what learners see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lti_tool.db import db, unit_of_work
from lti_tool.events import AnswerMarked, EventRecord
from lti_tool.grades.models import Grade
from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Answer, Attempt, ManualMark
from tests.answers import right_form
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite, rows
from tests.platforms import FakePlatform
from tests.scoring import make_due
from tests.story import set_up, settings

NewBrowser = Callable[[], Browser]
Work = Callable[[], None]
RUBRIC = "M5-ST-001"
TEXT = "Please agree to open the portal on 11 March."


def write_text(app: Flask, learner: Browser, text: str = TEXT, *, others_right: int = 99) -> None:
    """Take the quiz of module 5 with the question that a person marks among its questions."""
    assert learner.post("/quiz").status_code == 303
    with app.app_context(), unit_of_work():
        attempt = db.session.query(Attempt).order_by(Attempt.id.desc()).first()
        assert attempt is not None
        rest = [name for name in attempt.item_ids if name != RUBRIC]
        attempt.item_ids = [RUBRIC, *rest][: len(attempt.item_ids)]
        items, number = items_of(attempt), attempt.number
    token = learner.token()
    learner.post(f"/quiz/{number}/1", {f"{RUBRIC}.text": text}, token=token)
    for place, item in enumerate(items[1 : 1 + others_right], 2):
        learner.post(f"/quiz/{number}/{place}", right_form(item), token=token)
    assert learner.post(f"/quiz/{number}/submit", token=token).status_code == 303


@pytest.fixture
def people(app: Flask, new_browser: NewBrowser, work: Work) -> dict[str, Browser]:
    """An instructor, and two learners who have written a text."""
    found = {name: new_browser() for name in ("teacher", "ada", "ben")}
    set_up(found["teacher"], module_id="M5")
    for name in ("ada", "ben"):
        found[name].launch(sub=name, name=f"{name.title()} Learner")
        write_text(app, found[name], f"{TEXT} Yours, {name}.")
    work()
    return found


def pages(queue: str) -> list[str]:
    """The answers that a page of the queue leads to, in its order."""
    return [f"/marking/{number}" for number in re.findall(r"/marking/(\d+)", queue)]


def mark(teacher: Browser, page: str, *criteria: str, **more: str) -> Any:
    form = {"revision": "1", "criteria": list(criteria), "go": "next"} | more
    return teacher.post(page, form)


def test_answers_are_marked_one_after_the_other_and_grades_follow(
    app: Flask, people: dict[str, Browser], platform: FakePlatform, work: Work
) -> None:
    teacher = people["teacher"]
    assert {grade.state for grade in rows(app, Grade)} == {"awaits_marking"}
    assert not [score for score in platform.scores if score.get("scoreGiven") is not None]
    assert "2 attempts have answers that wait to be marked" in text_of(
        teacher.get("/learners").text
    )
    queue = teacher.get("/marking").text
    assert "2 answers wait to be marked" in text_of(queue)
    first, second = pages(queue)
    page = text_of(teacher.get(first).text)
    assert "1 of 2" in page and "Yours, ada." in page and "The decision wanted" in page
    assert "Please agree to open the customer portal" in page  # the model answer

    saved = mark(teacher, first, "r1", "r2", "r3", comment="Well put. Mind the length.")
    assert saved.status_code == 303 and second in saved.location
    make_due(app)
    work()
    assert (platform.scores[-1]["userId"], platform.scores[-1]["scoreGiven"]) == ("ada", 11.75)
    assert platform.scores[-1]["gradingProgress"] == "FullyGraded"
    last = mark(teacher, second)
    assert last.location.split("?")[0].endswith("/marking")
    make_due(app)
    work()
    assert (platform.scores[-1]["userId"], platform.scores[-1]["scoreGiven"]) == ("ben", 11)
    assert "Nothing waits to be marked" in text_of(teacher.get("/marking").text)


def test_marks_are_given_again_and_the_log_keeps_both(
    app: Flask, people: dict[str, Browser], platform: FakePlatform, work: Work
) -> None:
    teacher = people["teacher"]
    first, _ = pages(teacher.get("/marking").text)
    mark(teacher, first, "r1", "no such criterion")
    mark(teacher, first, "r1", "r2", "r3", "r4", go="stay", comment="All four after all.")
    assert first in pages(teacher.get("/marking").text)
    make_due(app)
    work()
    assert (platform.scores[-1]["userId"], platform.scores[-1]["scoreGiven"]) == ("ada", 12)
    logged = rows(app, EventRecord, name=AnswerMarked.__name__)
    assert [each.data["criteria"] for each in logged] == [["r1"], ["r1", "r2", "r3", "r4"]]
    [kept] = rows(app, ManualMark)
    assert kept.comment == "All four after all."


def test_the_learner_reads_criteria_and_comment_as_far_as_feedback_is_shown(
    app: Flask, people: dict[str, Browser]
) -> None:
    teacher, ada = people["teacher"], people["ada"]
    waits = text_of(ada.get("/quiz/1/result").text)
    assert "Some of your answers are marked by a person" in waits and "Not marked yet" in waits
    first, _ = pages(teacher.get("/marking").text)
    mark(teacher, first, "r1", comment="The value is missing.")
    result = text_of(ada.get("/quiz/1/result").text)
    assert "The value is missing." in result and "Met" in result
    assert "Say what the organisation gains" in result
    shut = dict.fromkeys(("feedback_after", "feedback_later", "feedback_closed"), "score")
    settings(teacher, module_id="M5", **shut)
    result = text_of(ada.get("/quiz/1/result").text)
    assert "The value is missing." not in result and "Say what the organisation" not in result


@on_sqlite
def test_names_are_hidden_and_learners_are_kept_together(
    people: dict[str, Browser],
) -> None:
    teacher = people["teacher"]
    by_name = text_of(teacher.get("/marking?by=learner").text)
    assert "Ada Learner" in by_name and "Ben Learner" in by_name
    for path in ("/marking?names=hidden", "/marking?by=learner&names=hidden"):
        page = teacher.get(path)
        assert "Ada" not in page.text and "Ben Learner" not in page.text
        one = teacher.get(f"{pages(page.text)[0]}?names=hidden").text
        assert "Ada" not in one and "names=hidden" in one


@on_sqlite
def test_what_cannot_be_marked_is_refused(app: Flask, people: dict[str, Browser]) -> None:
    teacher = people["teacher"]
    first, _ = pages(teacher.get("/marking").text)
    assert mark(teacher, first, "r1", revision="7").status_code == 409
    assert mark(teacher, first, "r1", comment="x" * 2001).status_code == 422
    assert mark(teacher, first, "r1", revision="").status_code == 422
    assert mark(teacher, "/marking/99999", "r1").status_code == 404
    keyed = next(each.id for each in rows(app, Answer) if each.item_id != RUBRIC)
    assert teacher.get(f"/marking/{keyed}").status_code == 404
    assert people["ada"].get(first).status_code == 403
    assert not rows(app, ManualMark)


@on_sqlite
def test_a_question_taken_out_waits_no_longer(app: Flask, people: dict[str, Browser]) -> None:
    teacher = people["teacher"]
    form = {"kind": "void", "reason": "Out of date", "confirmed": "1"}
    assert teacher.post(f"/items/{RUBRIC}/repair", form).status_code == 303
    assert "Nothing waits to be marked" in text_of(teacher.get("/marking").text)
    assert {grade.state for grade in rows(app, Grade)} == {"graded"}
    assert {float(grade.score_maximum) for grade in rows(app, Grade)} == {11.0}


@on_sqlite
def test_nobody_has_passed_before_all_is_marked(people: dict[str, Browser]) -> None:
    teacher, ada = people["teacher"], people["ada"]
    assert "You have passed" not in text_of(ada.get("/module").text)
    assert "not passed" in text_of(teacher.get("/learners").text)
    first, _ = pages(teacher.get("/marking").text)
    mark(teacher, first, "r1")
    assert "You have passed" in text_of(ada.get("/module").text)
