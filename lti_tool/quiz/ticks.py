"""Which questions of an attempt have an answer, for the row of numbers and the last look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lti_tool.quiz.attempts import items_of
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.responses import is_answered, is_complete


@dataclass(frozen=True)
class Tick:
    """One question in the navigation: its number and whether it has an answer.

    `set_aside`: another answer of the learner lies beside the one that stands.
    """

    number: int
    answered: bool
    complete: bool
    set_aside: bool


def ticks_of(attempt: Attempt, saved: Mapping[str, Answer]) -> list[Tick]:
    ticks = []
    for number, item in enumerate(items_of(attempt), 1):
        answer = saved.get(item.id)
        response = answer.response if answer else {}
        aside = answer is not None and answer.set_aside is not None
        answered, complete = is_answered(item, response), is_complete(item, response)
        ticks.append(Tick(number, answered, complete, aside))
    return ticks
