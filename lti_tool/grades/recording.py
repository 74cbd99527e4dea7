"""Keeping grades right within the transaction that moves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, find, lock_first, lock_pair, utcnow
from lti_tool.events import (
    AttemptDeleted,
    AttemptRemarked,
    AttemptReopened,
    AttemptSubmitted,
    GradeChanged,
    GradeOverridden,
    LessonCompleted,
    OverrideTakenBack,
    PlacementConfigured,
    publish,
)
from lti_tool.grades import policy
from lti_tool.grades.lessons_counted import lessons_counted
from lti_tool.grades.models import Delivery, DeliveryState, Grade, GradeOverride, GradeState
from lti_tool.grades.policy import Decided, Lessons, MarkedAttempt, Outcome, Policy
from lti_tool.lessons.completing import counting_lessons
from lti_tool.quiz.attempts import every_handed_in, has_learner_attempts
from lti_tool.quiz.models import Attempt, AttemptStatus
from lti_tool.rows import columns_of, execute, objects_in, table_of, with_parts


@dataclass(frozen=True)
class Whose:
    """The learner at a placement, and the placement's course, that a grade is of."""

    placement_id: int
    user_id: int
    context_id: int | None


MovesGrade = (
    AttemptSubmitted
    | AttemptRemarked
    | AttemptDeleted
    | AttemptReopened
    | GradeOverridden
    | OverrideTakenBack
)


def update_grade(event: MovesGrade) -> None:
    """Compute the learner's grade anew; when it moved, store it and publish `GradeChanged`."""
    if event.user_id is not None:
        whose = Whose(event.placement_id, event.user_id, event.context_id)
        _recompute(whose, _locked(whose))


def count_lesson(event: LessonCompleted) -> None:
    """As `update_grade`, where lessons count."""
    if event.counts and event.user_id is not None:
        whose = Whose(event.placement_id, event.user_id, event.context_id)
        placement = _locked(whose)
        if placement.lesson_weight:
            _recompute(whose, placement)


MOVE_GRADES = ("grading_policy", "lesson_weight")
MOVE_LESSONS = ("module_id", "version_id", "lessons_left_out")
"""What moves grades only where lessons count."""


def update_grades_of_placement(event: PlacementConfigured) -> None:
    """Other settings count the same attempts and lessons in another way."""
    placement = db.session.get_one(Placement, event.placement_id)
    moving = (*MOVE_GRADES, *MOVE_LESSONS) if placement.lesson_weight else MOVE_GRADES
    if event.changes.keys().isdisjoint(moving):
        return
    lock_first(placement.id)  # whoever works there meanwhile waits, and meets the new settings
    for user_id in sorted(learners_with_work(placement)):
        _recompute(Whose(placement.id, user_id, event.context_id), placement)


def learners_with_work(placement: Placement) -> set[int]:
    """The ids of those who have a grade, or have completed a lesson that counts."""
    graded = db.session.scalars(select(Grade.user_id).filter_by(placement_id=placement.id)).all()
    reading = counting_lessons(placement.id) if placement.lesson_weight else {}
    return {*graded, *reading}


def _locked(whose: Whose) -> Placement:
    """The placement as it stands once nobody else can move the learner's grade."""
    lock_pair(whose.placement_id, whose.user_id)
    return db.session.get_one(Placement, whose.placement_id, populate_existing=True)


def _recompute(whose: Whose, placement: Placement) -> None:
    put_outcome(whose, _outcome(whose, placement))


def _outcome(whose: Whose, placement: Placement) -> Outcome | None:
    """What counts now: open and deleted attempts and previews never do."""
    ended = every_handed_in(whose.placement_id, whose.user_id)
    counting = [as_marked(each) for each in ended if each.status == AttemptStatus.SUBMITTED]
    quiz = policy.compute(counting, Policy(placement.grading_policy))
    earned = policy.weigh(quiz, _lessons(placement, whose.user_id))
    last = as_marked(ended[-1]) if ended else None
    return policy.decide(earned, _decided(whose), last)


def _lessons(placement: Placement, user_id: int) -> Lessons | None:
    if not placement.lesson_weight:
        return None
    completed = counting_lessons(placement.id, user_id)
    return lessons_counted(placement, completed.get(user_id, {}))


def find_override(placement_id: int, user_id: int) -> GradeOverride | None:
    return find(GradeOverride, placement_id=placement_id, user_id=user_id)


def _decided(whose: Whose) -> Decided | None:
    row = find_override(whose.placement_id, whose.user_id)
    return None if row is None else Decided(row.score_given, row.score_maximum)


