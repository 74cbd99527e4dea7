"""One item of each type with its key, and small curricula to draw from."""

from __future__ import annotations

from datetime import date
from typing import Any

from lti_tool.curriculum.documents import Curriculum, Module, QuizBlueprint, Slot
from lti_tool.curriculum.items import Item, Response, SingleChoice
from tests.quiz.builders import (
    card_sort,
    matching,
    multiple_response,
    numeric,
    ordering,
    rubric,
    single_choice,
    situational_judgement,
    term,
    true_false_reason,
)


def one_of_each() -> tuple[Item, ...]:
    """All nine types; short text in both modes."""
    return (
        single_choice(),
        multiple_response(),
        true_false_reason(),
        matching(),
        ordering(),
        numeric(),
        term(),
        rubric(),
        situational_judgement(),
        card_sort(),
    )


KEYED: dict[str, Response] = {
    "M1-SC-001": {"choice": "a"},
    "M2-MR-001": {"choices": ["a", "b", "c", "d"]},
    "M2-TF-001": {"truth": "false", "reason": "a"},
    "M1-MA-001": {"pairs": {"p1": "t1", "p2": "t2", "p3": "t3", "p4": "t4"}},
    "M3-OR-001": {"order": ["e1", "e2", "e3", "e4", "e5"]},
    "M4-NU-001": {"number": "4,00"},
    "M8-ST-001": {"text": "The Mandate."},
    "M5-ST-001": {"text": "Please agree.", "criteria": ["r1", "r2", "r3", "r4"]},
    "M7-SJ-001": {"choice": "a"},
    "M1-CS-001": {
        "cards": dict(
            zip(
                [f"c{number}" for number in range(1, 10)],
                ["pm"] * 3 + ["pmo"] * 3 + ["both"] * 3,
                strict=True,
            )
        )
    },
}
"""The answer that earns full credit, by the item's id."""


def module(number: int, *slots: Slot, spaced: int = 0) -> Module:
    quiz = QuizBlueprint(draw=slots, pass_mark=0.8, attempts=3, suggested_minutes=25, spaced=spaced)
    return Module(
        id=f"M{number}",
        number=number,
        title=f"Module {number}",
        purpose="",
        objectives=(),
        lessons=(),
        quiz=quiz,
    )


def curriculum(modules: tuple[Module, ...], items: tuple[Item, ...]) -> Curriculum:
    return Curriculum(
        id="test",
        title="Test",
        description="",
        language="en",
        notice="",
        modules=modules,
        items=items,
        sources=(),
    )


def pool(module_number: int, count: int, **changes: Any) -> tuple[SingleChoice, ...]:
    """`count` graded single choice items of a module: M1-SC-101, M1-SC-102 ..."""
    return tuple(
        single_choice(
            **{
                "id": f"M{module_number}-SC-{100 + number}",
                "module": f"M{module_number}",
                "objective": f"M{module_number}.O1",
                "review_by": date(2027, 1, 31),
                **changes,
            }
        )
        for number in range(1, count + 1)
    )
