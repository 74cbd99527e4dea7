"""Why an answer of many parts earned what it did, in one line: the counts behind the credit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lti_tool.curriculum.items import CardSort, Item, Matching, MultipleResponse, Ordering
from lti_tool.quiz.marking import Marked


def reason(item: Item, marked: Marked) -> str:
    """Such as "1 of 4 pairs right."; "" for types whose credit needs no counting."""
    count = _REASONS.get(type(item))
    return count(item, marked) if count and marked.state != "unanswered" else ""


def _of_selections(item: MultipleResponse, marked: Marked) -> str:
    keyed = [remark for remark in marked.remarks if remark.keyed]
    right = sum(remark.chosen for remark in keyed)
    wrong = sum(remark.chosen for remark in marked.remarks) - right
    if not wrong:
        return f"{right} of {len(keyed)} right answers selected."
    return (
        f"{right} of {len(keyed)} right answers selected, and {wrong} wrong. "
        "Each wrong selection cancels a right one."
    )


def _of_pairs(item: Matching, marked: Marked) -> str:
    return f"{_right(marked)} of {len(item.prompts)} pairs right."


def _of_cards(item: CardSort, marked: Marked) -> str:
    right = _right(marked)
    wrong = sum(remark.chosen for remark in marked.remarks) - right
    if not wrong:
        return f"{right} of {len(item.cards)} cards right."
    others = len(item.categories) - 1
    share = f"1/{others} of what" if others > 1 else "as much as"
    return (
        f"{right} of {len(item.cards)} cards right, and {wrong} wrong. "
        f"Each wrong card takes off {share} a right one earns."
    )


def _right(marked: Marked) -> int:
    """Parts with an answer of their own that is the right one."""
    return sum(
        remark.chosen and remark.given == remark.expected
        for remark in marked.remarks
        if remark.keyed
    )


def _of_order(item: Ordering, marked: Marked) -> str:
    rank = {element.id: element.rank for element in item.elements}
    place = {remark.part: int(remark.given) for remark in marked.remarks if remark.chosen}
    pairs = [(one, two) for one in rank for two in rank if rank[one] < rank[two]]
    placed = [(one, two) for one, two in pairs if one in place and two in place]
    in_order = sum(place[one] < place[two] for one, two in placed)
    crossed = len(placed) - in_order
    if not crossed:
        return f"{in_order} of {len(pairs)} pairs of steps in order."
    return (
        f"{in_order} of {len(pairs)} pairs of steps in order, and {crossed} the wrong way round. "
        "Each of these cancels a right one."
    )


_REASONS: dict[type[Item], Callable[[Any, Marked], str]] = {
    MultipleResponse: _of_selections,
    Matching: _of_pairs,
    Ordering: _of_order,
    CardSort: _of_cards,
}
