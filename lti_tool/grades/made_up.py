"""How a grade is made up of lessons and quiz, for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lti_tool.curriculum.models import Placement
from lti_tool.grades.models import Grade, GradeState
from lti_tool.grades.policy import WHOLE, lesson_points


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Points that lessons and quiz have brought, and could.

    `waits`: the quiz is handed in and not wholly marked. No `quiz_maximum`: it does not count.
    """

    lessons_done: int
    lessons_counted: int
    lesson_given: Decimal
    lesson_maximum: Decimal
    quiz_given: Decimal
    quiz_maximum: Decimal
    is_handed_in: bool
    waits: bool


def parts_of(placement: Placement, grade: Grade | None) -> Parts | None:
    """None where no lessons count, and where a person decided on the points as a whole."""
    if grade is None or not grade.lessons_counted:
        return None
    maximum, weight = grade.score_maximum, placement.lesson_weight
    given = lesson_points(weight, grade.lessons_done, grade.lessons_counted, maximum)
    return Parts(
        lessons_done=grade.lessons_done,
        lessons_counted=grade.lessons_counted,
        lesson_given=given,
        lesson_maximum=lesson_points(weight, 1, 1, maximum),
        quiz_given=grade.score_given - given,
        quiz_maximum=lesson_points(WHOLE - weight, 1, 1, maximum),
        is_handed_in=grade.attempt_id is not None,
        waits=grade.state == GradeState.AWAITS_MARKING,
    )
