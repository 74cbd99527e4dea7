"""What counts of several attempts, and of lessons beside them. Pure: no database, no clock."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

FOUR_PLACES = Decimal("0.0001")
WHOLE = 100
"""The weight at which lessons alone make the score, in percent."""


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
        return share_of(self.score_given, self.score_maximum)


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """The lessons that count at a placement, how many of them a learner has completed, and when.

    `weight` is the part of the score that they make, in percent; `score_maximum` the points to be
    had where no attempt says it.
    """

    weight: int
    counted: int
    score_maximum: Decimal
    done: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def share(self) -> Fraction:
        """The part that is completed, 0 to 1."""
        return Fraction(self.done, self.counted) if self.counted else Fraction(0)

    @property
    def are_all(self) -> bool:
        """Whether nothing but lessons counts."""
        return self.weight == WHOLE


@dataclass(frozen=True)
class Outcome:
    """The points that count, and the attempt that they are shown with; `by_hand`: as decided.

    `lessons` is None where they do not count, `attempt` where no attempt does.
    """

    attempt: MarkedAttempt | None
    score_given: Decimal
    score_maximum: Decimal
    by_hand: bool = False
    lessons: Lessons | None = None

    @property
    def share(self) -> Fraction:
        """Points as an exact share of their maximum, 0 to 1."""
        return share_of(self.score_given, self.score_maximum)

    @property
    def is_in_progress(self) -> bool:
        """Whether something of what counts has not been begun or handed in yet."""
        if self.by_hand or self.lessons is None or self.attempt is not None:
            return False
        return not self.lessons.are_all or self.lessons.share < 1

    @property
    def awaits_marking(self) -> bool:
        return self.attempt is not None and self.attempt.awaits_marking and not self.by_hand


@dataclass(frozen=True)
class Decided:
    """The points that a person decided on, in place of what the attempts earned."""

    score_given: Decimal
    score_maximum: Decimal


def compute(attempts: Iterable[MarkedAttempt], policy: Policy = Policy.BEST) -> Outcome | None:
    """What counts of a learner's attempts at a placement; None without any."""
    in_order = sorted(attempts, key=lambda attempt: attempt.number)
    return _POLICIES[policy](in_order) if in_order else None


def weigh(quiz: Outcome | None, lessons: Lessons | None) -> Outcome | None:
    """What counts where lessons make a part of the score; a quiz not handed in earns nothing yet.

    None as long as there is neither.
    """
    if lessons is None or not lessons.weight or not lessons.counted:
        return quiz
    quiz = None if lessons.are_all else quiz
    if quiz is None and not lessons.done:
        return None
    maximum = quiz.score_maximum if quiz else lessons.score_maximum
    earned = quiz.share if quiz else Fraction(0)
    share = (WHOLE - lessons.weight) * earned + lessons.weight * lessons.share
    given = points_of(share / WHOLE, maximum)
    return Outcome(quiz.attempt if quiz else None, given, maximum, lessons=lessons)


def lesson_points(weight: int, done: int, counted: int, maximum: Decimal) -> Decimal:
    """What lessons with that weight, in percent, bring to a score with that maximum."""
    return points_of(Fraction(weight, WHOLE) * Fraction(done, counted or 1), maximum)


def decide(
    earned: Outcome | None, decided: Decided | None, last: MarkedAttempt | None
) -> Outcome | None:
    """What counts where a person may have decided: that stands over whatever was earned.

    `last` is the learner's newest attempt that was ever handed in: the points are shown with it
    when no attempt counts any more.
    """
    if decided is None:
        return earned
    attempt = earned.attempt if earned else last
    return Outcome(attempt, decided.score_given, decided.score_maximum, by_hand=True)


def share_of(given: Decimal, maximum: Decimal) -> Fraction:
    return Fraction(given) / Fraction(maximum) if maximum else Fraction(0)


def points_of(share: Fraction, maximum: Decimal) -> Decimal:
    """A share, 0 to 1, as points with four places."""
    points = share * Fraction(maximum)
    return (Decimal(points.numerator) / Decimal(points.denominator)).quantize(FOUR_PLACES)


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
    return Outcome(latest, points_of(mean, latest.score_maximum), latest.score_maximum)


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
