"""The way back after two failed attempts: the lessons and the practice that the last one asks for.

For each objective that the attempt missed: read the lessons behind the missed questions again, and
answer three practice questions. Whoever has passed once is never sent on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Curriculum, Lesson, Module, Objective
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.quiz.attempts import answers_of, items_of
from lti_tool.quiz.marking.marked import exact
from lti_tool.quiz.models import Answer, Attempt, PracticeAnswer, PracticeSet

FAILURES = 2
"""After so many failed attempts the path comes before the next."""

PRACTICE_EACH = 3
PRACTICE_EACH_OF_ALL = 1
"""Practice questions for each missed objective, as far as the bank has them; fewer where a final
assessment asks about every module."""


@dataclass(frozen=True, kw_only=True)
class ObjectiveStep:
    """One missed objective: its lessons with whether each was read again, and the practice.

    `module` is the objective's.
    """

    module: Module
    objective: Objective
    lessons: tuple[tuple[Lesson, bool], ...]
    practised: int
    wanted: int

    @property
    def is_done(self) -> bool:
        return self.practised >= self.wanted and all(read for _, read in self.lessons)


@dataclass(frozen=True, kw_only=True)
class Path:
    """What lies before the next attempt, for the attempt that was missed."""

    attempt: Attempt
    steps: tuple[ObjectiveStep, ...]

    @property
    def is_done(self) -> bool:
        return all(step.is_done for step in self.steps)

    def lesson(self, lesson_id: str) -> Lesson | None:
        """The lesson of that id, if the path leads through it."""
        lessons = (lesson for step in self.steps for lesson, _ in step.lessons)
        return next((each for each in lessons if each.id == lesson_id), None)


def missed_objectives(attempt: Attempt, pass_mark: Decimal) -> dict[str, list[str]]:
    """The objectives whose questions earned less than the pass mark -> the lessons to look at.

    Lessons in the order of the questions, those of questions with full points left out.
    """
    answers = answers_of(attempt.id)
    earned: dict[str, Fraction] = defaultdict(Fraction)
    possible: dict[str, Fraction] = defaultdict(Fraction)
    lessons: dict[str, list[str]] = defaultdict(list)
    for item in items_of(attempt):
        points = _points(answers.get(item.id))
        earned[item.objective] += points
        possible[item.objective] += exact(item.max_points)
        if points < exact(item.max_points) and item.feedback.remediate:
            lessons[item.objective].append(item.feedback.remediate)
    return {
        objective: list(dict.fromkeys(lessons[objective]))
        for objective in possible
        if earned[objective] < Fraction(pass_mark) * possible[objective]
    }


def _points(answer: Answer | None) -> Fraction:
    return Fraction(0) if answer is None or answer.points is None else Fraction(answer.points)


def failed_attempt(placement: Placement, attempts: Sequence[Attempt]) -> Attempt | None:
    """The last attempt, if the learner has failed often enough and never passed."""
    ended = [each for each in attempts if not each.is_open and not each.awaits_marking]
    if len(ended) < FAILURES or any(has_passed(placement, each) for each in ended):
        return None
    return ended[-1]


def has_passed(placement: Placement, attempt: Attempt) -> bool:
    if attempt.score_given is None or attempt.score_maximum is None:
        return False
    return placement.passes(attempt.score_given, attempt.score_maximum)


def corrective_path(
    placement: Placement, attempts: Sequence[Attempt], read_at: Mapping[str, datetime]
) -> Path | None:
    """The learner's path, done or not; None for whoever need not go on one.

    `read_at` says when the learner last read each lesson to its end.
    """
    failed = failed_attempt(placement, attempts)
    if failed is None or failed.submitted_at is None:
        return None
    curriculum = catalogue.curriculum(placement.version_id)
    each = practice_each(catalogue.module_of(placement))
    left_out = placement.lessons_left_out.split()
    missed = missed_objectives(failed, placement.pass_mark)
    practised = _practised(failed, curriculum)
    read = {name for name, at in read_at.items() if at > failed.submitted_at}
    steps = [
        ObjectiveStep(
            module=module,
            objective=objective,
            lessons=tuple(
                (curriculum.lesson_by_id[name][1], name in read)
                for name in missed[objective.id]
                if name in curriculum.lesson_by_id and name not in left_out
            ),
            practised=practised.get(objective.id, 0),
            wanted=min(each, len(curriculum.practice_items((objective.id,)))),
        )
        for module in curriculum.modules
        for objective in module.objectives
        if objective.id in missed
    ]
    return Path(attempt=failed, steps=tuple(steps))


def practice_each(module: Module) -> int:
    """How many practice questions each missed objective asks for."""
    return PRACTICE_EACH_OF_ALL if module.quiz.reserve else PRACTICE_EACH


def _practised(failed: Attempt, curriculum: Curriculum) -> dict[str, int]:
    """How many practice questions were answered since the attempt, by objective."""
    answered = db.session.scalars(
        select(PracticeAnswer.item_id)
        .join(PracticeSet, PracticeSet.id == PracticeAnswer.practice_set_id)
        .where(
            PracticeSet.placement_id == failed.placement_id,
            PracticeSet.user_id == failed.user_id,
            PracticeAnswer.answered_at > failed.submitted_at,
        )
        .distinct()
    )
    counted: dict[str, int] = defaultdict(int)
    for item_id in answered:
        if item_id in curriculum.item_by_id:
            counted[curriculum.item_by_id[item_id].objective] += 1
    return counted
