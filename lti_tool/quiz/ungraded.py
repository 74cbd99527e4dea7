"""An item with feedback at once: knowledge checks and practice, which count for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lti_tool.curriculum.items import Item, Response, ShortText
from lti_tool.quiz.explaining import Explanation, explain
from lti_tool.quiz.marking import mark
from lti_tool.quiz.presenting import Field, Presentation, present, present_self_marking
from lti_tool.quiz.responses import Form, read_response, read_self_marking


@dataclass(frozen=True)
class ShownItem:
    """An item to answer, or answered with its explanation.

    `self_marking` asks the author of a text which criteria it meets.
    """

    question: Presentation
    explanation: Explanation | None = None
    self_marking: Field | None = None


def show_item(item: Item, seed: str, response: object, *, confidence: bool = False) -> ShownItem:
    """The item as it is shown; `response` is None until it is answered."""
    question = present(item, seed, response)
    if not confidence:
        question = replace(question, confidence=None)
    if response is None:
        return ShownItem(question)
    marked = mark(item, response)
    self_marking = None
    if isinstance(item, ShortText) and marked.state == "needs_marking":
        self_marking = present_self_marking(item, response)
    return ShownItem(question, explain(item, marked, response, seed), self_marking)


def read_ungraded(item: Item, form: Form, stored: Response | None) -> tuple[Response, float]:
    """The answer of the form with its credit, 0 to 1; ({}, 0) for none.

    Where a text is stored already, the form holds what its author says of it.
    """
    if stored is not None and isinstance(item, ShortText):
        response = read_self_marking(item, form, stored)
    else:
        response = read_response(item, form)
    return response, float(mark(item, response).credit) if response else 0.0
