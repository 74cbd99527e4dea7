"""Questions whose numbers vary: what is counted is what went wrong, not which number was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.analytics.numbers_given import outcome_of
from lti_tool.curriculum.items import Item, Numeric, Variant
from lti_tool.curriculum.varying import varied
from lti_tool.db import unit_of_work
from lti_tool.quiz.models import Attempt, AttemptStatus
from tests.browsers import Browser, text_of
from tests.databases import on_sqlite
from tests.quiz.test_varying import VARIED
from tests.story import set_up

ITEM_ID = "M4-NU-002"
ITEM = next(item for item in VARIED if item.id == ITEM_ID)
"""Benefits of 1,364 over costs of 620 are 2.20; its slips are 0.45, 744 and 1.20."""


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("2.20", "right"),
        ("2,2", "right"),
        ("0.45", "slip:inverted"),
        ("744", "slip:NPV"),
        ("-2.20", "sign"),
        ("220", "tens"),
        ("0.022", "tens"),
        ("2.21", "near"),
        ("2.3", "other"),
        ("1,364", "other"),
        ("about two", "unread"),
    ],
)
def test_how_a_number_relates_to_the_right_one(text: str, outcome: str) -> None:
    assert outcome_of(ITEM, {"number": text}) == (("outcome", outcome),)


def test_no_answer_is_no_number() -> None:
    assert outcome_of(ITEM, {}) == outcome_of(ITEM, {"number": " "}) == ()


@on_sqlite
def test_learners_with_different_numbers_are_counted_together(
    app: Flask, new_browser: Callable[[], Browser]
) -> None:
    """Three answers, all different: two are right, one turns the same ratio over."""
    instructor = new_browser()
    set_up(instructor, module_id="M4")
    typed = set()
    forms: tuple[Numeric | Variant, ...] = (ITEM, *ITEM.variants)
    for number, form in enumerate(forms):
        learner = new_browser()
        learner.launch(sub=f"learner-{number}")
        learner.post("/quiz")
        given = form.slips[0].value if number == 2 else form.answer
        typed.add(given)
        ask_with(app, form)
        learner.post("/quiz/1/1", {f"{ITEM_ID}.number": str(given)})
        assert learner.post("/quiz/1/submit").status_code == 303
    assert len(typed) == 3
    page = text_of(instructor.get(f"/items/{ITEM_ID}").text)
    assert "one of 3 sets of numbers" in page
    assert "The right number right 67% 2" in page
    assert "Inverted 33% 1" in page
    assert "Another number" not in page and "What learners typed" not in page
    assert "in an order of their own" not in page


def ask_with(app: Flask, form: Numeric | Variant) -> None:
    """Let the open attempt ask the one question, with these numbers."""
    seeds = (str(number) for number in range(100))
    seed = next(each for each in seeds if answer_of(varied(ITEM, each)) == form.answer)
    with app.app_context(), unit_of_work() as session:
        attempt = session.scalars(select(Attempt).filter_by(status=AttemptStatus.OPEN)).one()
        attempt.item_ids, attempt.seed = [ITEM_ID], seed


def answer_of(item: Item) -> float:
    assert isinstance(item, Numeric)
    return item.answer
