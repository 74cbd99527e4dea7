"""Spaced review: what was passed comes back after days and weeks, five at a sitting, ungraded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lti_tool.db import utcnow
from lti_tool.grades.models import Grade
from lti_tool.quiz.models import Recall
from lti_tool.quiz.spacing import INTERVALS, after_answer
from tests.answers import right_form
from tests.browsers import Browser, text_of
from tests.databases import change, on_sqlite, rows
from tests.story import set_up, take_quiz
from tests.test_marking import mark, pages, write_text
from tests.test_practice import items_of_round

NewBrowser = Callable[[], Browser]
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def test_intervals_grow_with_right_answers_and_begin_again_after_a_slip() -> None:
    step, days = 0, []
    due: datetime | None = NOW + INTERVALS[0]
    while due is not None:
        days.append((due - NOW).days)
        step, due = after_answer(step, 1, NOW)
    assert days == [2, 7, 21, 56]
    assert after_answer(3, 0.67, NOW) == (0, NOW + timedelta(days=2))


@pytest.fixture
def passed(app: Flask, new_browser: NewBrowser) -> Browser:
    """A learner who has passed module 1."""
    instructor, learner = new_browser(), new_browser()
    set_up(instructor)
    learner.launch(sub="learner-1")
    take_quiz(app, learner)
    return learner


def test_reviews_are_planned_on_the_final_marking(app: Flask, new_browser: NewBrowser) -> None:
    teacher, learner = new_browser(), new_browser()
    set_up(teacher, module_id="M5", pass_percent="90")
    learner.launch(sub="ada")
    write_text(app, learner)
    assert rows(app, Recall) == []
    [page] = pages(teacher.get("/marking").text)
    mark(teacher, page, "r1", "r2", "r3", "r4")
    assert len(rows(app, Recall)) == 5


def test_a_passed_module_comes_back_after_two_days(app: Flask, passed: Browser) -> None:
    assert len(rows(app, Recall)) == 5
    page = text_of(passed.get("/practice").text)
    assert "Nothing is due for review. The next question comes back" in page
    assert passed.post("/practice", {"kind": "review"}).status_code == 409

    change(app, Recall, due_at=utcnow() - timedelta(hours=1))
    assert "Practise and review" in passed.get("/module").text
    assert "5 questions of modules that you passed are due" in text_of(passed.get("/practice").text)
    before = [(grade.score_given, grade.changed_at) for grade in rows(app, Grade)]
    assert passed.post("/practice", {"kind": "review"}).location.endswith("/practice/1/1")
    items = items_of_round(app)
    assert {item.pool for item in items} == {"practice"}
    for place, item in enumerate(items, 1):
        form = right_form(item) if place > 1 else {}
        assert passed.post(f"/practice/1/{place}", form).status_code == 303
    steps = {row.item_id: row.step for row in rows(app, Recall)}
    assert [steps[item.id] for item in items[1:]] == [1] * 4
    assert "1 question of a module that you passed is due" in text_of(passed.get("/practice").text)
    assert [(grade.score_given, grade.changed_at) for grade in rows(app, Grade)] == before


@on_sqlite
def test_an_item_leaves_after_the_last_interval(app: Flask, passed: Browser) -> None:
    change(app, Recall, due_at=utcnow() - timedelta(hours=1), step=3)
    passed.post("/practice", {"kind": "review"})
    item = items_of_round(app)[0]
    passed.post("/practice/1/1", right_form(item))
    [done] = rows(app, Recall, item_id=item.id)
    assert (done.step, done.due_at) == (4, None)


@on_sqlite
def test_nothing_comes_back_to_those_who_have_not_passed(
    app: Flask, new_browser: NewBrowser
) -> None:
    instructor, learner = new_browser(), new_browser()
    set_up(instructor)
    learner.launch(sub="learner-1")
    take_quiz(app, learner, right=1)
    take_quiz(app, instructor)
    assert rows(app, Recall) == []
    assert "due for review" not in learner.get("/practice").text
