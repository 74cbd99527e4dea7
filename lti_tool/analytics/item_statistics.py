"""What the answers to one question say about the question: pure, no database, no clock.

The definitions are those of Moodle's quiz statistics ("Quiz statistics calculations" in its
developer documentation), with two differences: figures carry 95 % intervals, and as an attempt
draws its questions from a bank, the "rest" is a share of the other questions' points, so that
attempts with different questions can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lti_tool.analytics.intervals import Estimate, correlation, covariance, mean, share

LEAST_ANSWERS = 20
"""Below so many answers no judgement is made: Wilson's interval is then wider than 40 points."""

PULL_SHARE = 0.05
"""Of a part that fewer chose, nothing is said about who they were."""

Part = tuple[str, str]
"""What can be chosen: a group ("choice", "reason", the id of a prompt) and what is put there."""


@dataclass(frozen=True)
class Observation:
    """One learner's meeting with the question in one attempt.

    `credit` is the share of its points earned (0 to 1; an open question earns 0), `rest` the share
    of all other points of that attempt, None where it had no others. `chosen` is what was picked,
    nothing for no answer; `confidence` is the learner's own mark: sure, fairly or guess.
    """

    credit: float
    rest: float | None
    chosen: tuple[Part, ...] = ()
    confidence: str | None = None


@dataclass(frozen=True)
class Choice:
    """How often a part was chosen, and by whom.

    `share` is of all who met the question, `rest_mean` the mean rest score of those who chose it,
    and `pull` the correlation of choosing it with the rest score: positive where it attracts the
    strong. The last two are None where they cannot be told, `pull` also below `PULL_SHARE`.
    """

    part: Part
    count: int
    share: float
    rest_mean: float | None
    pull: Estimate | None


@dataclass(frozen=True)
class ItemStatistics:
    """All figures of one question.

    `facility`: the mean credit, with Wilson's interval; Moodle's facility index.
    `spread`: the standard deviation of the credit (n - 1), as in Moodle.
    `discrimination`: the correlation of credit and rest score, the corrected item-total
    correlation: the item's own points are taken out of the total, for otherwise each item would
    correlate with itself (S. Henrysson, "Correction of Item-Total Correlations in Item Analysis",
    Psychometrika 28, 1963, 211-218; F. M. Lord and M. R. Novick, "Statistical Theories of Mental
    Test Scores", 1968, 15.3). For credits of 0 or 1 it is the point-biserial. Moodle's index.
    `efficiency`: Moodle's discriminative efficiency: the covariance as a share of the greatest that
    these same credits and rest scores could have, which is when both are sorted alike.
    `confidence`: the mean credit for each of the learner's own marks.
    """

    n: int
    answered: int
    facility: Estimate | None
    spread: float | None
    discrimination: Estimate | None
    efficiency: float | None
    choices: tuple[Choice, ...] = ()
    confidence: Mapping[str, Estimate] = field(default_factory=dict)

    @property
    def is_enough(self) -> bool:
        """Whether there are answers enough to judge the question by."""
        return self.n >= LEAST_ANSWERS

    def choice(self, part: Part) -> Choice | None:
        return next((each for each in self.choices if each.part == part), None)


def analyse(observations: Iterable[Observation], *, parts: bool = True) -> ItemStatistics:
    """The figures of these observations; without `parts`, nothing about what was chosen."""
    seen = list(observations)
    credits = [each.credit for each in seen]
    paired = [(each.credit, each.rest) for each in seen if each.rest is not None]
    xs, ys = [pair[0] for pair in paired], [pair[1] for pair in paired]
    return ItemStatistics(
        n=len(seen),
        answered=sum(bool(each.chosen) for each in seen),
        facility=share(math.fsum(credits), len(credits)),
        spread=_standard_deviation(credits),
        discrimination=correlation(xs, ys),
        efficiency=_efficiency(xs, ys),
        choices=_choices(seen) if parts else (),
        confidence=_by_confidence(seen),
    )


def _standard_deviation(values: Sequence[float]) -> float | None:
    n = len(values)
    return math.sqrt(covariance(values, values) * n / (n - 1)) if n > 1 else None


def _efficiency(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Covariance over the greatest covariance; None where nothing varies."""
    if len(xs) < 2 or min(xs) == max(xs) or min(ys) == max(ys):
        return None
    greatest = covariance(sorted(xs), sorted(ys))
    return min(covariance(xs, ys) / greatest, 1.0) if greatest > 0 else None


def _choices(seen: Sequence[Observation]) -> tuple[Choice, ...]:
    """Every part that anybody chose, the most frequent first."""
    choosers: dict[Part, set[int]] = {}
    for number, each in enumerate(seen):
        for part in each.chosen:
            choosers.setdefault(part, set()).add(number)
    found = [_choice(part, numbers, seen) for part, numbers in choosers.items()]
    return tuple(sorted(found, key=lambda choice: (-choice.count, choice.part)))


def _choice(part: Part, choosers: set[int], seen: Sequence[Observation]) -> Choice:
    rests = [rest for number in choosers if (rest := seen[number].rest) is not None]
    share_of_all = len(choosers) / len(seen)
    return Choice(
        part=part,
        count=len(choosers),
        share=share_of_all,
        rest_mean=mean(rests) if rests else None,
        pull=_pull(choosers, seen) if share_of_all >= PULL_SHARE else None,
    )


def _pull(choosers: set[int], seen: Sequence[Observation]) -> Estimate | None:
    known = [
        (float(number in choosers), each.rest)
        for number, each in enumerate(seen)
        if each.rest is not None
    ]
    return correlation([picked for picked, _ in known], [rest for _, rest in known])


def _by_confidence(seen: Sequence[Observation]) -> dict[str, Estimate]:
    marks = sorted({each.confidence for each in seen if each.confidence})
    return {mark: found for mark in marks if (found := _credit_of(seen, _is_marked(mark)))}


def _is_marked(mark: str) -> Callable[[Observation], bool]:
    return lambda each: each.confidence == mark


def _credit_of(
    seen: Sequence[Observation], belongs: Callable[[Observation], bool]
) -> Estimate | None:
    credits = [each.credit for each in seen if belongs(each)]
    return share(math.fsum(credits), len(credits))
