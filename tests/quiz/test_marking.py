"""Marking: the examples of the item guide, and rules that hold for any answer whatever."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.curriculum.items import Item, Response
from lti_tool.quiz.marking import Marked, mark
from lti_tool.quiz.marking.numbers import read_number
from tests.quiz.builders import (
    card_sort,
    elements,
    matching,
    multiple_response,
    options,
    ordering,
    rubric,
    single_choice,
    situational_judgement,
    term,
    true_false_reason,
)
from tests.quiz.samples import KEYED, one_of_each

EACH = pytest.mark.parametrize("item", one_of_each(), ids=lambda item: item.id)


def outcome(marked: Marked) -> tuple[object, str]:
    return marked.credit, marked.state


def chosen(marked: Marked) -> dict[str, str]:
    """The feedback of every part that the learner chose."""
    return {remark.part: remark.feedback for remark in marked.remarks if remark.chosen}


@EACH
def test_keyed_answer_earns_full_credit(item: Item) -> None:
    assert outcome(mark(item, KEYED[item.id])) == (1, "right")


@EACH
@pytest.mark.parametrize("nothing", [{}, None, [], "a", {"choice": ""}, {"text": " \n"}])
def test_no_answer_earns_nothing(item: Item, nothing: object) -> None:
    assert outcome(mark(item, nothing)) == (0, "unanswered")


@pytest.mark.parametrize("choice", ["b", "c", "d"])
def test_single_choice_gives_nothing_for_another_option(choice: str) -> None:
    marked = mark(single_choice(), {"choice": choice})
    assert outcome(marked) == (0, "not_right")
    assert list(chosen(marked)) == [choice]


@pytest.mark.parametrize(
    ("choices", "credit"),
    [
        (["a"], Fraction(1, 4)),
        (["a", "b", "c", "e"], Fraction(1, 2)),
        (["a", "b", "e", "f"], 0),
        (["e", "f", "g"], 0),
        (list("abcdefg"), Fraction(1, 4)),
        (["a", "a", "a", "zz", 7], Fraction(1, 4)),
    ],
)
def test_multiple_response_counts_right_less_wrong_picks(choices: Any, credit: Fraction) -> None:
    assert mark(multiple_response(), {"choices": choices}).credit == credit


def test_thirds_do_not_drift() -> None:
    item = multiple_response(options=options("1", "2", "3", "4", credits=(1, 1, 1, 0)))
    assert mark(item, {"choices": ["a", "b"]}).credit == Fraction(2, 3)


@pytest.mark.parametrize(
    ("response", "credit"),
    [
        ({"truth": "false", "reason": "a"}, 1),
        ({"truth": "false", "reason": "b"}, Fraction(1, 4)),
        ({"truth": "false"}, Fraction(1, 4)),
        ({"truth": "true", "reason": "a"}, 0),
        ({"reason": "a"}, 0),
        ({"truth": False, "reason": "a"}, 0),
    ],
)
def test_a_reason_counts_only_with_its_truth(response: Response, credit: Fraction) -> None:
    assert mark(true_false_reason(), response).credit == credit


def test_matching_counts_right_pairs() -> None:
    marked = mark(matching(), {"pairs": {"p1": "t1", "p2": "t5", "p3": "t3", "px": "t1"}})
    assert outcome(marked) == (Fraction(1, 2), "partly")
    by_part = {remark.part: remark for remark in marked.remarks}
    assert (by_part["p2"].given, by_part["p2"].expected) == ("t5", "t2")
    assert by_part["t5"].chosen
    assert by_part["t5"].feedback == "Not one of the four."


@pytest.mark.parametrize(
    ("order", "credit"),
    [
        (["e2", "e1", "e3", "e4", "e5"], Fraction(8, 10)),
        (["e5", "e4", "e3", "e2", "e1"], 0),
        (["e1", "e2"], Fraction(1, 10)),
        (["e1", None, "e2", "zz", "e2"], Fraction(1, 10)),
        (["e1"], 0),
    ],
)
def test_ordering_counts_pairs(order: list[Any], credit: Fraction) -> None:
    assert mark(ordering(), {"order": order}).credit == credit


def test_equal_ranks_may_stand_in_any_order() -> None:
    item = ordering(elements=elements(1, 2, 2, 3))
    for order in (["e1", "e2", "e3", "e4"], ["e1", "e3", "e2", "e4"]):
        assert mark(item, {"order": order}).credit == 1
    assert mark(item, {"order": ["e2", "e1", "e3", "e4"]}).credit == Fraction(3, 5)
    assert {remark.expected for remark in mark(item, {}).remarks} == {"1", "2-3", "4"}


def test_ordering_of_equals_needs_only_to_be_complete() -> None:
    item = ordering(elements=elements(1, 1, 1))
    assert mark(item, {"order": ["e3", "e1", "e2"]}).credit == 1
    assert mark(item, {"order": ["e3", "e1"]}).credit == 0


@pytest.mark.parametrize(
    ("choice", "credit"), [("a", "1"), ("b", "0.67"), ("c", "0.33"), ("d", "0")]
)
def test_situational_judgement_gives_the_credit_of_the_option(choice: str, credit: str) -> None:
    assert mark(situational_judgement(), {"choice": choice}).credit == Fraction(credit)


def test_card_sort_is_corrected_for_guessing() -> None:
    item = card_sort()
    everything_one = {card.id: "pm" for card in item.cards}
    assert mark(item, {"cards": everything_one}).credit == 0
    assert mark(item, {"cards": {"c1": "pm", "c2": "pmo"}}).credit == Fraction(1, 18)
    assert mark(item, {"cards": {"c1": "pm"}}).credit == Fraction(1, 9)


def test_texts_for_the_outcome() -> None:
    assert mark(term(), {"text": "mandate"}).outcome == "Yes, the mandate."
    assert mark(term(), {"text": "plan"}).outcome == "Think of what comes first."
    assert mark(term(), {}).outcome == "Think of what comes first."
    assert mark(rubric(), {}).model_answer.startswith("Please agree")


# Rules for any answer

IDS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "e",
        "p1",
        "p2",
        "t1",
        "t2",
        "e1",
        "e2",
        "e3",
        "c1",
        "c4",
        "pm",
        "pmo",
        "true",
        "r1",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60) | IDS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(IDS | st.text(), inner, max_size=6),
    max_leaves=15,
)
KEYS = st.sampled_from(
    [
        "choice",
        "choices",
        "truth",
        "reason",
        "pairs",
        "order",
        "number",
        "text",
        "criteria",
        "cards",
    ]
)


@settings(max_examples=300, deadline=None)
@given(item=st.sampled_from(one_of_each()), response=st.dictionaries(KEYS, JSON) | JSON)
def test_any_answer_is_marked_with_a_credit_from_0_to_1(item: Item, response: object) -> None:
    marked = mark(item, response)
    assert 0 <= marked.credit <= 1
    total = sum((remark.credit for remark in marked.remarks), Fraction(0))
    assert marked.credit == max(total, Fraction(0))
    assert (marked.state == "right") == (marked.credit == 1)


@given(typed=st.text(alphabet="0123456789.,' -+%\u202f", max_size=45))
def test_any_typed_number_is_read_or_not_but_never_fails(typed: str) -> None:
    assert len(read_number(typed)) <= 2


@given(
    item=st.sampled_from([single_choice(), multiple_response(), situational_judgement()]),
    data=st.data(),
)
def test_the_order_of_options_and_picks_never_matters(item: Any, data: st.DataObject) -> None:
    ids = [option.id for option in item.options]
    picks = data.draw(st.lists(st.sampled_from(ids)))
    shuffled = type(item)(
        **{**vars(item), "options": tuple(data.draw(st.permutations(item.options)))}
    )
    response: Response = {"choice": picks[0] if picks else None, "choices": picks}
    reordered: Response = {**response, "choices": data.draw(st.permutations(picks))}
    assert mark(item, response).credit == mark(shuffled, reordered).credit


@given(ranks=st.lists(st.integers(1, 4), min_size=2, max_size=6), data=st.data())
def test_ordering_by_rank_is_always_right(ranks: list[int], data: st.DataObject) -> None:
    item = ordering(elements=elements(*ranks))
    ranked = sorted(data.draw(st.permutations(item.elements)), key=lambda element: element.rank)
    assert mark(item, {"order": [element.id for element in ranked]}).credit == 1
