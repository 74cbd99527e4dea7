"""What counts of several attempts: the grading policies. Pure: no database, no clock."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

FOUR_PLACES = Decimal("0.0001")


class Policy(enum.StrEnum):
    """`average` is the mean of the shares, as points of the latest attempt's maximum."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"
    AVERAGE = "average"


@dataclass(frozen=True, kw_only=True)
class MarkedAttempt:
    """A learner's attempt that was handed in; moments are aware.

    `awaits_marking`: a person still has to mark some of it, so its points are not final.
    """

    attempt_id: int
    number: int
    score_given: Decimal
    score_maximum: Decimal
    started_at: datetime
    submitted_at: datetime
    awaits_marking: bool = False

    @property
    def share(self) -> Fraction:
        """Points as an exact share of their maximum, 0 to 1; without a maximum, 0."""
        if not self.score_maximum:
            return Fraction(0)
        return Fraction(self.score_given) / Fraction(self.score_maximum)


@dataclass(frozen=True)
class Outcome:
    """The points that count, and the attempt that they are shown with; `by_hand`: as decided."""

    attempt: MarkedAttempt
    score_given: Decimal
    score_maximum: Decimal
    by_hand: bool = False


@dataclass(frozen=True)
class Decided:
    """The points that a person decided on, in place of what the attempts earned."""

    score_given: Decimal
    score_maximum: Decimal


def compute(attempts: Iterable[MarkedAttempt], policy: Policy = Policy.BEST) -> Outcome | None:
    """What counts of a learner's attempts at a placement; None without any."""
    in_order = sorted(attempts, key=lambda attempt: attempt.number)
    return _POLICIES[policy](in_order) if in_order else None


def decide(
    earned: Outcome | None, decided: Decided | None, last: MarkedAttempt | None
) -> Outcome | None:
    """What counts where a person may have decided: that stands over the policy.

    `last` is the learner's newest attempt that was ever handed in: the points are shown with it
    when no attempt counts any more.
    """
    attempt = earned.attempt if earned else last
    if decided is None or attempt is None:
        return earned
    return Outcome(attempt, decided.score_given, decided.score_maximum, by_hand=True)


def _best(attempts: Sequence[MarkedAttempt]) -> Outcome:
    """Of equals, the earlier one; one that is not wholly marked only where there is no other."""
    final = _final(attempts)
    return _as_it_is(max(final, key=lambda attempt: (attempt.share, -attempt.number)))


def _last(attempts: Sequence[MarkedAttempt]) -> Outcome:
    return _as_it_is(attempts[-1])


def _first(attempts: Sequence[MarkedAttempt]) -> Outcome:
    return _as_it_is(attempts[0])


def _average(attempts: Sequence[MarkedAttempt]) -> Outcome:
    """Of what is wholly marked, where there is any."""
    final = _final(attempts)
    latest = final[-1]
    mean = sum((attempt.share for attempt in final), Fraction(0)) / len(final)
    points = mean * Fraction(latest.score_maximum)
    given = (Decimal(points.numerator) / Decimal(points.denominator)).quantize(FOUR_PLACES)
    return Outcome(latest, given, latest.score_maximum)


def _final(attempts: Sequence[MarkedAttempt]) -> Sequence[MarkedAttempt]:
    return [attempt for attempt in attempts if not attempt.awaits_marking] or attempts


def _as_it_is(attempt: MarkedAttempt) -> Outcome:
    return Outcome(attempt, attempt.score_given, attempt.score_maximum)


_POLICIES: Mapping[Policy, Callable[[Sequence[MarkedAttempt]], Outcome]] = {
    Policy.BEST: _best,
    Policy.LAST: _last,
    Policy.FIRST: _first,
    Policy.AVERAGE: _average,
}
