"""What an instructor is told to look at, question by question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lti_tool.analytics.chosen import part_groups, parts_chosen
from lti_tool.analytics.item_analysis import is_same_question
from lti_tool.analytics.item_findings import attention, findings
from lti_tool.analytics.item_statistics import Observation, analyse
from lti_tool.curriculum.items import Item, ItemFeedback
from lti_tool.quiz.marking import mark
from tests.quiz.builders import multiple_response, single_choice
from tests.quiz.samples import KEYED, one_of_each


def answered(choose: Callable[[float], str], n: int = 40, sure: bool = False) -> list[Observation]:
    """`n` learners from weakest to strongest; `choose` says what one of that strength picks."""
    item = single_choice()
    seen = []
    for number in range(n):
        rest = number / (n - 1)
        letter = choose(rest)
        response = {"choice": letter} if letter else {}
        credit = float(mark(item, response).credit)
        parts = parts_chosen(item, response)
        seen.append(Observation(credit, rest, parts, "sure" if sure else None))
    return seen


def kinds(seen: list[Observation]) -> list[str]:
    return [finding.kind for finding in findings(single_choice(), analyse(seen))]


def test_a_key_that_stronger_learners_avoid_may_be_wrong() -> None:
    found = findings(single_choice(), analyse(answered(lambda rest: "b" if rest > 0.5 else "a")))
    assert found[0].kind == "key" and found[0].is_urgent
    assert found[0].text == "It may have a wrong key: stronger learners choose B."


def test_a_sound_question_draws_no_remark_but_on_options_that_nobody_chooses() -> None:
    strong_know = answered(lambda rest: "a" if rest > 0.4 else "bcd"[int(rest * 100) % 3])
    assert kinds(strong_know) == []
    two_used = answered(lambda rest: "a" if rest > 0.4 else "b", n=100)
    found = findings(single_choice(), analyse(two_used))
    assert [finding.text for finding in found] == ["2 wrong options are never chosen: C, D."]


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("easy", answered(lambda _: "a", n=100)),
        ("hard", answered(lambda rest: "bcd"[int(rest * 100) % 3])),
        ("sure", answered(lambda rest: "bcd"[int(rest * 100) % 3], sure=True)),
        ("omitted", answered(lambda rest: "" if rest > 0.7 else "a")),
        ("weak", answered(lambda rest: "abcd"[int(rest * 399) % 4], n=400)),
        ("lure", answered(lambda rest: "b" if rest > 0.8 else "a" if rest > 0.3 else "c", n=200)),
    ],
)
def test_each_fault_is_named(expected: str, seen: list[Observation]) -> None:
    assert expected in kinds(seen)


def test_too_few_answers_accuse_nobody() -> None:
    assert kinds(answered(lambda rest: "b" if rest > 0.5 else "a", n=19)) == []


def test_questions_that_may_cost_points_come_first() -> None:
    wrong_key = findings(
        single_choice(), analyse(answered(lambda rest: "b" if rest > 0.5 else "a"))
    )
    two_used = answered(lambda rest: "a" if rest > 0.4 else "b", n=100)
    unused = findings(single_choice(), analyse(two_used))
    assert attention(wrong_key) < attention(unused) < attention(())


@pytest.mark.parametrize("item", one_of_each(), ids=lambda item: item.type)
def test_the_parts_of_a_right_answer_are_the_right_parts(item: Item) -> None:
    chosen = parts_chosen(item, KEYED[item.id])
    right = [named.part for group in part_groups(item) for named in group.parts if named.right]
    assert chosen and parts_chosen(item, {"choice": 7, "pairs": []}) == ()
    assert set(chosen) <= set(right) or not right


def test_only_what_learners_see_or_marking_uses_makes_another_question() -> None:
    item = single_choice()
    assert is_same_question(item, replace(item, feedback=ItemFeedback(remediate="M1.L3")))
    assert is_same_question(item, replace(item, status="approved", difficulty=4))
    assert not is_same_question(item, replace(item, stem="Which act is not?"))
    first, second, *rest = item.options
    swapped = (replace(first, credit=0), replace(second, credit=1), *rest)
    assert not is_same_question(item, replace(item, options=swapped))
    assert not is_same_question(item, multiple_response(id=item.id))
