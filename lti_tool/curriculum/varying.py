"""A numeric item with other numbers, picked by a seed: pure, and the same on every machine."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from lti_tool.curriculum.items import Item, Numeric, Variant


def varied(item: Item, seed: str) -> Item:
    """The item as the attempt with this seed asks it; most items have one form only."""
    if not isinstance(item, Numeric) or not item.variants:
        return item
    place = int(sha256(f"{seed}/{item.id}/variant".encode()).hexdigest(), 16)
    number = place % (len(item.variants) + 1)
    return with_numbers(item, item.variants[number - 1]) if number else item


def with_numbers(item: Numeric, variant: Variant) -> Numeric:
    """The item with the numbers of a variant, wherever they stand."""
    return replace(
        item,
        parameters=variant.parameters,
        answer=variant.answer,
        solution=variant.solution,
        slips=variant.slips,
        stem=variant.stem or item.stem,
        stimulus=variant.stimulus or item.stimulus,
        feedback=replace(item.feedback, correct=variant.correct or item.feedback.correct),
        variants=(),
    )
