"""How a marked answer is shown: the learner's answer, the right one, and why, part by part.

Used on result pages and under knowledge checks. Templates only print what `explain` returns. When
feedback may be shown does not belong here: the caller decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from lti_tool.quiz.cleaning import clean
from lti_tool.quiz.explaining.answers import explain_number, explain_text
from lti_tool.quiz.explaining.lines import Group, Line, Typed, Verdict, rounded
from lti_tool.quiz.explaining.options import (
    explain_choice,
    explain_choices,
    explain_judgement,
    explain_truth,
)
from lti_tool.quiz.explaining.parts import explain_cards, explain_order, explain_pairs
from lti_tool.quiz.explaining.reasons import reason
from lti_tool.quiz.marking import Marked, State
from lti_tool.quiz.marking.marked import exact

__all__ = ["Explanation", "Group", "Line", "Typed", "Verdict", "credit_in_words", "explain"]

STATE_WORDS: dict[State, str] = {
    "right": "Right",
    "partly": "Partly right",
    "not_right": "Not right",
    "unanswered": "No answer",
    "needs_marking": "Not marked yet",
}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A marked answer ready to be shown.

    `headline` gives the credit in words and `reason` the counts behind it. `body` holds groups of
    lines or, for types with one typed answer, that answer; `template` is the layout for it. The
    texts below are those of `Marked`.
    """

    item: Item
    state: State
    headline: str
    reason: str
    template: str
    body: tuple[Group, ...] | Typed
    general: str
    outcome: str
    solution: str
    model_answer: str


def explain(item: Item, marked: Marked, response: object, seed: str) -> Explanation:
    """Everything that the page says about a marked answer; `seed` is that of the attempt."""
    layout, explain_body = _BODIES[type(item)]
    return Explanation(
        item=item,
        state=marked.state,
        headline=credit_in_words(marked, item),
        reason=reason(item, marked),
        template=f"quiz/items/marked/{layout}.html",
        body=explain_body(item, marked, clean(item, response), seed),
        general=marked.general,
        outcome=marked.outcome,
        solution=marked.solution,
        model_answer=marked.model_answer,
    )


def credit_in_words(marked: Marked, item: Item) -> str:
    """Such as "Partly right: 0.67 of 1 point"."""
    word = STATE_WORDS[marked.state]
    if marked.state == "needs_marking":
        return word
    most = exact(item.max_points)
    unit = "point" if most == 1 else "points"
    return f"{word}: {rounded(marked.credit * most)} of {rounded(most)} {unit}"


_BODIES: dict[type[Item], tuple[str, Callable[..., Any]]] = {
    SingleChoice: ("options", explain_choice),
    MultipleResponse: ("options", explain_choices),
    TrueFalseReason: ("options", explain_truth),
    Matching: ("pairs", explain_pairs),
    Ordering: ("order", explain_order),
    Numeric: ("typed", explain_number),
    ShortText: ("typed", explain_text),
    SituationalJudgement: ("options", explain_judgement),
    CardSort: ("pairs", explain_cards),
}
"""The layout of each type under `quiz/items/marked/`, and what fills it."""
