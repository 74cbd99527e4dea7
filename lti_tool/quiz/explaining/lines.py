"""The pieces of an explanation, and the words that all types share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from lti_tool.quiz.marking import Marked, Remark

Verdict = Literal["right", "partly", "not_right", "missed", "open", "unanswered"]
"""`missed`: an option of the right answer that was not chosen; `open`: neither chosen nor right;
`unanswered`: a part that was given no answer of its own."""

Words = Mapping[Verdict, str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One part of the item with its verdict, also in words (`word`), and why (`feedback`).

    `given` and `expected` are texts for parts that get an answer of their own; `note` is a remark
    beside the verdict.
    """

    text: str
    verdict: Verdict
    word: str = ""
    given: str = ""
    expected: str = ""
    feedback: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Lines to read at once, and `others` that a reader may open under `others_title`.

    `is_open`: the others concern the learner, so they are shown from the start.
    """

    title: str = ""
    lines: tuple[Line, ...] = ()
    others: tuple[Line, ...] = ()
    others_title: str = ""
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One typed answer: `given`, what was `expected`, a `hint` on what went wrong, and criteria."""

    given: str
    expected: str = ""
    hint: str = ""
    criteria: tuple[Line, ...] = ()


def verdict(remark: Remark) -> Verdict:
    if not remark.chosen:
        return "missed" if remark.keyed else "open"
    if remark.keyed and remark.credit == remark.possible:
        return "right"
    return "partly" if remark.credit > 0 else "not_right"


def remarks_by_part(marked: Marked, prefix: str = "") -> dict[str, Remark]:
    """The remarks by part id, without the prefix that tells two lists of one item apart."""
    return {
        remark.part.removeprefix(prefix): remark
        for remark in marked.remarks
        if remark.part.startswith(prefix)
    }


def rounded(value: Fraction) -> str:
    """With at most two decimals, halves up: "0.67", "1"."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{decimal.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"
