"""A measured figure, and the plain table that figures are printed in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

P95_FROM = 20
COLUMNS = "{:<70} {:>9} {:>9} {:>9} {:>9} {:>4}  {:<9} {}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, how often, in which unit; its median must be `at_most`, or `at_least`.

    `p95_at_most` is for its 95th percentile.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    at_most: float | None = None
    at_least: float | None = None
    p95_at_most: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float | None:
        """The 95th percentile, where there are values enough to speak of one."""
        if len(self.values) < P95_FROM:
            return None
        return statistics.quantiles(self.values, n=20)[-1]

    @property
    def verdict(self) -> str:
        if self.at_most is not None:
            return f"{_met(self.median <= self.at_most)} (at most {self.at_most:g})"
        if self.at_least is not None:
            return f"{_met(self.median >= self.at_least)} (at least {self.at_least:g})"
        if self.p95_at_most is not None:
            met = (self.p95 or max(self.values)) <= self.p95_at_most
            return f"{_met(met)} (95 % at most {self.p95_at_most:g})"
        return ""


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def rounds(most: int, seconds: float) -> Iterator[int]:
    """0, 1, 2 ...: at least one and up to `most`; none begins after `seconds`."""
    end = time.monotonic() + seconds
    for number in range(most):
        if number and time.monotonic() > end:
            return
        yield number


def print_head(title: str) -> None:
    print(f"\n{title}")
    print(COLUMNS.format("", "median", "p95", "min", "max", "n", "unit", "limit"))


def print_figures(figures: Iterable[Figure]) -> None:
    """One line a figure, as soon as it is measured."""
    for figure in figures:
        shown = (figure.median, figure.p95, min(figure.values), max(figure.values))
        numbers = ("" if value is None else f"{value:.2f}" for value in shown)
        count = len(figure.values)
        line = COLUMNS.format(figure.name, *numbers, count, figure.unit, figure.verdict)
        print(line.rstrip(), flush=True)
