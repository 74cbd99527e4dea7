"""A measured figure, and the tables that figures are printed in: plain, and the README's."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

P95_FROM = 20
COLUMNS = "{:<70} {:>9} {:>9} {:>9} {:>9} {:>4}  {:<9} {}"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, how often, in which unit; its median must be `at_most`, or `at_least`.

    `kind` is the database that it was measured with. `row` names its line in the README's table, ""
    where it has none.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    at_most: float | None = None
    at_least: float | None = None
    kind: str = ""
    row: str = ""

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


def print_figures(figures: Iterable[Figure]) -> list[Figure]:
    """One line a figure, as soon as it is measured; returns them."""
    printed = []
    for figure in figures:
        printed.append(figure)
        shown = (figure.median, figure.p95, min(figure.values), max(figure.values))
        numbers = ("" if value is None else f"{value:.2f}" for value in shown)
        count = len(figure.values)
        name = f"{figure.name}, {figure.kind}" if figure.kind else figure.name
        line = COLUMNS.format(name, *numbers, count, figure.unit, figure.verdict)
        print(line.rstrip(), flush=True)
    return printed


def print_rows(figures: Iterable[Figure], kinds: Sequence[str]) -> None:
    """The README's table: a line for each row's name, a column for each kind of database."""
    cells: dict[str, dict[str, str]] = {}
    for figure in figures:
        if figure.row:
            cells.setdefault(figure.row, {})[figure.kind] = _cell(figure)
    if cells:
        print(f"\n| | {' | '.join(kinds)} |\n|---{'|---' * len(kinds)}|")
    for name, by_kind in cells.items():
        print(f"| {name} | {' | '.join(by_kind.get(kind, '') for kind in kinds)} |")


def _cell(figure: Figure) -> str:
    """The median with its unit; a rate stands alone, as its name says of what it is."""
    digits = 1 if figure.unit in ("ms", "s") else 0
    unit = "" if figure.unit == "1/s" else figure.unit
    return f"{figure.median:.{digits}f} {unit}".rstrip()
