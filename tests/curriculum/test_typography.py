"""Quotes, apostrophes and dashes: in lessons, in items, and never in what is compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.items import Numeric, ShortText, SingleChoice
from lti_tool.curriculum.typography import typeset
from tests.curriculum.builders import ITEMS, LESSON, CurriculumFolder


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('She said "yes".', "She said “yes”."),
        ('"Yes," she said, "no"?', "“Yes,” she said, “no”?"),
        ("'Yes,' she said.", "‘Yes,’ she said."),
        ("\"He said 'yes'.\"", "“He said ‘yes’.”"),
        ("'He said \"yes\"'.", "‘He said “yes”’."),
        ("the PMO's job, the learners' work", "the PMO’s job, the learners’ work"),
        ('("now") and \'90s', "(“now”) and ’90s"),
        ("1'000 francs", "1'000 francs"),
        ("wait...", "wait…"),
        ("pages 3--5, and --- at last --- more", "pages 3–5, and — at last — more"),
        ("already “set” ‘so’", "already “set” ‘so’"),
        ("M1-SC-001 2024-05-13", "M1-SC-001 2024-05-13"),
        ("(a), (b), (c)", "(a), (b), (c)"),
    ],
)
def test_typeset(typed: str, shown: str) -> None:
    assert typeset(typed) == shown


@given(st.text(alphabet=st.sampled_from("ab1 .-'\"“”‘’(),\n")))
def test_twice_is_once_and_no_letter_is_lost(text: str) -> None:
    once = typeset(text)
    assert typeset(once) == once
    assert [each for each in once if each.isalnum()] == [each for each in text if each.isalnum()]


def test_items_are_typeset_but_not_what_is_compared(folder: CurriculumFolder) -> None:
    folder.edit(ITEMS, "text: Begin,", "text: \"'Begin' it's\",")
    folder.edit(ITEMS, "stem: What is", 'stem: What "is"', "M1-ST-001")
    folder.edit(ITEMS, "[mandate, charter]", '["owner\'s mandate", charter]')
    folder.edit(ITEMS, "text: strategy", 'text: "owner\'s plan"')
    folder.edit(ITEMS, "Something must", "It's that something must")
    curriculum = folder.check().curriculum
    assert curriculum is not None
    choice, term = curriculum.item_by_id["M1-SC-001"], curriculum.item_by_id["M1-ST-001"]
    number = curriculum.item_by_id["M1-NU-001"]
    assert isinstance(choice, SingleChoice) and isinstance(term, ShortText)
    assert choice.options[0].text == "‘Begin’ it’s"
    assert term.stem == "What “is” to be done?"
    assert term.accepted[0] == "owner's mandate"
    assert (term.near_misses[0].text, term.near_misses[0].feedback[:4]) == ("owner's plan", "It’s")
    assert isinstance(number, Numeric)
    assert number.formula == "sum(w*s for w, s in zip(weights, scores))"


def test_lessons_are_typeset(folder: CurriculumFolder) -> None:
    folder.edit(LESSON, "Slowly [R02]", '"*Slowly*" -- it\'s (c) [R02] "so" [R01]...')
    folder.edit(LESSON, "::: summary", '::: case The team\'s "way"\nText.\n:::\n\n::: summary')
    curriculum = folder.check().curriculum
    assert curriculum is not None
    html = curriculum.modules[0].lessons[0].html
    assert html.startswith("<p>“<em>Slowly</em>” – it’s (c)<sup>")
    assert "</sup> “so”<sup>" in html and "</sup>…" in html
    assert "The team’s “way”" in html


@pytest.mark.parametrize("gap", [" ", "  ", "\n", ""])
def test_no_gap_stands_before_a_citation(folder: CurriculumFolder, gap: str) -> None:
    folder.edit(LESSON, "Slowly [R02] or", f"Slowly{gap}[R02]{gap}[R01] or *well*{gap}[R01]. So")
    curriculum = folder.check().curriculum
    assert curriculum is not None
    html = curriculum.modules[0].lessons[0].html
    assert html.startswith("<p>Slowly<sup><a")
    assert '1</a></sup><sup aria-hidden="true">,</sup><sup><a' in html
    assert "<em>well</em><sup>" in html
