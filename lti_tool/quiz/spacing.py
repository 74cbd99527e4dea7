"""When an item comes again after a module was passed: pure.

Intervals that grow hold more for the same time spent than the same repetitions in a row (Cepeda et
al. 2008, Psychological Science 19(11)); a slip sends an item back to the first interval.
"""

from __future__ import annotations

from datetime import datetime, timedelta

INTERVALS = tuple(timedelta(days=days) for days in (2, 7, 21, 56))


def first_due(now: datetime) -> datetime:
    return now + INTERVALS[0]


def after_answer(step: int, credit: float, now: datetime) -> tuple[int, datetime | None]:
    """The next step with its moment; None when the last interval was passed.

    `credit` runs from 0 to 1; less than full credit begins again.
    """
    step = step + 1 if credit >= 1 else 0
    return step, now + INTERVALS[step] if step < len(INTERVALS) else None