def put_outcome(whose: Whose, outcome: Outcome | None) -> None:
    """Let the learner's grade say `outcome`, None for nothing.

    Publishes `GradeChanged` when it moved. What the platform was told is withdrawn, not forgotten.
    """
    grade = _stored_grade(whose.placement_id, whose.user_id)
    if outcome is None:
        if grade is None or grade.state == GradeState.WITHDRAWN:
            return
        grade.state, grade.score_given = GradeState.WITHDRAWN, Decimal(0)
    elif grade is None:
        grade = Grade(placement_id=whose.placement_id, user_id=whose.user_id, delivery=Delivery())
        db.session.add(grade)
        _say(grade, outcome)
    elif not _moves(grade, outcome):
        return
    _set_out(grade, whose)


def _moves(grade: Grade, outcome: Outcome) -> bool:
    """Put the outcome into the grade; whether the platform has to hear of it."""
    before = (grade.state, grade.score_given, grade.score_maximum)
    _say(grade, outcome)
    return before != (grade.state, grade.score_given, grade.score_maximum)


def state_of(outcome: Outcome) -> GradeState:
    if outcome.awaits_marking:
        return GradeState.AWAITS_MARKING
    return GradeState.IN_PROGRESS if outcome.is_in_progress else GradeState.GRADED


def _say(grade: Grade, outcome: Outcome) -> None:
    attempt, lessons = outcome.attempt, outcome.lessons
    grade.state, grade.attempt_id = state_of(outcome), attempt.attempt_id if attempt else None
    grade.score_given, grade.score_maximum = outcome.score_given, outcome.score_maximum
    grade.lessons_done = lessons.done if lessons else 0
    grade.lessons_counted = lessons.counted if lessons else 0
    grade.started_at, grade.submitted_at = _moments(outcome)
    grade.by_hand = outcome.by_hand


def _moments(outcome: Outcome) -> tuple[datetime | None, datetime | None]:
    """When the learner began, and when all that counts was handed in, as far as either was."""
    if outcome.attempt is not None:
        return outcome.attempt.started_at, outcome.attempt.submitted_at
    if outcome.lessons is None:
        return None, None
    lessons = outcome.lessons
    return lessons.first_at, None if outcome.is_in_progress else lessons.last_at


def _set_out(grade: Grade, whose: Whose) -> None:
    delivery = grade.delivery
    grade.changed_at = utcnow()
    delivery.state, delivery.message, delivery.cause = DeliveryState.WAITING, "", ""
    delivery.repairs = 0
    db.session.flush()
    publish(
        GradeChanged(
            user_id=whose.user_id,
            context_id=whose.context_id,
            placement_id=whose.placement_id,
            grade_id=grade.id,
            score_given=str(grade.score_given),
            score_maximum=str(grade.score_maximum),
            state=grade.state,
        )
    )


def find_grade(placement_id: int, user_id: int) -> Grade | None:
    """What counts for the learner; None where nothing does, or no longer. To be looked at only."""
    row = execute(GRADE, {"placement_id": placement_id, "user_id": user_id}).one_or_none()
    if row is None:
        return None
    grade: Grade
    grade, delivery = objects_in(row, Grade, Delivery)
    return with_parts(grade, delivery=delivery)


def has_passed(placement: Placement, grade: Grade | None) -> bool:
    """Whether the points that the learner has reach the pass mark."""
    if grade is None or not grade.has_points:
        return False
    return placement.passes(grade.score_given, grade.score_maximum)


GRADES, DELIVERIES = table_of(Grade), table_of(Delivery)
GRADE = (
    select(*columns_of(Grade, Delivery))
    .join_from(GRADES, DELIVERIES, DELIVERIES.c.grade_id == GRADES.c.id)
    .where(
        GRADES.c.placement_id == bindparam("placement_id"),
        GRADES.c.user_id == bindparam("user_id"),
        GRADES.c.state != GradeState.WITHDRAWN,
    )
)


def _stored_grade(placement_id: int, user_id: int) -> Grade | None:
    return find(Grade, placement_id=placement_id, user_id=user_id)


def has_work(placement_id: int) -> bool:
    """Whether any learner has begun an attempt, or has a grade for lessons alone."""
    if has_learner_attempts(placement_id):
        return True
    query = select(Grade.id).filter_by(placement_id=placement_id).limit(1)
    return db.session.scalar(query) is not None


def as_marked(attempt: Attempt) -> MarkedAttempt:
    """A handed-in attempt as policies look at it."""
    return MarkedAttempt(
        attempt_id=attempt.id,
        number=attempt.number,
        score_given=attempt.score_given or Decimal(0),
        score_maximum=attempt.score_maximum or Decimal(0),
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at or attempt.started_at,
        awaits_marking=attempt.awaits_marking,
    )
