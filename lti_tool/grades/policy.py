"""Which attempt counts. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from lti_tool.quiz.models import Attempt


def compute(attempts: Iterable[Attempt]) -> Attempt | None:
    """The attempt with the best share of its maximum; of equals, the earlier one.

    Open attempts and previews never count. None when nothing counts yet.
    """
    counting = [attempt for attempt in attempts if not attempt.is_open and not attempt.is_preview]
    return max(counting, key=lambda attempt: (share(attempt), -attempt.number), default=None)


def share(attempt: Attempt) -> Fraction:
    """Points as an exact share of their maximum, 0 to 1."""
    if not attempt.score_maximum or attempt.score_given is None:
        return Fraction(0)
    return Fraction(attempt.score_given) / Fraction(attempt.score_maximum)
