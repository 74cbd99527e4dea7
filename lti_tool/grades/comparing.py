"""What a result in the gradebook means against the score that it accepted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lti_tool.grades.models import Standing
from lti_tool.lti.results import Result

LEAST_TOLERANCE = Fraction(1, 2000)
MOST_TOLERANCE = Fraction(1, 200)
A_HUNDREDTH = Fraction(1, 100)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was accepted of us, and how the gradebook stood when it was last looked at."""

    accepted_given: Decimal
    accepted_maximum: Decimal
    standing: str
    result_given: Decimal | None = None

    @property
    def share(self) -> Fraction:
        return _share(self.accepted_given, self.accepted_maximum)


def standing_of(known: Known, result: Result | None) -> Standing:
    """How the gradebook stands now.

    A result that is not there is no difference to a score of zero: some platforms leave it out.
    Somebody overrode ours where the gradebook was in step before, or changed since it was last
    seen; else why it differs is not known: a teacher's earlier grade, or a penalty of the course.
    """
    if result is None or result.result_score is None:
        return Standing.IN_STEP if known.share == 0 else Standing.MISSING
    if _is_close(known.share, result):
        return Standing.IN_STEP
    has_moved = known.standing == Standing.DIFFERS and known.result_given != result.result_score
    if has_moved or known.standing in (Standing.IN_STEP, Standing.OVERRIDDEN):
        return Standing.OVERRIDDEN
    return Standing.DIFFERS


def _is_close(share: Fraction, result: Result) -> bool:
    """Platforms round: a hundredth of a point of theirs is no difference, within limits."""
    maximum = Fraction(result.result_maximum or 1)
    tolerance = min(max(A_HUNDREDTH / maximum, LEAST_TOLERANCE), MOST_TOLERANCE)
    found = Fraction(result.result_score or 0) / maximum
    return abs(found - share) <= tolerance


def _share(given: Decimal, maximum: Decimal) -> Fraction:
    return Fraction(given) / Fraction(maximum) if maximum else Fraction(0)
