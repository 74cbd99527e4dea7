"""What an answer is worth once a course has repaired the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.checking import check
from lti_tool.curriculum.items import Item, Option
from lti_tool.curriculum.right_answers import right_answer
from lti_tool.quiz.judging import Repair, RepairKind, judge, score
from lti_tool.quiz.marking import mark
from lti_tool.quiz.marking.marked import exact
from lti_tool.quiz.rekeying import can_be_key, with_key
from tests.conftest import CONTENT

CONTENT_ITEMS = check(CONTENT, date(2026, 11, 27)).curriculum
assert CONTENT_ITEMS is not None
ITEMS = [item for item in CONTENT_ITEMS.items if can_be_key(item, right_answer(item))]
any_item = st.sampled_from(ITEMS)


@given(item=any_item)
def test_its_own_key_changes_nothing(item: Item) -> None:
    key = right_answer(item)
    assert mark(with_key(item, key), key).credit == 1
    assert judge(item, {}, [Repair(RepairKind.CORRECT, key)]).marked.credit == 0


@given(item=any_item)
def test_taken_out_or_given_away(item: Item) -> None:
    assert not judge(item, right_answer(item), [Repair(RepairKind.VOID, {})]).counts
    given_away = judge(item, {}, [Repair(RepairKind.CREDIT, {})])
    assert given_away.counts and given_away.marked.credit == 1


def _other(options: Sequence[Option]) -> str:
    return next(option.id for option in options if option.credit < 1)


WRONG: dict[str, Callable[[Any], dict[str, Any]]] = {
    "single_choice": lambda item: {"choice": _other(item.options)},
    "situational_judgement": lambda item: {"choice": _other(item.options)},
    "numeric": lambda item: {"number": str(item.answer + 7)},
    "ordering": lambda item: {"order": right_answer(item)["order"][::-1]},
    "multiple_response": lambda item: {"choices": [o.id for o in item.options if not o.correct]},
}


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_another_answer_is_accepted_or_takes_the_place_of_the_key(kind: str) -> None:
    item = next(each for each in ITEMS if each.type == kind)
    key, other = right_answer(item), WRONG[kind](item)
    accepted = [Repair(RepairKind.ACCEPT, other)]
    corrected = [Repair(RepairKind.CORRECT, other)]
    assert judge(item, other).marked.credit < 1
    assert [judge(item, answer, accepted).marked.credit for answer in (key, other)] == [1, 1]
    assert judge(item, other, corrected).marked.credit == 1
    assert judge(item, key, corrected).marked.credit < 1
    assert judge(item, key, [*corrected, Repair(RepairKind.CORRECT, key)]).marked.credit == 1


def test_a_score_leaves_out_what_does_not_count() -> None:
    first, second = ITEMS[:2]
    responses = {first.id: right_answer(first), second.id: {}}
    whole = score([first, second], responses, {})
    without = score([first, second], responses, {second.id: [Repair(RepairKind.VOID, {})]})
    one, two = exact(first.max_points), exact(second.max_points)
    assert (whole.given, whole.maximum) == (one, one + two)
    assert (without.given, without.maximum) == (one, one)
