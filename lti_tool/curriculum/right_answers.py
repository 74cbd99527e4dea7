"""The answer that earns full credit, for whoever edits items. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lti_tool.curriculum.items import (
    CardSort,
    Item,
    Matching,
    MultipleResponse,
    Numeric,
    Option,
    Ordering,
    Response,
    ShortText,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)


def right_answer(item: Item) -> Response:
    """The response, in the shape that the item's class states."""
    return _ANSWERS[type(item)](item)


def _best(options: tuple[Option, ...]) -> str:
    return max(options, key=lambda option: option.credit).id


def _text(item: ShortText) -> Response:
    if item.mode == "exact":
        return {"text": item.accepted[0]}
    return {"text": item.model_answer, "criteria": [each.id for each in item.rubric]}


def _order(item: Ordering) -> Response:
    return {"order": [each.id for each in sorted(item.elements, key=lambda each: each.rank)]}


_ANSWERS: dict[type[Item], Callable[[Any], Response]] = {
    SingleChoice: lambda item: {"choice": _best(item.options)},
    SituationalJudgement: lambda item: {"choice": _best(item.options)},
    MultipleResponse: lambda item: {"choices": [each.id for each in item.options if each.correct]},
    TrueFalseReason: lambda item: {
        "truth": str(item.truth).lower(),
        "reason": _best(item.reasons),
    },
    Matching: lambda item: {"pairs": dict(item.key)},
    Ordering: _order,
    Numeric: lambda item: {"number": str(item.answer)},
    ShortText: _text,
    CardSort: lambda item: {"cards": {card.id: card.category for card in item.cards}},
}
