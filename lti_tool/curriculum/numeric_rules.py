"""Rules of a numeric item: its formula gives its answer, and no slip looks like another value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from lti_tool.curriculum.faults import Problem
from lti_tool.curriculum.formulas import FormulaError, evaluate
from lti_tool.curriculum.items import Numeric
from lti_tool.curriculum.varying import with_numbers

_ROUNDING = 1e-9
"""What binary fractions add to a difference: 0.1 + 0.2 is not quite 0.3."""


def numeric(item: Numeric) -> Iterator[Problem]:
    yield from _one_form(item)
    for number, variant in enumerate(item.variants):
        for problem in _one_form(with_numbers(item, variant)):
            yield problem.under(("variants", number))
        if set(variant.parameters) != set(item.parameters):
            message = "must be those of the item, with other values"
            yield Problem(("variants", number, "parameters"), message)


def _one_form(item: Numeric) -> Iterator[Problem]:
    yield from _formula(item)
    yield from _slips(item)


def _formula(item: Numeric) -> Iterator[Problem]:
    if not item.formula:
        message = "is recomputed by nobody: give a formula"
        yield Problem(("answer",), message, "warning")
        return
    try:
        value = evaluate(item.formula, item.parameters)
    except FormulaError as error:
        yield Problem(("formula",), str(error))
        return
    if abs(value - item.answer) > item.tolerance + _ROUNDING * max(1, abs(item.answer)):
        message = f"is {item.answer:g}, but the formula gives {value:.10g}"
        yield Problem(("answer",), message)


def _slips(item: Numeric) -> Iterator[Problem]:
    for index, slip in enumerate(item.slips):
        if slip.credit == 1:
            yield Problem(("slips", index, "credit"), "must be below 1")
        if _overlap((slip.value, slip.tolerance), (item.answer, item.tolerance)):
            message = "lies within tolerance of the answer"
            yield Problem(("slips", index, "value"), message)
    for (first, one), (second, other) in combinations(enumerate(item.slips), 2):
        if _overlap((one.value, one.tolerance), (other.value, other.tolerance)):
            message = f"lies within tolerance of slips[{first}]"
            yield Problem(("slips", second, "value"), message)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two values, each with its tolerance, have a number in common beyond an end point."""
    distance, reach = abs(one[0] - other[0]), one[1] + other[1]
    return distance < max(reach - _ROUNDING, _ROUNDING)
