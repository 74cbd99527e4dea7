"""Forms as a learner who knows the answer, or knows nothing, would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lti_tool.curriculum.items import (
    CardSort,
    Item,
    Matching,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortText,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)

Form = dict[str, Any]


def _best(options: Any) -> str:
    return str(max(options, key=lambda option: option.credit).id)


def _order(item: Ordering) -> Form:
    ranked = sorted(item.elements, key=lambda element: element.rank)
    return {f"position.{element.id}": place for place, element in enumerate(ranked, 1)}


FORMS: dict[type[Item], Callable[[Any], Form]] = {
    SingleChoice: lambda item: {"choice": _best(item.options)},
    SituationalJudgement: lambda item: {"choice": _best(item.options)},
    MultipleResponse: lambda item: {"choices": [o.id for o in item.options if o.correct]},
    TrueFalseReason: lambda item: {
        "truth": str(item.truth).lower(),
        "reason": _best(item.reasons),
    },
    Matching: lambda item: {f"pair.{p}": target for p, target in item.key.items()},
    Ordering: _order,
    Numeric: lambda item: {"number": str(item.answer)},
    ShortText: lambda item: {"text": item.accepted[0] if item.accepted else item.model_answer},
    CardSort: lambda item: {f"card.{card.id}": card.category for card in item.cards},
}


def right_form(item: Item) -> Form:
    """The form of a fully right answer, under the field names of the item's page."""
    return {f"{item.id}.{name}": value for name, value in FORMS[type(item)](item).items()}
