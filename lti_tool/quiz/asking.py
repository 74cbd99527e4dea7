"""The questions of an open attempt as their template needs them; nothing of a key."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.curriculum.items import Item
from lti_tool.quiz.attempts import answers_of, items_of
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.presenting import present


def inputs(attempt: Attempt, number: int, item: Item, answer: Answer | None) -> dict[str, object]:
    """The inputs of `quiz/_asked.html` that differ from question to question.

    `stays`: the answer was checked and cannot change.
    """
    response, confidence = (answer.response, answer.confidence) if answer else (None, None)
    return {
        "number": number,
        "total": len(attempt.item_ids),
        "question": present(item, attempt.order_seed, response, confidence),
        "answer": answer,
        "stays": answer is not None and answer.checked_at is not None,
    }


def all_inputs(attempt: Attempt, saved: Mapping[str, Answer]) -> list[dict[str, object]]:
    """Every question of the attempt; `saved` are its answers by item id."""
    numbered = enumerate(items_of(attempt), 1)
    return [inputs(attempt, number, item, saved.get(item.id)) for number, item in numbered]


def first_open(attempt: Attempt) -> int:
    """The number of the first question without an answer, or 1."""
    saved = answers_of(attempt.id)
    numbers = enumerate(attempt.item_ids, 1)
    return next((number for number, item_id in numbers if item_id not in saved), 1)
