"""What a learner chose, as parts that can be counted, and each part in words: pure.

A part is a group and what was put there: ("choice", "b"), ("reason", "r2"), (prompt, target).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lti_tool.analytics.item_statistics import Part
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
from lti_tool.quiz.cleaning import clean

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Named:
    """A part that can be chosen: its short name ("B"), its text, and whether it is right.

    `misconception` says what choosing it shows, where the author wrote it down.
    """

    part: Part
    name: str
    text: str
    right: bool
    misconception: str = ""


@dataclass(frozen=True)
class PartGroup:
    """Parts of which a learner chooses one (or several): the options, or the line of a matching."""

    title: str
    parts: tuple[Named, ...]


def parts_chosen(item: Item, response: object) -> tuple[Part, ...]:
    """What the answer holds, whatever was stored; () for no valid answer."""
    return _CHOSEN[type(item)](clean(item, response))


def part_groups(item: Item) -> tuple[PartGroup, ...]:
    """Everything that could be chosen, in the author's order; () for typed answers."""
    return _GROUPS[type(item)](item) if type(item) in _GROUPS else ()


def _choice(given: Response) -> tuple[Part, ...]:
    return tuple((group, given[group]) for group in ("choice", "truth", "reason") if group in given)


def _choices(given: Response) -> tuple[Part, ...]:
    return tuple(("choices", each) for each in given.get("choices", ()))


def _pairs(given: Response) -> tuple[Part, ...]:
    placed: dict[str, str] = given.get("pairs") or given.get("cards") or {}
    return tuple(placed.items())


def _order(given: Response) -> tuple[Part, ...]:
    places = enumerate(given.get("order", ()), 1)
    return tuple((element, str(place)) for place, element in places if element)


def _typed(given: Response) -> tuple[Part, ...]:
    """Typed answers as they stand, but for case and white space."""
    typed = given.get("number", given.get("text"))
    return (("typed", " ".join(typed.split()).casefold()),) if typed else ()


_CHOSEN: dict[type[Item], Callable[[Response], tuple[Part, ...]]] = {
    SingleChoice: _choice,
    SituationalJudgement: _choice,
    TrueFalseReason: _choice,
    MultipleResponse: _choices,
    Matching: _pairs,
    CardSort: _pairs,
    Ordering: _order,
    Numeric: _typed,
    ShortText: _typed,
}


def _options(group: str, title: str, options: tuple[Option, ...]) -> PartGroup:
    best = max((option.credit for option in options), default=0)
    parts = tuple(
        Named(
            (group, option.id),
            LETTERS[number],
            option.text,
            option.credit == best,
            option.misconception,
        )
        for number, option in enumerate(options)
    )
    return PartGroup(title, parts)


def _single_groups(item: SingleChoice | SituationalJudgement) -> tuple[PartGroup, ...]:
    return (_options("choice", "", item.options),)


def _multiple_groups(item: MultipleResponse) -> tuple[PartGroup, ...]:
    return (_options("choices", "", item.options),)


def _truth_groups(item: TrueFalseReason) -> tuple[PartGroup, ...]:
    truths = tuple(
        Named(("truth", value), word, "", (value == "true") == item.truth)
        for value, word in (("true", "True"), ("false", "False"))
    )
    return PartGroup("The statement is …", truths), _options("reason", "… because", item.reasons)


def _lines(
    lines: list[tuple[str, str, str]], places: list[tuple[str, str]]
) -> tuple[PartGroup, ...]:
    """A group for each line (id, text, id of the right place) with a part for each place."""
    return tuple(
        PartGroup(
            text,
            tuple(Named((line, place), "", words, place == right) for place, words in places),
        )
        for line, text, right in lines
    )


def _matching_groups(item: Matching) -> tuple[PartGroup, ...]:
    lines = [(each.id, each.text, item.key[each.id]) for each in item.prompts]
    return _lines(lines, [(target.id, target.text) for target in item.targets])


def _card_groups(item: CardSort) -> tuple[PartGroup, ...]:
    lines = [(card.id, card.text, card.category) for card in item.cards]
    return _lines(lines, [(category.id, category.label) for category in item.categories])


def _order_groups(item: Ordering) -> tuple[PartGroup, ...]:
    """Elements of one rank share their places."""
    ranks = sorted(element.rank for element in item.elements)
    numbers = range(1, len(ranks) + 1)
    return tuple(
        PartGroup(
            element.text,
            tuple(
                Named((element.id, str(n)), "", f"Place {n}", ranks[n - 1] == element.rank)
                for n in numbers
            ),
        )
        for element in sorted(item.elements, key=lambda each: each.rank)
    )


_GROUPS: dict[type[Item], Callable[[Any], tuple[PartGroup, ...]]] = {
    SingleChoice: _single_groups,
    SituationalJudgement: _single_groups,
    TrueFalseReason: _truth_groups,
    MultipleResponse: _multiple_groups,
    Matching: _matching_groups,
    CardSort: _card_groups,
    Ordering: _order_groups,
}
