"""From an item and an answer to a credit with reasons: pure, without database or clock.

Scoring follows the curriculum's item guide, part 2 (`docs/authoring.md`, Items). One file a family
of types. What an attempt or a grade makes of the credit does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from lti_tool.curriculum.items import (
    CardSort,
    Item,
    Matching,
    MultipleResponse,
    Numeric,
    Ordering,
    Response,
    ShortText,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)
from lti_tool.quiz.cleaning import clean
from lti_tool.quiz.marking.arrangements import mark_cards, mark_order, mark_pairs
from lti_tool.quiz.marking.choices import mark_choice, mark_choices, mark_truth
from lti_tool.quiz.marking.marked import Marked, Remark, State
from lti_tool.quiz.marking.numbers import mark_number
from lti_tool.quiz.marking.texts import mark_text

__all__ = ["Marked", "Remark", "State", "mark"]


def mark(item: Item, response: object) -> Marked:
    """Mark an answer, whatever it holds: what is not valid earns nothing and raises nothing.

    The credit is the sum of the credits of the remarks, kept between 0 and 1.
    """
    given = clean(item, response)
    remarks = _MARKERS[type(item)](item, given)
    earned = sum((remark.credit for remark in remarks), Fraction(0))
    credit = min(max(earned, Fraction(0)), Fraction(1))
    state = _state(item, given, credit)
    return Marked(
        credit=credit,
        state=state,
        remarks=remarks,
        general=item.feedback.general,
        outcome=_outcome(item, state),
        solution=item.solution if isinstance(item, Numeric) else "",
        model_answer=item.model_answer if isinstance(item, ShortText) else "",
    )


def _state(item: Item, given: Response, credit: Fraction) -> State:
    if not given:
        return "unanswered"
    if isinstance(item, ShortText) and item.mode == "rubric" and "criteria" not in given:
        return "needs_marking"
    if credit == 1:
        return "right"
    return "partly" if credit > 0 else "not_right"


def _outcome(item: Item, state: State) -> str:
    """The text for this outcome: `correct` for full credit, `other` for any less."""
    if state == "needs_marking":
        return ""
    return item.feedback.correct if state == "right" else item.feedback.other


_MARKERS: dict[type[Item], Callable[[Any, Response], tuple[Remark, ...]]] = {
    SingleChoice: mark_choice,
    MultipleResponse: mark_choices,
    TrueFalseReason: mark_truth,
    Matching: mark_pairs,
    Ordering: mark_order,
    Numeric: mark_number,
    ShortText: mark_text,
    SituationalJudgement: mark_choice,
    CardSort: mark_cards,
}
