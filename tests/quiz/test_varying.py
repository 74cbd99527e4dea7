"""Numeric items with other numbers: one form a seed, and each form as good as the first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.checking import check
from lti_tool.curriculum.items import Numeric
from lti_tool.curriculum.numeric_rules import numeric
from lti_tool.curriculum.varying import varied, with_numbers
from lti_tool.quiz.marking import mark
from tests.conftest import CONTENT
from tests.quiz.builders import single_choice

CURRICULUM = check(CONTENT, date(2026, 11, 24)).curriculum
assert CURRICULUM is not None
VARIED = [item for item in CURRICULUM.items if isinstance(item, Numeric) and item.variants]
FORMS = [
    form for item in VARIED for form in (item, *(with_numbers(item, v) for v in item.variants))
]


@given(st.sampled_from(VARIED), st.text(min_size=1, max_size=20))
def test_a_seed_gives_one_form_always(item: Numeric, seed: str) -> None:
    form = varied(item, seed)
    assert form == varied(item, seed) and form.id == item.id
    assert isinstance(form, Numeric) and form.answer in {each.answer for each in FORMS}


@given(st.sampled_from(FORMS))
def test_each_form_marks_its_own_answer_right_and_its_own_slips_as_slips(form: Numeric) -> None:
    assert mark(form, {"number": f"{form.answer}"}).credit == 1
    for slip in form.slips:
        assert float(mark(form, {"number": f"{slip.value}"}).credit) == slip.credit


def test_every_form_is_met_and_shows_its_own_numbers() -> None:
    for item in VARIED:
        forms = {str(varied(item, f"seed-{number}")) for number in range(100)}
        assert len(forms) == len(item.variants) + 1
    for form in FORMS:
        shown = re.sub(",", "", f"{form.stem} {form.stimulus}")
        numbers = [
            number
            for value in form.parameters.values()
            for number in (value if isinstance(value, list) else [value])
            if isinstance(number, int)
        ]
        assert numbers and all(str(number) in shown for number in numbers)


def test_other_items_stay_as_they_are() -> None:
    item = single_choice()
    assert varied(item, "seed") is item


@pytest.mark.parametrize("wrong", ["answer", "parameters"])
def test_a_variant_that_does_not_fit_is_a_fault(wrong: str) -> None:
    item = VARIED[0]
    first = item.variants[0]
    if wrong == "answer":
        changed = replace(first, answer=99.0)
    else:
        changed = replace(first, parameters={"x": 1})
    broken = replace(item, variants=(changed,))
    assert [problem.path[:2] for problem in numeric(broken)][:1] == [("variants", 0)]
