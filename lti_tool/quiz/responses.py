"""A submitted HTML form -> the learner's answer, by the field names that the item pages use.

Every name begins with the item's id, so a page may hold any number of items. All of it works
without JavaScript: radio buttons, check boxes, selects and text fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

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
from lti_tool.errors import Invalid
from lti_tool.quiz.cleaning import TEXT_LIMIT, clean, is_answered, is_complete

__all__ = [
    "CONFIDENCES",
    "Given",
    "ResponseRefused",
    "field_name",
    "is_answered",
    "is_complete",
    "read_confidence",
    "read_given",
    "read_response",
    "read_self_marking",
]

CONFIDENCES = {"sure": "Sure", "fairly": "Fairly sure", "guess": "A guess"}
"""The confidence marks as stored -> as shown; they never change a score."""

Form = MultiDict[str, str]


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer as it arrives.

    `edited_at` is when the learner gave it, by the browser's clock, and `revision` the saved one
    that it was based on; both may be None, for instance from a page without scripts.
    """

    response: Response
    confidence: str | None = None
    edited_at: datetime | None = None
    revision: int | None = None


class ResponseRefused(Invalid):
    """A submitted answer cannot be kept as it is; `message` tells the learner what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message, "Change the answer and save it again.", {field: [message]})
        self.message = message


def field_name(item: Item, *parts: str) -> str:
    """The name of a form field of the item, such as "M1-MA-001.pair.p1"."""
    return ".".join((item.id, *parts))


def read_response(item: Item, form: Form) -> Response:
    """The answer that the form holds to the item; {} if none.

    Values that are not the item's are dropped. Raises ResponseRefused for a text that is longer
    than `TEXT_LIMIT` characters: nothing that a learner wrote is cut without a word.
    """
    return clean(item, _READERS[type(item)](item, form))


def read_confidence(item: Item, form: Form) -> str | None:
    """The learner's confidence mark, or None if there is none."""
    mark = form.get(field_name(item, "confidence"), "")
    return mark if mark in CONFIDENCES else None


def read_given(item: Item, form: Form) -> Given:
    """The answer with what the page says of its origin; raises ResponseRefused as above."""
    edited_at, revision = form.get("edited_at", ""), form.get("revision", "")
    return Given(
        response=read_response(item, form),
        confidence=read_confidence(item, form),
        edited_at=_moment(edited_at),
        revision=int(revision) if re.fullmatch("[0-9]{1,9}", revision) else None,
    )


def _moment(milliseconds: str) -> datetime | None:
    """Milliseconds since 1970 as scripts count them; what is no such number is no moment."""
    if not re.fullmatch("[0-9]{1,14}", milliseconds):
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def read_self_marking(item: ShortText, form: Form, response: Response) -> Response:
    """The stored answer with the criteria that its author ticks: practice and checks only.

    `read_response` never reads criteria, so that a graded answer cannot mark itself.
    """
    ticked = form.getlist(field_name(item, "criteria"))
    return clean(item, {**response, "criteria": ticked})


def _read_choice(item: Item, form: Form) -> Response:
    return {"choice": form.get(field_name(item, "choice"))}


def _read_choices(item: MultipleResponse, form: Form) -> Response:
    return {"choices": form.getlist(field_name(item, "choices"))}


def _read_truth(item: TrueFalseReason, form: Form) -> Response:
    return {part: form.get(field_name(item, part)) for part in ("truth", "reason")}


def _read_pairs(item: Matching, form: Form) -> Response:
    return {
        "pairs": {
            prompt.id: form.get(field_name(item, "pair", prompt.id)) for prompt in item.prompts
        }
    }


def _read_order(item: Ordering, form: Form) -> Response:
    """Elements at the position chosen for each; two in one position count as not placed."""
    chosen = {
        element.id: form.get(field_name(item, "position", element.id), "")
        for element in item.elements
    }
    times = Counter(chosen.values())
    order: list[str | None] = [None] * len(item.elements)
    places = {str(number + 1): number for number in range(len(order))}
    for element_id, position in chosen.items():
        if position in places and times[position] == 1:
            order[places[position]] = element_id
    return {"order": order}


def _read_number(item: Numeric, form: Form) -> Response:
    return {"number": _read_text_field(field_name(item, "number"), form).strip()}


def _read_text(item: ShortText, form: Form) -> Response:
    return {"text": _read_text_field(field_name(item, "text"), form)}


def _read_text_field(name: str, form: Form) -> str:
    """The text with Unix line ends, and without NUL, which PostgreSQL cannot store."""
    text = form.get(name, "").replace("\r\n", "\n").replace("\0", "")
    if len(text) > TEXT_LIMIT:
        raise ResponseRefused(
            f"Your text has {len(text):,} characters; {TEXT_LIMIT:,} can be kept. Shorten it.", name
        )
    return text


def _read_cards(item: CardSort, form: Form) -> Response:
    return {"cards": {card.id: form.get(field_name(item, "card", card.id)) for card in item.cards}}


_READERS: dict[type[Item], Callable[[Any, Form], Response]] = {
    SingleChoice: _read_choice,
    MultipleResponse: _read_choices,
    TrueFalseReason: _read_truth,
    Matching: _read_pairs,
    Ordering: _read_order,
    Numeric: _read_number,
    ShortText: _read_text,
    SituationalJudgement: _read_choice,
    CardSort: _read_cards,
}
