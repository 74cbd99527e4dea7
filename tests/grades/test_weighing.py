"""What lessons and quiz make together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.grades.policy import Lessons, Outcome, Policy, compute, lesson_points, weigh
from tests.grades.test_policy import MOMENT, tries

TEN = Decimal(10)
A_LITTLE = Decimal("0.0001")


def lessons(weight: int, done: int, counted: int = 4) -> Lessons:
    return Lessons(
        weight=weight,
        counted=counted,
        score_maximum=TEN,
        done=done,
        first_at=MOMENT,
        last_at=MOMENT,
    )


def quiz(given: str, maximum: str = "10") -> Outcome:
    outcome = compute(tries((given, maximum)))
    assert outcome is not None
    return outcome


def said(outcome: Outcome | None) -> tuple[Decimal, Decimal, bool] | None:
    if outcome is None:
        return None
    return (outcome.score_given, outcome.score_maximum, outcome.is_in_progress)


def test_lessons_bring_their_part_before_the_quiz_and_beside_it() -> None:
    assert said(weigh(None, lessons(30, 0))) is None
    assert said(weigh(None, lessons(30, 1))) == (Decimal("0.75"), TEN, True)
    assert said(weigh(quiz("5"), lessons(30, 0))) == (Decimal("3.5"), TEN, False)
    assert said(weigh(quiz("10", "20"), lessons(30, 4))) == (Decimal(13), Decimal(20), False)
    assert lesson_points(30, 1, 4, TEN) == Decimal("0.75")


def test_lessons_alone_are_whole_when_all_are_done_and_the_quiz_brings_nothing() -> None:
    assert said(weigh(quiz("10"), lessons(100, 0))) is None
    assert said(weigh(quiz("0", "20"), lessons(100, 3))) == (Decimal("7.5"), TEN, True)
    done = weigh(quiz("0", "20"), lessons(100, 4))
    assert said(done) == (TEN, TEN, False) and done is not None and done.attempt is None


def test_what_waits_for_a_person_waits_where_the_quiz_counts() -> None:
    waiting = compute([replace(each, awaits_marking=True) for each in tries(("5", "10"))])
    beside, alone = weigh(waiting, lessons(30, 4)), weigh(waiting, lessons(100, 4))
    assert beside is not None and beside.awaits_marking
    assert alone is not None and not alone.awaits_marking


weights, counts = st.integers(0, 100), st.integers(0, 12)
results = st.none() | st.tuples(st.integers(0, 40), st.sampled_from([0, 40, 48])).map(
    lambda pair: quiz(str(min(pair)), str(pair[1]))
)


@given(results, weights, counts, counts)
def test_no_score_leaves_its_range(
    outcome: Outcome | None, weight: int, done: int, more: int
) -> None:
    weighed = weigh(outcome, lessons(weight, done, done + more))
    if weighed is not None:
        assert 0 <= weighed.score_given <= weighed.score_maximum


@given(results, counts)
def test_without_weight_or_lessons_all_is_as_if_there_were_none(
    outcome: Outcome | None, done: int
) -> None:
    assert weigh(outcome, None) == weigh(outcome, lessons(0, done, 12)) == outcome
    assert weigh(outcome, lessons(50, 0, 0)) == outcome


@given(results, weights, st.integers(0, 11))
def test_another_lesson_never_costs_points(outcome: Outcome | None, weight: int, done: int) -> None:
    before = weigh(outcome, lessons(weight, done, 12))
    after = weigh(outcome, lessons(weight, done + 1, 12))
    assert before is None or (after is not None and after.score_given >= before.score_given)


@given(st.integers(0, 39), weights, st.integers(0, 12))
def test_another_point_in_the_quiz_never_costs_points(right: int, weight: int, done: int) -> None:
    fewer, more = (
        weigh(quiz(str(each), "40"), lessons(weight, done, 12)) for each in (right, right + 1)
    )
    assert fewer is None or (more is not None and more.score_given >= fewer.score_given)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.sampled_from(Policy), weights)
def test_the_parts_make_the_whole(right: list[int], policy: Policy, weight: int) -> None:
    outcome = compute(tries(*((str(each), "40") for each in right)), policy)
    weighed = weigh(outcome, lessons(weight, 3))
    if weighed is None or weighed.attempt is None or outcome is None:
        return
    read = lesson_points(weight, 3, 4, weighed.score_maximum)
    tested = (100 - weight) * outcome.score_given / 100
    assert abs(weighed.score_given - (read + tested)) <= A_LITTLE
