"""What counts of several attempts."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.grades.policy import MarkedAttempt, Policy, compute

MOMENT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def tries(*points: tuple[str, str]) -> list[MarkedAttempt]:
    return [
        MarkedAttempt(
            attempt_id=100 + number,
            number=number,
            score_given=Decimal(got),
            score_maximum=Decimal(of),
            started_at=MOMENT,
            submitted_at=MOMENT,
        )
        for number, (got, of) in enumerate(points, 1)
    ]


@pytest.mark.parametrize(
    ("policy", "number", "points"),
    [
        (Policy.BEST, 2, ("9", "10")),
        (Policy.FIRST, 1, ("3", "10")),
        (Policy.LAST, 3, ("4", "8")),
        (Policy.AVERAGE, 3, ("4.5333", "8")),
    ],
)
def test_each_policy_on_the_same_attempts(
    policy: Policy, number: int, points: tuple[str, str]
) -> None:
    outcome = compute(tries(("3", "10"), ("9", "10"), ("4", "8")), policy)
    assert outcome is not None and outcome.attempt is not None
    assert outcome.attempt.number == number
    assert (outcome.score_given, outcome.score_maximum) == tuple(map(Decimal, points))


def test_of_equal_attempts_the_earlier_is_the_best() -> None:
    outcome = compute(tries(("5", "10"), ("4", "8"), ("1", "8")))
    assert outcome is not None and outcome.attempt is not None and outcome.attempt.number == 1


@pytest.mark.parametrize("policy", Policy)
def test_nothing_counts_as_long_as_there_is_nothing(policy: Policy) -> None:
    assert compute([], policy) is None


@pytest.mark.parametrize("policy", Policy)
def test_nothing_right_and_nothing_to_be_had_are_scores_of_zero(policy: Policy) -> None:
    for maximum in ("9", "0"):
        outcome = compute(tries(("0", maximum)), policy)
        assert outcome is not None
        assert (outcome.score_given, outcome.score_maximum) == (Decimal(0), Decimal(maximum))


points = st.integers(0, 400).map(lambda n: str(Decimal(n) / 4))
some_tries = st.lists(st.tuples(points, st.sampled_from(["100", "120"])), min_size=1, max_size=8)


@given(some_tries, st.sampled_from(Policy), st.integers())
def test_no_policy_leaves_the_range_of_the_attempts_or_minds_their_order(
    drawn: list[tuple[str, str]], policy: Policy, seed: int
) -> None:
    attempts = tries(*drawn)
    shuffled = random.Random(seed).sample(attempts, len(attempts))  # noqa: S311
    outcome = compute(shuffled, policy)
    assert outcome == compute(attempts, policy) and outcome is not None
    shares = [float(each.share) * float(outcome.score_maximum) for each in attempts]
    assert min(shares) - 0.0001 <= outcome.score_given <= max(shares) + 0.0001
