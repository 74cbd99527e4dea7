"""Drawing: the blueprint is kept, unseen items come first, and a seed decides everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.documents import Curriculum, Module, Reserve, Slot
from lti_tool.curriculum.items import Item
from lti_tool.quiz.draw import draw, element_order, option_order
from tests.quiz.builders import (
    elements,
    matching,
    ordering,
    single_choice,
    situational_judgement,
)
from tests.quiz.samples import curriculum, module, pool

TODAY = date(2026, 11, 24)
SEEDS = st.text(min_size=1, max_size=20)


def earlier_and(third: Module) -> Curriculum:
    """Modules 1 and 2 with five and three items, a third with six, and a fourth with five."""
    modules = (module(1), module(2), third, module(4))
    items = pool(1, 5) + pool(2, 3) + pool(3, 6) + pool(4, 5)
    return curriculum(modules, items)


THIRD = module(3, Slot(objective="M3.O1", type="single_choice", count=3), spaced=2)
BOOK = earlier_and(THIRD)


def modules_of(item_ids: tuple[str, ...]) -> Counter[str]:
    return Counter(item_id.split("-", maxsplit=1)[0] for item_id in item_ids)


@given(SEEDS)
def test_a_draw_obeys_the_blueprint(seed: str) -> None:
    drawn = draw(BOOK, THIRD, seed, today=TODAY)
    assert len(set(drawn)) == len(drawn) == THIRD.quiz.item_count
    assert modules_of(drawn) == {"M3": 3, "M1": 1, "M2": 1}


@given(SEEDS, st.sets(st.sampled_from([item.id for item in BOOK.items])))
def test_unseen_items_come_first(seed: str, seen: set[str]) -> None:
    drawn = draw(BOOK, THIRD, seed, seen, today=TODAY)
    own = {item.id for item in BOOK.items if item.module == "M3"}
    earlier = {item.id for item in BOOK.items if item.module in ("M1", "M2")}
    for group, count in ((own, 3), (earlier, 2)):
        repeated = [each for each in drawn if each in group and each in seen]
        assert len(repeated) == max(0, count - len(group - seen))


@given(SEEDS)
def test_the_same_seed_gives_the_same_quiz(seed: str) -> None:
    reordered = curriculum(BOOK.modules, tuple(reversed(BOOK.items)))
    assert draw(BOOK, THIRD, seed, today=TODAY) == draw(reordered, THIRD, seed, today=TODAY)


def test_a_seed_gives_this_quiz_on_every_machine() -> None:
    drawn = draw(BOOK, THIRD, "seed", today=TODAY)
    assert drawn == ("M3-SC-102", "M1-SC-103", "M2-SC-103", "M3-SC-103", "M3-SC-101")


def test_seeds_differ() -> None:
    assert len({draw(BOOK, THIRD, str(number), today=TODAY) for number in range(20)}) > 15


def test_the_first_module_draws_nothing_spaced() -> None:
    first = module(1, Slot(objective="M1.O1", type="single_choice", count=2), spaced=2)
    drawn = draw(curriculum((first, THIRD), pool(1, 4) + pool(3, 4)), first, "s", today=TODAY)
    assert modules_of(drawn) == {"M1": 2}


def test_only_usable_items_are_drawn() -> None:
    items = (
        *pool(3, 1, id="retired", status="retired"),
        *pool(3, 1, id="old", review_by=date(2026, 11, 23)),
        *pool(3, 1, id="practice", pool="practice"),
        *pool(3, 1, id="other objective", objective="M3.O2"),
        *pool(3, 1, id="last day", review_by=TODAY),
        *pool(3, 1, id="no date", review_by=None),
    )
    drawn = draw(curriculum((THIRD,), items), THIRD, "s", today=TODAY)
    assert set(drawn) == {"last day", "no date"}


def test_two_lines_of_one_kind_never_draw_an_item_twice() -> None:
    slot = Slot(objective="M3.O1", type="single_choice", count=2)
    twice = module(3, slot, slot)
    drawn = draw(curriculum((twice,), pool(3, 3)), twice, "s", today=TODAY)
    assert sorted(drawn) == ["M3-SC-101", "M3-SC-102", "M3-SC-103"]


def judgements(number: int, count: int) -> tuple[Item, ...]:
    return tuple(
        situational_judgement(
            id=f"M{number}-SJ-{each}", module=f"M{number}", pool="final", review_by=None
        )
        for each in range(count)
    )


def final(*names: str) -> Module:
    """A module 11 without lessons that draws three final items of each module."""
    reserve = Reserve(each=3, modules=names, prefer=("situational_judgement", "numeric"))
    empty = module(11)
    return replace(empty, quiz=replace(empty.quiz, reserve=reserve))


FINAL = final("M1", "M2")
RESERVED: tuple[Item, ...] = (
    *pool(1, 6, pool="final", id=""),
    *pool(2, 4, pool="final", id=""),
)
RESERVED = tuple(replace(item, id=f"{item.module}-F-{n}") for n, item in enumerate(RESERVED))
JUDGED = judgements(1, 2) + judgements(3, 5)
EXAM = curriculum((module(1), module(2), module(3), FINAL), BOOK.items + RESERVED + JUDGED)


@given(SEEDS)
def test_a_reserve_gives_as_many_final_items_of_each_module(seed: str) -> None:
    drawn = draw(EXAM, FINAL, seed, today=TODAY)
    assert len(set(drawn)) == len(drawn) == FINAL.quiz.item_count == 6
    assert modules_of(drawn) == {"M1": 3, "M2": 3}
    assert {EXAM.item_by_id[each].pool for each in drawn} == {"final"}


@given(SEEDS, st.sets(st.sampled_from([item.id for item in RESERVED + JUDGED])))
def test_a_reserve_prefers_some_types_then_unseen_items(seed: str, seen: set[str]) -> None:
    drawn = draw(EXAM, FINAL, seed, seen, today=TODAY)
    preferred = {"M1-SJ-0", "M1-SJ-1"}
    first = preferred & set(drawn)
    assert first and (preferred <= seen or first - seen)
    for number, forced in (("M1", preferred <= seen), ("M2", False)):
        own = {item.id for item in RESERVED + JUDGED if item.module == number}
        repeated = own & seen & set(drawn)
        assert len(repeated) == max(forced, 3 - len(own - seen))


def test_a_second_attempt_repeats_nothing_where_the_reserve_has_enough() -> None:
    book = curriculum((module(1), final("M1")), RESERVED + judgements(1, 2))
    seen = draw(book, final("M1"), "first", today=TODAY)
    assert not set(seen) & set(draw(book, final("M1"), "second", seen, today=TODAY))


def test_a_module_never_draws_final_items() -> None:
    items = pool(3, 2) + pool(3, 9, pool="final", id="final") + pool(1, 9, pool="final", id="f")
    drawn = draw(curriculum((module(1), THIRD), items), THIRD, "s", today=TODAY)
    assert sorted(drawn) == ["M3-SC-101", "M3-SC-102"]


def test_a_reserve_gives_only_usable_items() -> None:
    items = (
        *pool(1, 1, pool="final", id="retired", status="retired"),
        *pool(1, 1, pool="final", id="old", review_by=date(2026, 11, 23)),
        *pool(1, 1, pool="final", id="last day", review_by=TODAY),
    )
    drawn = draw(curriculum((module(1), FINAL), items), FINAL, "s", today=TODAY)
    assert drawn == ("last day",)


@given(SEEDS)
def test_options_keep_their_order_only_without_shuffle(seed: str) -> None:
    ids = ("a", "b", "c", "d")
    assert option_order(seed, single_choice(shuffle=False), ids) == ids
    shuffled = option_order(seed, single_choice(), ids)
    assert sorted(shuffled) == list(ids)
    assert shuffled == option_order(seed, single_choice(), reversed(ids))


def test_items_of_one_quiz_are_shuffled_apart() -> None:
    ids = tuple("abcdefgh")
    assert option_order("s", single_choice(), ids) != option_order("s", matching(), ids)


@given(SEEDS, st.lists(st.integers(1, 3), min_size=2, max_size=6), st.booleans())
def test_elements_are_never_shown_in_their_right_order(
    seed: str, ranks: list[int], shuffle: bool
) -> None:
    item = ordering(elements=elements(*ranks), shuffle=shuffle)
    rank = {element.id: element.rank for element in item.elements}
    shown = element_order(seed, item)
    assert sorted(shown) == sorted(rank)
    if len(set(ranks)) > 1:
        assert [rank[each] for each in shown] != sorted(ranks)
