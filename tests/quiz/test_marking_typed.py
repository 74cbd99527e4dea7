"""Marking numbers, terms and short products as people type them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from lti_tool.curriculum.items import NearMiss
from lti_tool.quiz.marking import Marked, mark
from lti_tool.quiz.marking.numbers import read_number
from lti_tool.quiz.marking.texts import normalise
from tests.quiz.builders import numeric, rubric, term


def outcome(marked: Marked) -> tuple[object, str]:
    return marked.credit, marked.state


def chosen(marked: Marked) -> dict[str, str]:
    """The feedback of every part that the learner chose."""
    return {remark.part: remark.feedback for remark in marked.remarks if remark.chosen}


@pytest.mark.parametrize(
    ("typed", "credit", "part"),
    [
        ("4", 1, "answer"),
        ("4,005", 1, "answer"),
        ("4.01", 0, None),
        ("3,8", Fraction(1, 4), "slip.1"),
        ("19", 0, "slip.2"),
        ("400 %", Fraction(1, 2), "slip.3"),
        ("four", 0, "unreadable"),
        ("4" * 3000, 0, "unreadable"),
    ],
)
def test_numeric_knows_slips(typed: str, credit: Fraction, part: str | None) -> None:
    marked = mark(numeric(), {"number": typed})
    assert marked.credit == credit
    assert [*chosen(marked)] == ([part] if part else [])
    assert marked.solution.endswith("4.00")


def test_an_ambiguous_number_is_read_in_the_learners_favour() -> None:
    assert mark(numeric(answer=1364, tolerance=0.5), {"number": "1,364"}).credit == 1
    assert mark(numeric(answer=1.364, tolerance=0.0005), {"number": "1,364"}).credit == 1


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("1364", [1364]),
        ("1 364,5", [Fraction("1364.5")]),
        ("1\u202f364.5", [Fraction("1364.5")]),
        ("1'364", [1364]),
        ("1.364.000", [1364000]),
        ("1,364.50", [Fraction("1364.5")]),
        ("1.364,50", [Fraction("1364.5")]),
        ("1,364", [1364, Fraction("1.364")]),
        ("0,364", [Fraction("0.364")]),
        (" −18 days ", [-18]),
        ("+1 day", [1]),
        ("85%", [85]),
        (".5", [Fraction("0.5")]),
        ("5.", [5]),
        ("12,34,5", []),
        ("1 2", []),
        ("1e3", []),
        ("٣", []),
        (".", []),
        ("days", []),
        ("", []),
    ],
)
def test_numbers_as_people_type_them(typed: str, values: list[Fraction]) -> None:
    assert sorted(read_number(typed, "days")) == sorted(Fraction(value) for value in values)


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("mandate", 1),
        ("  The PMO-Mandate. ", 1),
        ("mandat", 1),
        ("mandatte", 1),
        ("nandate", 1),
        ("mndte", 0),
        ("a charter", 1),
        ("", 0),
        ("the", 0),
        ("mandate " * 900, 0),
    ],
)
def test_a_term_is_compared_after_normalising(text: str, credit: int) -> None:
    assert mark(term(), {"text": text}).credit == credit


def test_short_terms_must_be_spelt_exactly() -> None:
    assert mark(term(accepted=("risk",)), {"text": "disk"}).credit == 0


@pytest.mark.parametrize("text", ["Business case", "busines case", "the strategy"])
def test_a_near_miss_has_its_feedback_and_no_credit(text: str) -> None:
    marked = mark(term(), {"text": text})
    assert outcome(marked) == (0, "not_right")
    assert any(feedback.startswith("A ") for feedback in chosen(marked).values())


def test_an_exact_near_miss_wins_over_a_misspelt_answer() -> None:
    miss = NearMiss(text="mandate", feedback="There is more than one.")
    assert mark(term(accepted=("mandates",), near_misses=()), {"text": "mandate"}).credit == 1
    assert mark(term(accepted=("mandates",), near_misses=(miss,)), {"text": "mandate"}).credit == 0


def test_normalising() -> None:
    assert normalise(" An  Émile’s “Service-Catalogue”! ") == "émiles service catalogue"
    assert normalise("The") == "the"


def test_a_rubric_waits_for_a_person() -> None:
    marked = mark(rubric(), {"text": "Please agree."})
    assert outcome(marked) == (0, "needs_marking")
    assert marked.outcome == ""
    assert not any(remark.feedback for remark in marked.remarks)


@pytest.mark.parametrize(
    ("criteria", "credit", "state"),
    [
        ([], 0, "not_right"),
        (["r1"], Fraction(1, 4), "partly"),
        (["r1", "zz", 3], Fraction(1, 4), "partly"),
    ],
)
def test_a_marked_rubric_says_what_is_missing(criteria: Any, credit: Fraction, state: str) -> None:
    marked = mark(rubric(), {"text": "Please agree.", "criteria": criteria})
    assert outcome(marked) == (credit, state)
    assert "Add 2." in [remark.feedback for remark in marked.remarks]


def test_criteria_without_a_text_earn_nothing() -> None:
    assert mark(rubric(), {"criteria": ["r1", "r2"]}).credit == 0
