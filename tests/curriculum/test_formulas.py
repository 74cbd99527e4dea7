"""The formulas of numeric items: what they can say, and what they can never do."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.formulas import FormulaError, evaluate

LISTS = {"weights": [0.5, 0.5], "scores": [4, 2], "costs": 620, "benefits": 1364}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("benefits / costs", 2.2),
        ("sum(w*s for w, s in zip(weights, scores))", 3.0),
        ("sum(scores) / len(scores)", 3.0),
        ("max(scores) - min(scores)", 2.0),
        ("round(benefits / 7, 1)", 194.9),
        ("abs(-costs) + (1 + 2) * 3", 629.0),
        ("100 * 1.05 ** 3", 115.7625),
        ("+costs", 620.0),
    ],
)
def test_what_a_formula_can_say(formula: str, value: float) -> None:
    assert evaluate(formula, LISTS) == pytest.approx(value)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("costs +", "not an expression"),
        ("price * 2", "uses price, which is not among the parameters"),
        ("costs / 0", "divides by zero"),
        ("__import__('os').system('true')", "may call only"),
        ("costs.real", "may not use: Attribute"),
        ("[1, 2]", "may not use: List"),
        ("(lambda: 1)()", "may call only"),
        ("'a' * 3", "works with str"),
        ("True", "works with bool"),
        ("costs // 7", "may not use: FloorDiv"),
        ("sum(s for s in scores if s)", "only the form"),
        ("sum(a for a in scores for b in scores)", "only the form"),
        ("sum(costs for scores[0] in scores)", "bind only names"),
        ("sum(scores, start=1)", "may call only"),
        ("scores", "works with list"),
        ("sum(w for w, s in scores)", "cannot be worked out"),
        ("9 ** 9 ** 9", "exponent"),
        ("99999999 ** 99", "range of numbers"),
        ("1e308 * 1e308", "range of numbers"),
        ("(0 - 1) ** 0.5", "works with complex"),
        ("1 +" * 200 + "1", "longer than"),
        ("(" * 300, "not an expression"),
    ],
)
def test_what_it_cannot(formula: str, message: str) -> None:
    with pytest.raises(FormulaError, match=re.escape(message)):
        evaluate(formula, LISTS)


def test_a_long_loop_ends_early() -> None:
    many = {"n": list(range(1000))}
    with pytest.raises(FormulaError, match="steps"):
        evaluate("sum(sum(a * b for a in n) for b in n)", many)


@given(st.text(alphabet=st.sampled_from("abwzs +-*/().,0123456789e'\"[]forin")))
def test_any_text_gives_a_number_or_a_formula_error(formula: str) -> None:
    with suppress(FormulaError):
        evaluate(formula, {"a": 1, "b": [1, 2], "w": None, "z": {"s": 1}})
