"""The result of marking: what every family of types returns."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

State = Literal["right", "partly", "not_right", "unanswered", "needs_marking"]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What marking has to say about one part: an option, pair, card, element, slip or criterion.

    `chosen`: the learner picked the part or gave an answer for it. `keyed`: it belongs to the right
    answer. `credit` is what the part adds to the item's credit (negative for a wrong pick where
    those count) and `possible` the most that it could add. For parts that get an answer of their
    own, `given` and `expected` hold the ids (of targets, categories) or positions.
    """

    part: str
    chosen: bool
    keyed: bool
    credit: Fraction
    possible: Fraction
    feedback: str = ""
    given: str = ""
    expected: str = ""


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A marked answer.

    `credit` is a Fraction from 0 to 1, so that thirds and sixths stay exact: three pairs of 1/3 are
    1 and not 0.99; it is rounded once, where it is stored or shown. `general`, `outcome` (the
    item's text for a right or for any other answer), `solution` and `model_answer` are the texts
    that apply to the whole, "" where the item has none.
    """

    credit: Fraction
    state: State
    remarks: tuple[Remark, ...]
    general: str = ""
    outcome: str = ""
    solution: str = ""
    model_answer: str = ""


def exact(value: float) -> Fraction:
    """The number as its author wrote it: 0.67 becomes 67/100, not the nearest binary fraction."""
    return Fraction(str(value))
