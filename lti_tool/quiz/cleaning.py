"""What of a stored answer can be marked: pure, and total over anything that JSON can hold.

`clean` is the only place that looks at the raw shape of an answer. Whatever it returns has the
shape that the item's class states, so marking and pages need no further checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
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

TEXT_LIMIT = 4000
"""Characters of a text that are kept at most; longer ones are refused by the form."""


def clean(item: Item, response: object) -> Response:
    """The valid part of an answer to the item; {} if nothing of it is valid.

    Foreign ids, wrong types, duplicates and texts over `TEXT_LIMIT` are left out. In an ordering,
    None stands for a place that is still empty.
    """
    if not isinstance(response, dict):
        return {}
    return _CLEANERS[type(item)](item, response)


def is_answered(item: Item, response: object) -> bool:
    """Whether the learner has answered at least a part of the item."""
    return bool(clean(item, response))


def is_complete(item: Item, response: object) -> bool:
    """Whether every part of the item is answered, so that nothing is left to remind of."""
    given = clean(item, response)
    if isinstance(item, TrueFalseReason):
        return len(given) == 2
    if isinstance(item, Matching):
        return len(given.get("pairs", {})) == len(item.prompts)
    if isinstance(item, CardSort):
        return len(given.get("cards", {})) == len(item.cards)
    if isinstance(item, Ordering):
        return len(_without_gaps(given.get("order", []))) == len(item.elements)
    return bool(given)


def _known(value: object, ids: Collection[str]) -> str | None:
    return value if isinstance(value, str) and value in ids else None


def _text(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        return None
    return value if value.strip() else None


def _filled(response: dict[str, Any]) -> Response:
    """The response without the keys that hold nothing."""
    return {key: value for key, value in response.items() if value}


def _option_ids(options: Collection[Option]) -> list[str]:
    return [option.id for option in options]


def _known_list(value: object, ids: Collection[str]) -> list[str]:
    """The ids that the list names, each once, in the item's own order."""
    if not isinstance(value, list):
        return []
    named = {entry for entry in value if isinstance(entry, str)}
    return [each for each in ids if each in named]


def _known_pairs(value: object, keys: Collection[str], values: Collection[str]) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    found = {key: _known(value.get(key), values) for key in keys}
    return {key: chosen for key, chosen in found.items() if chosen is not None}


def _without_gaps(order: list[str | None]) -> list[str]:
    return [each for each in order if each is not None]


def _known_order(value: object, ids: Collection[str]) -> list[str | None]:
    """The known ids in the order given, each once, with None where a place is left empty."""
    order: list[str | None] = []
    for entry in value if isinstance(value, list) else []:
        if entry is None or (_known(entry, ids) and entry not in order):
            order.append(entry)
    while order and order[-1] is None:
        order.pop()
    has_room = len(order) <= len(ids)
    return order if has_room else list(_without_gaps(order))


def _clean_choice(item: SingleChoice | SituationalJudgement, response: Response) -> Response:
    return _filled({"choice": _known(response.get("choice"), _option_ids(item.options))})


def _clean_choices(item: MultipleResponse, response: Response) -> Response:
    return _filled({"choices": _known_list(response.get("choices"), _option_ids(item.options))})


def _clean_truth(item: TrueFalseReason, response: Response) -> Response:
    truth = _known(response.get("truth"), ("true", "false"))
    reason = _known(response.get("reason"), _option_ids(item.reasons))
    return _filled({"truth": truth, "reason": reason})


def _clean_pairs(item: Matching, response: Response) -> Response:
    prompts = [prompt.id for prompt in item.prompts]
    targets = [target.id for target in item.targets]
    return _filled({"pairs": _known_pairs(response.get("pairs"), prompts, targets)})


def _clean_order(item: Ordering, response: Response) -> Response:
    elements = [element.id for element in item.elements]
    return _filled({"order": _known_order(response.get("order"), elements)})


def _clean_number(item: Numeric, response: Response) -> Response:
    return _filled({"number": _text(response.get("number"))})


def _clean_text(item: ShortText, response: Response) -> Response:
    """A rubric's empty list of criteria stays: it says "marked, and none is met"."""
    given = _filled({"text": _text(response.get("text"))})
    criteria = response.get("criteria")
    if given and item.mode == "rubric" and isinstance(criteria, list):
        given["criteria"] = _known_list(criteria, [each.id for each in item.rubric])
    return given


def _clean_cards(item: CardSort, response: Response) -> Response:
    cards = [card.id for card in item.cards]
    categories = [category.id for category in item.categories]
    return _filled({"cards": _known_pairs(response.get("cards"), cards, categories)})


_CLEANERS: dict[type[Item], Callable[[Any, Response], Response]] = {
    SingleChoice: _clean_choice,
    MultipleResponse: _clean_choices,
    TrueFalseReason: _clean_truth,
    Matching: _clean_pairs,
    Ordering: _clean_order,
    Numeric: _clean_number,
    ShortText: _clean_text,
    SituationalJudgement: _clean_choice,
    CardSort: _clean_cards,
}
