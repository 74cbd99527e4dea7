"""How sure a learner was, beside how right: their own view, which nobody else sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.shown import Shown
from lti_tool.db import db
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus, PracticeAnswer, PracticeSet
from lti_tool.quiz.responses import CONFIDENCES
from lti_tool.quiz.reviewing import shown_of

ENOUGH = 5
"""Fewer answers of a kind say nothing yet."""

SURE_ENOUGH, KNOWN_ENOUGH = 0.8, 0.6


@dataclass(frozen=True)
class Bar:
    """The answers of one mark: how many, and the average credit, 0 to 1 (None without any)."""

    mark: str
    label: str
    count: int
    credit: float | None

    @property
    def percent(self) -> int:
        return round(100 * (self.credit or 0))

    @property
    def is_telling(self) -> bool:
        return self.count >= ENOUGH


@dataclass(frozen=True)
class Calibration:
    bars: tuple[Bar, ...]

    @property
    def count(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def finding(self) -> str:
        """What the figures say, in a sentence or two."""
        by_mark = {bar.mark: bar for bar in self.bars if bar.is_telling}
        sure, guess = by_mark.get("sure"), by_mark.get("guess")
        if not by_mark:
            return (
                f"Mark how sure you are on a few more questions; {ENOUGH} of a kind begin to tell."
            )
        if sure and sure.credit is not None and sure.credit < SURE_ENOUGH:
            return (
                f"Where you were sure you earned {sure.percent}% of the points: surer than right. "
                "Before you mark “Sure”, look for a reason why you could be wrong."
            )
        if guess and guess.credit is not None and guess.credit > KNOWN_ENOUGH:
            return (
                f"What you called guesses earned {guess.percent}% of the points: "
                "you know more than you think."
            )
        return "So far your marks fit your results."


def calibrate(marked: Iterable[tuple[str | None, float]]) -> Calibration:
    """Confidence marks with the credit that the answers earned -> one bar a mark: pure."""
    credits: dict[str, list[float]] = defaultdict(list)
    for mark, credit in marked:
        if mark in CONFIDENCES:
            credits[mark].append(credit)
    bars = [_bar(mark, label, credits[mark]) for mark, label in CONFIDENCES.items()]
    return Calibration(tuple(reversed(bars)))


def _bar(mark: str, label: str, credits: Sequence[float]) -> Bar:
    average = sum(credits) / len(credits) if credits else None
    return Bar(mark, label, len(credits), average)


def calibration_of(context_id: int, user_id: int) -> Calibration:
    """Over the learner's quizzes and practice in a course.

    Answers whose marks the settings still keep from the learner are left out.
    """
    return calibrate([*_from_quizzes(context_id, user_id), *_from_practice(context_id, user_id)])


def _from_quizzes(context_id: int, user_id: int) -> Iterable[tuple[str | None, float]]:
    rows = db.session.execute(
        select(Answer, Attempt, Placement)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Placement, Placement.id == Attempt.placement_id)
        .where(
            Placement.context_id == context_id,
            Attempt.user_id == user_id,
            Attempt.status == AttemptStatus.SUBMITTED,
            Answer.confidence.is_not(None),
            Answer.points.is_not(None),
        )
    ).all()
    attempts: dict[int, dict[int, Attempt]] = defaultdict(dict)
    placements = {placement.id: placement for _, _, placement in rows}
    for _, attempt, placement in rows:
        attempts[placement.id][attempt.id] = attempt
    shown = {
        attempt_id: level
        for placement_id, own in attempts.items()
        for attempt_id, level in shown_of(placements[placement_id], list(own.values())).items()
    }
    for answer, attempt, _ in rows:
        item = catalogue.curriculum(attempt.version_id).item_by_id.get(answer.item_id)
        if item is not None and shown[attempt.id].includes(Shown.MARKS):
            yield answer.confidence, float(answer.points or 0) / item.max_points


def _from_practice(context_id: int, user_id: int) -> Iterable[tuple[str | None, float]]:
    rows = db.session.execute(
        select(PracticeAnswer.confidence, PracticeAnswer.credit)
        .join(PracticeSet, PracticeSet.id == PracticeAnswer.practice_set_id)
        .join(Placement, Placement.id == PracticeSet.placement_id)
        .where(
            Placement.context_id == context_id,
            PracticeSet.user_id == user_id,
            PracticeAnswer.confidence.is_not(None),
        )
    )
    return [(confidence, credit) for confidence, credit in rows]
