"""Estimates with their 95 % intervals: pure, and the same whatever the order of the values.

A figure without its interval invites to read luck as a fact; so none leaves here without one.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)
FISHER_LEAST = 4


@dataclass(frozen=True)
class Estimate:
    """A figure from `n` values with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def share(total: float, n: int) -> Estimate | None:
    """The mean of `n` values from 0 to 1 that add up to `total`; None of no values.

    The interval is Wilson's (E. B. Wilson, "Probable Inference, the Law of Succession, and
    Statistical Inference", JASA 22, 1927, 209-212, without continuity correction). It is made for
    values that are 0 or 1. Values between vary less at the same mean (their variance is at most
    mean x (1 - mean)), so that for partial credit the interval is on the safe side.
    """
    if n == 0:
        return None
    mean = min(max(total / n, 0.0), 1.0)
    square = Z95 * Z95
    centre = (mean + square / (2 * n)) / (1 + square / n)
    spread = Z95 / (1 + square / n) * math.sqrt(mean * (1 - mean) / n + square / (4 * n * n))
    return Estimate(mean, max(centre - spread, 0.0), min(centre + spread, 1.0), n)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> Estimate | None:
    """Pearson's r of the pairs; None where one side never varies, or there are too few.

    The interval is Fisher's: atanh(r) is nearly normal with the standard error 1/sqrt(n - 3)
    (R. A. Fisher, "On the 'Probable Error' of a Coefficient of Correlation Deduced from a Small
    Sample", Metron 1, 1921, 3-32). It needs four pairs.
    """
    n = len(xs)
    if n < FISHER_LEAST or min(xs) == max(xs) or min(ys) == max(ys):
        return None
    off_x, off_y = _deviations(xs), _deviations(ys)
    spread = math.sqrt(_mean_product(off_x, off_x)) * math.sqrt(_mean_product(off_y, off_y))
    if spread == 0:
        return None
    r = min(max(_mean_product(off_x, off_y) / spread, -1.0), 1.0)
    if abs(r) == 1:
        return Estimate(r, r, r, n)
    centre, error = math.atanh(r), Z95 / math.sqrt(n - 3) if n > 3 else math.inf
    return Estimate(r, math.tanh(centre - error), math.tanh(centre + error), n)


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The covariance of the pairs as they are, divided by n; `fsum` makes order no matter."""
    return _mean_product(_deviations(xs), _deviations(ys))


def _deviations(values: Sequence[float]) -> list[float]:
    middle = mean(values)
    return [value - middle for value in values]


def _mean_product(xs: Sequence[float], ys: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, xs, ys)) / len(xs)


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
