"""Keeping grades right within the transaction that moves them."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select

from lti_tool.db import db, find, lock_pair, utcnow
from lti_tool.events import (
    AttemptDeleted,
    AttemptRemarked,
    AttemptSubmitted,
    GradeChanged,
    publish,
)
from lti_tool.grades import policy
from lti_tool.grades.models import Delivery, DeliveryState, Grade
from lti_tool.grades.policy import MarkedAttempt, Outcome
from lti_tool.quiz.attempts import list_attempts


def update_grade(event: AttemptSubmitted | AttemptRemarked | AttemptDeleted) -> None:
    """Compute the learner's grade anew; when it moved, store it and publish `GradeChanged`."""
    if event.user_id is None:
        return
    lock_pair(event.placement_id, event.user_id)
    outcome = policy.compute(_marked_attempts(event.placement_id, event.user_id))
    if outcome is None:
        return
    grade = find_grade(event.placement_id, event.user_id)
    if grade is not None and _says(grade, outcome):
        return
    grade = _store(grade, event.placement_id, event.user_id, outcome)
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


def _marked_attempts(placement_id: int, user_id: int) -> list[MarkedAttempt]:
    """Open attempts and previews never count."""
    return [
        MarkedAttempt(
            attempt_id=each.id,
            number=each.number,
            score_given=each.score_given or Decimal(0),
            score_maximum=each.score_maximum or Decimal(0),
            started_at=each.started_at,
            submitted_at=each.submitted_at or each.started_at,
        )
        for each in list_attempts(placement_id, user_id)
        if not each.is_open and not each.is_preview
    ]


def _says(grade: Grade, outcome: Outcome) -> bool:
    stands = (grade.score_given, grade.score_maximum)
    return stands == (outcome.score_given, outcome.score_maximum)


def _store(grade: Grade | None, placement_id: int, user_id: int, outcome: Outcome) -> Grade:
    if grade is None:
        grade = Grade(placement_id=placement_id, user_id=user_id, delivery=Delivery())
        db.session.add(grade)
    attempt = outcome.attempt
    grade.attempt_id, grade.changed_at = attempt.attempt_id, utcnow()
    grade.score_given, grade.score_maximum = outcome.score_given, outcome.score_maximum
    grade.started_at, grade.submitted_at = attempt.started_at, attempt.submitted_at
    grade.delivery.state, grade.delivery.message = DeliveryState.WAITING, ""
    db.session.flush()
    return grade
