"""An item with another key: the answer that an instructor gives becomes the right one. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
from lti_tool.quiz.cleaning import clean, is_complete
from lti_tool.quiz.marking.numbers import read_number


def takes_key(item: Item) -> bool:
    """Whether one answer can be the key: not where people mark, nor where numbers vary."""
    if isinstance(item, Numeric):
        return not item.variants
    return not (isinstance(item, ShortText) and item.mode == "rubric")


def can_be_key(item: Item, response: object) -> bool:
    """Whether the answer is whole, so that it could be a key."""
    if not takes_key(item):
        return False
    if isinstance(item, Numeric):
        return len(read_number(str(clean(item, response).get("number", "")), item.unit)) == 1
    return is_complete(item, response)


def with_key(item: Item, response: object) -> Item:
    """The item for which `response`, one that `can_be_key`, is the right answer."""
    keyed: Item = _REKEYED[type(item)](item, clean(item, response))
    return keyed


def _only(options: tuple[Option, ...], chosen: list[str]) -> tuple[Option, ...]:
    return tuple(replace(each, credit=float(each.id in chosen)) for each in options)


def _judgement(item: SituationalJudgement, given: Response) -> Item:
    """The best act changes places with the one that stood for best until now."""
    credit = {each.id: each.credit for each in item.options}
    best = max(credit, key=lambda name: credit[name])
    credit[best], credit[given["choice"]] = credit[given["choice"]], credit[best]
    options = tuple(replace(each, credit=credit[each.id]) for each in item.options)
    return replace(item, options=options)


def _truth(item: TrueFalseReason, given: Response) -> Item:
    return replace(
        item, truth=given["truth"] == "true", reasons=_only(item.reasons, [given["reason"]])
    )


def _order(item: Ordering, given: Response) -> Item:
    rank = {name: place for place, name in enumerate(given["order"], start=1)}
    return replace(
        item, elements=tuple(replace(each, rank=rank[each.id]) for each in item.elements)
    )


def _cards(item: CardSort, given: Response) -> Item:
    cards = tuple(replace(each, category=given["cards"][each.id]) for each in item.cards)
    return replace(item, cards=cards)


def _number(item: Numeric, given: Response) -> Item:
    (value,) = read_number(given["number"], item.unit)
    slips = tuple(slip for slip in item.slips if abs(slip.value - float(value)) > item.tolerance)
    return replace(item, answer=float(value), slips=slips, solution="")


def _text(item: ShortText, given: Response) -> Item:
    near = tuple(miss for miss in item.near_misses if miss.text != given["text"])
    return replace(item, accepted=(given["text"],), near_misses=near)


_REKEYED: dict[type[Item], Callable[[Any, Response], Item]] = {
    SingleChoice: lambda item, given: replace(item, options=_only(item.options, [given["choice"]])),
    MultipleResponse: lambda item, given: replace(
        item, options=_only(item.options, given["choices"])
    ),
    SituationalJudgement: _judgement,
    TrueFalseReason: _truth,
    Matching: lambda item, given: replace(item, key=dict(given["pairs"])),
    Ordering: _order,
    CardSort: _cards,
    Numeric: _number,
    ShortText: _text,
}
