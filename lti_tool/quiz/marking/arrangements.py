"""Matching, ordering and card sort: many small answers that share one credit."""

from __future__ import annotations

from fractions import Fraction

from lti_tool.curriculum.items import Card, CardSort, Element, Matching, Ordering, Response
from lti_tool.quiz.marking.marked import Remark

NOTHING = Fraction(0)


def mark_pairs(item: Matching, given: Response) -> tuple[Remark, ...]:
    """Right pairs / pairs. Targets that no prompt needs follow with their own feedback."""
    pairs = given.get("pairs", {})
    share = Fraction(1, len(item.prompts))
    prompts = tuple(
        Remark(
            part=prompt.id,
            chosen=prompt.id in pairs,
            keyed=True,
            credit=share if pairs.get(prompt.id) == item.key[prompt.id] else NOTHING,
            possible=share,
            feedback=prompt.feedback,
            given=pairs.get(prompt.id, ""),
            expected=item.key[prompt.id],
        )
        for prompt in item.prompts
    )
    unused = tuple(
        Remark(
            part=target.id,
            chosen=target.id in pairs.values(),
            keyed=False,
            credit=NOTHING,
            possible=NOTHING,
            feedback=target.feedback,
        )
        for target in item.targets
        if target.id not in item.key.values()
    )
    return prompts + unused


def mark_cards(item: CardSort, given: Response) -> tuple[Remark, ...]:
    """(Right - wrong / (categories - 1)) / cards, not below 0; unsorted cards count as neither."""
    cards = given.get("cards", {})
    share = Fraction(1, len(item.cards))
    penalty = share / (len(item.categories) - 1) if len(item.categories) > 1 else NOTHING

    def credit(card: Card) -> Fraction:
        if card.id not in cards:
            return NOTHING
        return share if cards[card.id] == card.category else -penalty

    return tuple(
        Remark(
            part=card.id,
            chosen=card.id in cards,
            keyed=True,
            credit=credit(card),
            possible=share,
            feedback=card.feedback,
            given=cards.get(card.id, ""),
            expected=card.category,
        )
        for card in item.cards
    )


def mark_order(item: Ordering, given: Response) -> tuple[Remark, ...]:
    """(Pairs in order - pairs out of order) / pairs of different rank, not below 0.

    Half of each pair's worth goes to either element of it. A pair with an element that was not
    placed is neither in order nor out of order.
    """
    order = given.get("order", [])
    place = {element_id: number for number, element_id in enumerate(order, 1) if element_id}
    halves = sum(len(_rivals(element, item)) for element in item.elements)

    def share(count: int) -> Fraction:
        return Fraction(count, halves) if halves else NOTHING

    def credit(element: Element) -> Fraction:
        if not halves:  # all ranks are equal: any complete order is right
            return Fraction(len(place) == len(item.elements), len(item.elements))
        return share(_balance(element, item, place))

    return tuple(
        Remark(
            part=element.id,
            chosen=element.id in place,
            keyed=True,
            credit=credit(element),
            possible=share(len(_rivals(element, item))),
            feedback=element.feedback,
            given=str(place.get(element.id, "")),
            expected=_right_places(element, item),
        )
        for element in item.elements
    )


def _rivals(element: Element, item: Ordering) -> list[Element]:
    """The elements whose order against this one matters."""
    return [other for other in item.elements if other.rank != element.rank]


def _balance(element: Element, item: Ordering, place: dict[str, int]) -> int:
    """Pairs of this element that stand in order, less those that stand out of order."""
    balance = 0
    for other in _rivals(element, item):
        if element.id in place and other.id in place:
            in_order = (element.rank < other.rank) == (place[element.id] < place[other.id])
            balance += 1 if in_order else -1
    return balance


def _right_places(element: Element, item: Ordering) -> str:
    """The position or positions at which the element may stand: "3", or "2-3" among equals."""
    first = 1 + sum(other.rank < element.rank for other in item.elements)
    last = sum(other.rank <= element.rank for other in item.elements)
    return str(first) if first == last else f"{first}-{last}"
