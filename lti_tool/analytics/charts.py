"""The geometry of our one kind of chart, columns over a line: pure. Templates print it as SVG.

Inline SVG without styles of its own fits the pages' security policy, follows light and dark, and
needs no request more. The figures stand in a table beside every chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480.0, 170.0
LEFT, RIGHT, BOTTOM, TOP = 34.0, 8.0, 24.0, 12.0
GAP = 0.22
LABELS_MOST = 10


@dataclass(frozen=True)
class Column:
    """One column: where it stands, in units of the picture, and what it means."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int
    shows_label: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Line:
    """A horizontal line at a round value."""

    y: float
    value: int


@dataclass(frozen=True)
class Chart:
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def base(self) -> float:
        return self.height - BOTTOM

    @property
    def left(self) -> float:
        return LEFT

    @property
    def total(self) -> int:
        return sum(column.value for column in self.columns)


def column_chart(labels: Sequence[str], values: Sequence[int]) -> Chart:
    """Columns from left to right; the height of the picture is a round value above the largest."""
    top = ceiling(max(values, default=0))
    reach = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    every = -(-len(values) // LABELS_MOST) or 1
    columns = tuple(
        Column(
            x=round(LEFT + step * (place + GAP / 2), 1),
            y=round(HEIGHT - BOTTOM - reach * value / top, 1),
            width=round(step * (1 - GAP), 1),
            height=round(reach * value / top, 1),
            label=label,
            value=value,
            shows_label=(len(values) - 1 - place) % every == 0,
        )
        for place, (label, value) in enumerate(zip(labels, values, strict=True))
    )
    marks = (0, top // 2, top) if top % 2 == 0 else (0, top)
    lines = tuple(Line(round(HEIGHT - BOTTOM - reach * mark / top, 1), mark) for mark in marks)
    return Chart(columns, lines)


def ceiling(value: int) -> int:
    """The next of 1, 2, 4, 6, 8, 10, 20, 40, 60 ... that is not below `value`; at least 1."""
    power = 1
    while True:
        for step in (1, 2, 4, 6, 8):
            if step * power >= value:
                return step * power
        power *= 10
