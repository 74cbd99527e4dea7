"""The figures of a question: against SciPy, against hand-made cases, and what always holds."""

from __future__ import annotations

import random

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lti_tool.analytics.intervals import correlation, share
from lti_tool.analytics.item_statistics import Observation, analyse

CREDITS = st.sampled_from([0.0, 0.25, 0.5, 2 / 3, 1.0])
OBSERVATIONS = st.lists(
    st.builds(
        Observation,
        credit=CREDITS,
        rest=st.none() | st.floats(0, 1),
        chosen=st.sampled_from([(), (("choice", "a"),), (("choice", "b"),)]),
        confidence=st.sampled_from([None, "sure", "guess"]),
    ),
    max_size=40,
)


def seen(*pairs: tuple[float, float | None], chosen: str = "") -> list[Observation]:
    parts = ((("choice", chosen),),) if chosen else ((),)
    return [Observation(credit, rest, parts[0]) for credit, rest in pairs]


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_scipys_wilson_interval(case: tuple[int, int]) -> None:
    right, n = case
    ours = share(right, n)
    theirs = stats.binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert ours.value == right / n


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(4, 200))
def test_a_correlation_and_its_interval_are_scipys(seed: int, n: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    xs = [float(chance.random() < 0.6) for _ in range(n)]
    ys = [min(max(0.3 * x + chance.random(), 0), 1) for x in xs]
    if len(set(xs)) == 1:
        assert correlation(xs, ys) is None
        return
    theirs = stats.pearsonr(xs, ys)
    interval = theirs.confidence_interval(0.95)
    ours = correlation(xs, ys)
    assert ours is not None
    assert ours.value == pytest.approx(theirs.statistic, abs=1e-9)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_for_credits_of_0_or_1_discrimination_is_scipys_point_biserial() -> None:
    chance = random.Random(7)  # noqa: S311
    pairs = [(float(chance.random() < 0.5), chance.random()) for _ in range(300)]
    index = analyse(seen(*pairs)).discrimination
    theirs = stats.pointbiserialr([x for x, _ in pairs], [y for _, y in pairs])
    assert index is not None and index.value == pytest.approx(theirs.statistic)


def test_efficiency_is_covariance_over_that_of_sorted_values() -> None:
    chance = random.Random(11)  # noqa: S311
    pairs = [(chance.choice([0.0, 0.5, 1.0]), chance.random()) for _ in range(80)]
    xs, ys = numpy.array([x for x, _ in pairs]), numpy.array([y for _, y in pairs])
    greatest = numpy.cov(numpy.sort(xs), numpy.sort(ys))[0, 1]
    statistics = analyse(seen(*pairs))
    assert statistics.efficiency == pytest.approx(numpy.cov(xs, ys)[0, 1] / greatest)
    assert statistics.spread == pytest.approx(numpy.std(xs, ddof=1))


def test_a_case_worked_by_hand() -> None:
    """Credits 1 1 0 0 with rests 1.0 0.5 0.5 0.0: covariance 0.125, variances 0.25 and 0.125."""
    statistics = analyse(seen((1, 1.0), (1, 0.5), (0, 0.5), (0, 0.0)))
    assert statistics.facility is not None and statistics.facility.value == 0.5
    assert statistics.discrimination is not None
    assert statistics.discrimination.value == pytest.approx(0.125 / (0.25 * 0.125) ** 0.5)
    assert statistics.efficiency == pytest.approx(1.0)
    assert not statistics.is_enough


def test_who_chose_what_and_how_strong_they_were() -> None:
    strong = seen((1, 0.9), (1, 0.7), chosen="a")
    weak = seen((0, 0.3), (0, 0.1), chosen="b")
    nothing = seen((0, 0.5))
    first, second = analyse(strong + weak + nothing).choices
    assert (first.part, first.count, first.share) == (("choice", "a"), 2, 0.4)
    assert first.rest_mean == pytest.approx(0.8) and second.rest_mean == pytest.approx(0.2)
    assert first.pull is not None and first.pull.value > 0
    assert second.pull is not None and second.pull.value < 0
    assert analyse(strong + weak + nothing).answered == 4


def test_nothing_is_said_where_nothing_can_be_told() -> None:
    empty = analyse([])
    assert (empty.n, empty.facility, empty.discrimination, empty.spread) == (0, None, None, None)
    same = analyse(seen(*[(1.0, number / 30) for number in range(30)]))
    assert same.discrimination is None and same.efficiency is None and same.is_enough
    alone = analyse(seen(*[(float(number % 2), None) for number in range(30)]))
    assert alone.discrimination is None and alone.facility is not None


def test_confidence_stands_against_credit() -> None:
    sure = [Observation(0, 0.5, (), "sure"), Observation(1, 0.5, (), "sure")]
    found = analyse([*sure, Observation(1, 0.5, (), "guess"), Observation(1, 0.5)]).confidence
    assert {mark: (each.value, each.n) for mark, each in found.items()} == {
        "sure": (0.5, 2),
        "guess": (1.0, 1),
    }


@settings(deadline=None)
@given(OBSERVATIONS, st.randoms(use_true_random=False))
def test_order_does_not_matter(observations: list[Observation], chance: random.Random) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)
    assert analyse(shuffled) == analyse(observations)


@settings(deadline=None)
@given(OBSERVATIONS)
def test_every_figure_stays_within_its_bounds(observations: list[Observation]) -> None:
    statistics = analyse(observations)
    for estimate, least in ((statistics.facility, 0), (statistics.discrimination, -1)):
        if estimate is not None:
            assert least <= estimate.low <= estimate.value + 1e-12
            assert estimate.value <= estimate.high + 1e-12 and estimate.high <= 1
    assert statistics.efficiency is None or statistics.efficiency <= 1
    assert sum(choice.count for choice in statistics.choices) == statistics.answered
