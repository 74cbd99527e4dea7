"""The instructor looks at questions: who counts, what is kept apart, what each page says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool.analytics.item_analysis import analysed_items
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work
from lti_tool.quiz.models import Answer, Attempt
from tests.browsers import Browser, text_of
from tests.databases import rows
from tests.story import set_up, take_quiz

NewBrowser = Callable[[], Browser]


@pytest.fixture
def instructor(app: Flask, new_browser: NewBrowser) -> Browser:
    """A course in which one learner knows all, one nothing, and one tries twice."""
    instructor = new_browser()
    set_up(instructor)
    for sub, tries in (("knows-all", [None]), ("knows-little", [0]), ("tries-again", [3, None])):
        learner = new_browser()
        learner.launch(sub=sub)
        for right in tries:
            take_quiz(app, learner, right=right)
    return instructor


def test_first_and_later_attempts_stand_apart(app: Flask, instructor: Browser) -> None:
    first, later = instructor.get("/items"), instructor.get("/items?attempts=later")
    assert first.status_code == later.status_code == 200
    with app.app_context():
        placement = db.session.scalars(select(Placement)).one()
        counts = {
            which: sum(each.statistics.n for each in analysed_items(placement, which))
            for which in ("first", "later")
        }
    assert counts == {"first": 30, "later": 10}
    assert "Too few answers to judge" in text_of(first.text)


def test_the_page_of_a_question_shows_it_with_what_was_chosen(
    app: Flask, instructor: Browser
) -> None:
    attempt = rows(app, Attempt, number=1)[0]
    with app.app_context():
        items = catalogue.curriculum(attempt.version_id).item_by_id
    for item_id in attempt.item_ids:
        words = text_of(instructor.get(f"/items/{item_id}").text)
        assert " ".join(items[item_id].stem.split()) in words
        assert "too few to judge by" in words
    assert instructor.get("/items/M9-SC-001").status_code == 404


def test_previews_and_open_attempts_do_not_count(
    app: Flask, instructor: Browser, new_browser: NewBrowser
) -> None:
    before = instructor.get("/items").text
    take_quiz(app, instructor)
    learner = new_browser()
    learner.launch(sub="in-the-middle")
    assert learner.post("/quiz").status_code == 303
    assert instructor.get("/items").text == before


def test_an_answer_that_waits_to_be_marked_is_left_out(app: Flask, instructor: Browser) -> None:
    def met() -> int:
        placement = db.session.scalars(select(Placement)).one()
        return sum(each.statistics.n for each in analysed_items(placement, "first"))

    with app.app_context():
        before = met()
        waiting = db.session.scalars(select(Answer.id)).first()
        with unit_of_work():
            db.session.execute(update(Answer).where(Answer.id == waiting).values(points=None))
        assert met() == before - 1


def repair(instructor: Browser, item_id: str, kind: str) -> None:
    form = {"kind": kind, "reason": "It was ambiguous", "note": "", "confirmed": "1"}
    assert instructor.post(f"/items/{item_id}/repair", form).status_code == 303


def test_a_repaired_question_counts_as_repaired(app: Flask, instructor: Browser) -> None:
    credited, void = rows(app, Attempt, number=1)[1].item_ids[:2]
    repair(instructor, credited, "credit")
    repair(instructor, void, "void")
    with app.app_context():
        placement = db.session.scalars(select(Placement)).one()
        found = {each.item.id: each for each in analysed_items(placement, "first")}
    assert void not in found and found[credited].is_repaired
    facility = found[credited].statistics.facility
    assert facility is not None and facility.value == 1
    assert "has been repaired in your course" in instructor.get(f"/items/{credited}").text
