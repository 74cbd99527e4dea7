"""What a number says about its finder, where learners got different numbers to work with: pure.

Typed numbers cannot be counted together when each is right for somebody else. What went wrong can:
the slips that the authors foresaw have the same causes whatever the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from lti_tool.analytics.chosen import Named, PartGroup
from lti_tool.analytics.item_statistics import Part
from lti_tool.curriculum.items import Numeric
from lti_tool.quiz.cleaning import clean
from lti_tool.quiz.marking.marked import exact
from lti_tool.quiz.marking.numbers import find_slip, is_right, read_number

OUTCOME = "outcome"
RIGHT, SLIP, OTHER = "right", "slip:", "other"
TENS = tuple(Fraction(10) ** power for power in (-3, -2, -1, 1, 2, 3))
NEAR = Fraction(1, 100)
WORDS: Mapping[str, str] = {
    "sign": "The right number with the wrong sign",
    "tens": "The right number, but ten, a hundred or a thousand times as large or as small",
    "near": "Within 1% of the right number, as after rounding too early",
    OTHER: "Another number",
    "unread": "Not a number",
}
"""What is asked in this order of a number that is neither right nor a slip of the authors' list."""


@dataclass(frozen=True)
class _Reading:
    """One value that a text can mean, beside the right one."""

    value: Fraction
    answer: Fraction
    tolerance: Fraction

    def outcome(self) -> str:
        if self._is(-self.answer):
            return "sign"
        if any(self._is(self.answer * factor, factor) for factor in TENS):
            return "tens"
        near = abs(self.value - self.answer) <= abs(self.answer) * NEAR
        return "near" if near else OTHER

    def _is(self, wanted: Fraction, scale: Fraction = Fraction(1)) -> bool:
        return abs(self.value - wanted) <= self.tolerance * scale


def outcome_of(item: Numeric, response: object) -> tuple[Part, ...]:
    """How the answer relates to the right one of the item as this learner got it; () for none."""
    text = clean(item, response).get("number", "")
    if not text:
        return ()
    values = read_number(text, item.unit)
    slip = find_slip(item, values)
    if is_right(item, values):
        return ((OUTCOME, RIGHT),)
    if slip is not None:
        return ((OUTCOME, f"{SLIP}{slip.cause}"),)
    readings = [
        _Reading(value, exact(item.answer), exact(item.tolerance)).outcome() for value in values
    ]
    return ((OUTCOME, min(readings, key=list(WORDS).index, default="unread")),)


def outcome_group(item: Numeric) -> PartGroup:
    """Everything that `outcome_of` may say of the item, whichever numbers it is asked with."""
    slips = (*item.slips, *(slip for variant in item.variants for slip in variant.slips))
    causes = dict.fromkeys(slip.cause for slip in slips)
    parts = (
        Named((OUTCOME, RIGHT), "", "The right number", True),
        *(
            Named((OUTCOME, f"{SLIP}{cause}"), "", cause[:1].upper() + cause[1:], False)
            for cause in causes
        ),
        *(Named((OUTCOME, word), "", words, False) for word, words in WORDS.items()),
    )
    return PartGroup("What learners worked out", parts)
