"""Rules of a good item beyond its shape: the automatic checks of the item guide, item by item.

Paths are relative to the item, as the author wrote it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from lti_tool.curriculum import items
from lti_tool.curriculum.faults import Path, Problem
from lti_tool.curriculum.numeric_rules import numeric

TYPE_CODES = {
    "single_choice": "SC",
    "multiple_response": "MR",
    "true_false_reason": "TF",
    "matching": "MA",
    "ordering": "OR",
    "numeric": "NU",
    "short_text": "ST",
    "situational_judgement": "SJ",
    "card_sort": "CS",
}
GRADED_POOLS = ("graded", "final")

_MIN_RATERS = 5
_SITUATIONAL_CREDITS = (1, 0.67, 0.33, 0)


def item_problems(item: items.Item, today: date) -> Iterator[Problem]:
    """Every fault of one item by itself; `today` is the day that `review_by` is held against."""
    yield from _identity(item)
    yield from _graded_use(item, today)
    yield from _table(item)
    yield from _TYPE_RULES[item.type](item)


def _identity(item: items.Item) -> Iterator[Problem]:
    if item.pool == "knowledge_check":
        if not re.fullmatch(rf"{re.escape(item.module)}\.KC\d+", item.id):
            yield Problem(("id",), f"a knowledge check is named like {item.module}.KC1")
        return
    code = TYPE_CODES[item.type]
    if not re.fullmatch(rf"{re.escape(item.module)}-{code}-\d{{3,}}", item.id):
        yield Problem(("id",), f"must be like {item.module}-{code}-001")


def _graded_use(item: items.Item, today: date) -> Iterator[Problem]:
    if item.max_points <= 0:
        yield Problem(("scoring", "max_points"), "must be more than 0")
    if item.pool not in GRADED_POOLS or item.status == "retired":
        return
    if item.review_by is None:
        yield Problem(("review_by",), "is missing, and the item is graded")
    elif item.is_stale(today):
        message = f"{item.review_by} is past: the item is not drawn until it is reviewed"
        yield Problem(("review_by",), message, "warning")
    if not item.sources and not isinstance(item, items.SituationalJudgement):
        yield Problem(("sources",), "a graded item rests on at least one source")


def _table(item: items.Item) -> Iterator[Problem]:
    table = item.stimulus.table if item.stimulus else None
    if table is None:
        return
    for index, row in enumerate(table.rows):
        if len(row) != len(table.header):
            message = f"a row has {len(row)} cells, the header {len(table.header)}"
            yield Problem(("stimulus", "table", "rows", index), message)


def _single_choice(item: items.SingleChoice) -> Iterator[Problem]:
    yield from _count("options", item.options, 3, 4)
    yield from _unique_ids("options", item.options)
    yield from _one_key("options", item.options)


def _one_key(field: str, options: Sequence[items.Option]) -> Iterator[Problem]:
    keyed = sum(option.correct for option in options)
    if keyed != 1:
        yield Problem((field,), f"exactly one must be correct, here are {keyed}")


def _multiple_response(item: items.MultipleResponse) -> Iterator[Problem]:
    yield from _count("options", item.options, 5, 8)
    yield from _unique_ids("options", item.options)
    keyed = sum(option.correct for option in item.options)
    if not 2 <= keyed < len(item.options):
        yield Problem(("options",), f"at least two must be correct and not all, here are {keyed}")


def _true_false_reason(item: items.TrueFalseReason) -> Iterator[Problem]:
    yield from _count("reasons", item.reasons, 3, 4)
    yield from _unique_ids("reasons", item.reasons)
    yield from _one_key("reasons", item.reasons)


def _matching(item: items.Matching) -> Iterator[Problem]:
    yield from _count("prompts", item.prompts, 2, 8)
    yield from _unique_ids("prompts", item.prompts)
    yield from _unique_ids("targets", item.targets)
    prompts = [prompt.id for prompt in item.prompts]
    targets = [target.id for target in item.targets]
    for index, prompt in enumerate(prompts):
        if prompt not in item.key:
            yield Problem(("prompts", index), f"{prompt} has no target in key")
    for prompt, target in item.key.items():
        if prompt not in prompts:
            yield Problem(("key", prompt), f"there is no prompt {prompt}")
        if target not in targets:
            yield Problem(("key", prompt), f"there is no target {target}")
    yield from _targets(item)


def _targets(item: items.Matching) -> Iterator[Problem]:
    uses = Counter(item.key.values())
    for index, target in enumerate(item.targets):
        if not uses[target.id] and not target.feedback:
            message = f"feedback is missing, and {target.id} is no prompt's target"
            yield Problem(("targets", index), message)
        if uses[target.id] > 1 and not item.targets_reusable:
            message = f"{target.id} is used twice: say so by scoring.targets_reusable"
            yield Problem(("targets", index), message)
    if len(item.targets) <= len(item.prompts) and not item.targets_reusable:
        message = "give more targets than prompts, or the last pair gives itself away"
        yield Problem(("targets",), message, "warning")


def _ordering(item: items.Ordering) -> Iterator[Problem]:
    yield from _count("elements", item.elements, 3, 8)
    yield from _unique_ids("elements", item.elements)
    if len({element.rank for element in item.elements}) < 2:
        yield Problem(("elements",), "at least two ranks must differ")


def _short_text(item: items.ShortText) -> Iterator[Problem]:
    yield from _exact(item) if item.mode == "exact" else _rubric(item)


def _exact(item: items.ShortText) -> Iterator[Problem]:
    if not item.accepted:
        yield Problem(("accepted",), "is missing in mode exact")
    if item.rubric:
        yield Problem(("rubric",), "belongs to mode rubric")
    accepted = {text.casefold() for text in item.accepted}
    for index, near_miss in enumerate(item.near_misses):
        if near_miss.text.casefold() in accepted:
            message = f"{near_miss.text} is accepted as well"
            yield Problem(("near_misses", index), message)


def _rubric(item: items.ShortText) -> Iterator[Problem]:
    yield from _unique_ids("rubric", item.rubric)
    if not sum(criterion.points for criterion in item.rubric) > 0:
        yield Problem(("rubric",), "needs criteria with points in mode rubric")
    if not item.model_answer:
        yield Problem(("model_answer",), "is missing in mode rubric")
    for name in ("accepted", "near_misses"):
        if getattr(item, name):
            yield Problem((name,), "belongs to mode exact")


def _situational_judgement(item: items.SituationalJudgement) -> Iterator[Problem]:
    yield from _count("options", item.options, 3, 5)
    yield from _unique_ids("options", item.options)
    for index, option in enumerate(item.options):
        if option.credit not in _SITUATIONAL_CREDITS:
            message = "must be 1, 0.67, 0.33 or 0"
            yield Problem(("options", index, "credit"), message)
    if not {0.0, 1.0} <= {option.credit for option in item.options}:
        yield Problem(("options",), "one credit must be 1 and one 0")
    if item.status == "live" and item.panel_raters < _MIN_RATERS:
        message = f"a live item needs {_MIN_RATERS} raters, not {item.panel_raters}"
        yield Problem(("panel", "raters"), message)


def _card_sort(item: items.CardSort) -> Iterator[Problem]:
    yield from _count("categories", item.categories, 2, 6)
    yield from _count("cards", item.cards, 3, 9 if item.pool in GRADED_POOLS else 18)
    yield from _unique_ids("categories", item.categories)
    yield from _unique_ids("cards", item.cards)
    categories = {category.id for category in item.categories}
    for index, card in enumerate(item.cards):
        if card.category not in categories:
            message = f"there is no category {card.category}"
            yield Problem(("cards", index, "category"), message)


def _count(field: str, values: Sequence[Any], low: int, high: int) -> Iterator[Problem]:
    if not low <= len(values) <= high:
        yield Problem((field,), f"must be {low} to {high}, here are {len(values)}")


def _unique_ids(field: str, values: Sequence[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value.id in seen:
            path: Path = (field, index, "id")
            yield Problem(path, f"{value.id} is used twice")
        seen.add(value.id)


_TYPE_RULES: dict[str, Callable[[Any], Iterator[Problem]]] = {
    "single_choice": _single_choice,
    "multiple_response": _multiple_response,
    "true_false_reason": _true_false_reason,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": numeric,
    "short_text": _short_text,
    "situational_judgement": _situational_judgement,
    "card_sort": _card_sort,
}
