"""Keeping grades right within the transaction that moves them."""

from __future__ import annotations

from sqlalchemy import func, select

from lti_tool.db import db, find, utcnow
from lti_tool.events import AttemptSubmitted, GradeChanged, publish
from lti_tool.grades import policy
from lti_tool.grades.models import Delivery, DeliveryState, Grade
from lti_tool.quiz.attempts import list_attempts
from lti_tool.quiz.models import Attempt


def update_grade(event: AttemptSubmitted) -> None:
    """Compute the learner's grade anew; when it moved, store it and publish `GradeChanged`."""
    if event.user_id is None:
        return
    best = policy.compute(list_attempts(event.placement_id, event.user_id))
    if best is None:
        return
    grade = find_grade(event.placement_id, event.user_id)
    if grade is not None and _says(grade, best):
        return
    grade = _store(grade, best)
    publish(
        GradeChanged(
            user_id=event.user_id,
            context_id=event.context_id,
            placement_id=event.placement_id,
            grade_id=grade.id,
            score_given=str(grade.score_given),
            score_maximum=str(grade.score_maximum),
        )
    )


def find_grade(placement_id: int, user_id: int) -> Grade | None:
    return find(Grade, placement_id=placement_id, user_id=user_id)


def count_grades(placement_id: int) -> int:
    """How many learners have a grade at the placement."""
    query = select(func.count()).select_from(Grade).where(Grade.placement_id == placement_id)
    return db.session.scalar(query) or 0


def _says(grade: Grade, best: Attempt) -> bool:
    return (grade.score_given, grade.score_maximum) == (best.score_given, best.score_maximum)


def _store(grade: Grade | None, best: Attempt) -> Grade:
    if grade is None:
        grade = Grade(placement_id=best.placement_id, user_id=best.user_id, delivery=Delivery())
        db.session.add(grade)
    grade.attempt_id, grade.changed_at = best.id, utcnow()
    grade.score_given, grade.score_maximum = best.score_given, best.score_maximum  # type: ignore[assignment]
    grade.started_at, grade.submitted_at = best.started_at, best.submitted_at  # type: ignore[assignment]
    grade.delivery.state, grade.delivery.message = DeliveryState.WAITING, ""
    db.session.flush()
    return grade
