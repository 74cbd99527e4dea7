"""What was answered to a question, ready to be shown: each part with how often, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lti_tool.analytics.chosen import Named, PartGroup, part_groups
from lti_tool.analytics.item_statistics import Choice, ItemStatistics
from lti_tool.analytics.numbers_given import outcome_group
from lti_tool.curriculum.items import Item, Numeric, ShortText
from lti_tool.quiz.marking import mark

TYPED_SHOWN = 10


@dataclass(frozen=True)
class ShownPart:
    """A part that can be chosen and what the answers say of it; `choice` None: chosen by nobody."""

    named: Named
    choice: Choice | None

    @property
    def count(self) -> int:
        return self.choice.count if self.choice else 0

    @property
    def share(self) -> float:
        return self.choice.share if self.choice else 0.0


@dataclass(frozen=True)
class ShownGroup:
    """`is_typed`: learners wrote the answers themselves, rather than chose from them."""

    title: str
    parts: tuple[ShownPart, ...]
    is_typed: bool = False


def shown_answers(item: Item, statistics: ItemStatistics) -> list[ShownGroup]:
    """Options in the author's order; of the places of a line, those chosen, and the right one.

    Typed answers come as the most frequent ones; where the numbers of the question vary, by what is
    right or wrong with them. Texts that a person marks are not listed: they are somebody's own
    words.
    """
    if isinstance(item, Numeric) and item.variants:
        return [replace(_shown(outcome_group(item), statistics), is_typed=True)]
    if isinstance(item, Numeric) or (isinstance(item, ShortText) and item.mode == "exact"):
        return [_typed(item, statistics)]
    return [_shown(group, statistics) for group in part_groups(item)]


def _shown(group: PartGroup, statistics: ItemStatistics) -> ShownGroup:
    parts = (ShownPart(named, statistics.choice(named.part)) for named in group.parts)
    return ShownGroup(group.title, tuple(_worth_showing(parts)))


def _worth_showing(parts: Iterable[ShownPart]) -> list[ShownPart]:
    return [each for each in parts if each.named.name or each.named.right or each.choice]


def _typed(item: Item, statistics: ItemStatistics) -> ShownGroup:
    field = "number" if isinstance(item, Numeric) else "text"
    parts = []
    for choice in statistics.choices[:TYPED_SHOWN]:
        text = choice.part[1]
        right = mark(item, {field: text}).credit == 1
        parts.append(ShownPart(Named(choice.part, "", text, right), choice))
    return ShownGroup("What learners typed", tuple(parts), is_typed=True)
