"""Keeping grades right within the transaction that moves them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, find, lock_pair, utcnow
from lti_tool.events import (
    AttemptDeleted,
    AttemptRemarked,
    AttemptReopened,
    AttemptSubmitted,
    GradeChanged,
    GradeOverridden,
    OverrideTakenBack,
    PlacementConfigured,
    publish,
)
from lti_tool.grades import policy
from lti_tool.grades.models import Delivery, DeliveryState, Grade, GradeOverride, GradeState
from lti_tool.grades.policy import Decided, MarkedAttempt, Outcome, Policy
from lti_tool.quiz.attempts import every_handed_in
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
        _recompute(Whose(event.placement_id, event.user_id, event.context_id))


def update_grades_of_placement(event: PlacementConfigured) -> None:
    """Another policy counts the same attempts in another way."""
    if "grading_policy" not in event.changes:
        return
    user_ids = db.session.scalars(
        select(Grade.user_id).filter_by(placement_id=event.placement_id).order_by(Grade.user_id)
    ).all()
    for user_id in user_ids:
        _recompute(Whose(event.placement_id, user_id, event.context_id))


def _recompute(whose: Whose) -> None:
    lock_pair(whose.placement_id, whose.user_id)
    put_outcome(whose, _outcome(whose))


def _outcome(whose: Whose) -> Outcome | None:
    """What counts now: open and deleted attempts and previews never do."""
    ended = every_handed_in(whose.placement_id, whose.user_id)
    counting = [as_marked(each) for each in ended if each.status == AttemptStatus.SUBMITTED]
    earned = policy.compute(counting, policy_of(whose.placement_id))
    last = as_marked(ended[-1]) if ended else None
    return policy.decide(earned, _decided(whose), last)


def find_override(placement_id: int, user_id: int) -> GradeOverride | None:
    return find(GradeOverride, placement_id=placement_id, user_id=user_id)


def _decided(whose: Whose) -> Decided | None:
    row = find_override(whose.placement_id, whose.user_id)
    return None if row is None else Decided(row.score_given, row.score_maximum)


def policy_of(placement_id: int) -> Policy:
    return Policy(db.session.get_one(Placement, placement_id).grading_policy)


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
    awaits = outcome.attempt.awaits_marking and not outcome.by_hand
    return GradeState.AWAITS_MARKING if awaits else GradeState.GRADED


def _say(grade: Grade, outcome: Outcome) -> None:
    attempt = outcome.attempt
    grade.state, grade.attempt_id = state_of(outcome), attempt.attempt_id
    grade.score_given, grade.score_maximum = outcome.score_given, outcome.score_maximum
    grade.started_at, grade.submitted_at = attempt.started_at, attempt.submitted_at
    grade.by_hand = outcome.by_hand


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


def count_grades(placement_id: int) -> int:
    """How many learners have a grade at the placement."""
    query = select(func.count()).select_from(Grade).where(Grade.placement_id == placement_id)
    return db.session.scalar(query) or 0


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
