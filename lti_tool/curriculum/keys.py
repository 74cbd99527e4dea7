"""How easily keys give themselves away: by the length of their text or by their place. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.curriculum.items import (
    Item,
    Option,
    SingleChoice,
    SituationalJudgement,
    TrueFalseReason,
)

_ENOUGH = 8
"""Fewer items say nothing about where keys stand."""


def options_with_one_key(item: Item) -> tuple[Option, ...]:
    """The options or reasons of an item of which one is the key; () for other types."""
    if isinstance(item, SingleChoice | SituationalJudgement):
        return item.options
    return item.reasons if isinstance(item, TrueFalseReason) else ()


@dataclass(frozen=True)
class Keys:
    """What the keys of some items have in common.

    `longest` are the ids of items whose key is longer than every other option; `expected` is how
    many would be so by chance. `positions` counts keys by their place among the options, from 1.
    """

    count: int
    longest: tuple[str, ...]
    expected: float
    positions: Counter[int]

    @property
    def too_often_longest(self) -> bool:
        return len(self.longest) > round(self.expected)

    @property
    def crowded_position(self) -> int | None:
        """The place at which more than half of the keys stand."""
        for position, count in self.positions.items():
            if self.count >= _ENOUGH and count * 2 > self.count:
                return position
        return None


def keys_of(items: Iterable[Item]) -> Keys:
    chosen = [(item.id, options) for item in items if (options := options_with_one_key(item))]
    return Keys(
        count=len(chosen),
        longest=tuple(name for name, options in chosen if _key_is_longest(options)),
        expected=sum(1 / len(options) for _, options in chosen),
        positions=Counter(
            place
            for _, options in chosen
            for place, option in enumerate(options, 1)
            if option.correct
        ),
    )


def _key_is_longest(options: tuple[Option, ...]) -> bool:
    keys = [len(option.text) for option in options if option.correct]
    others = [len(option.text) for option in options if not option.correct]
    return max(keys, default=0) > max(others, default=0)
