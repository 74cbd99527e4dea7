"""Opening a handed-in attempt again, so that its learner goes on with it."""

from __future__ import annotations

import math
from datetime import datetime

from sqlalchemy import delete, update

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, lock_pair, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import AttemptReopened, publish
from lti_tool.quiz.accommodating import learner_rules
from lti_tool.quiz.attempts import list_attempts
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus, RepairExemption
from lti_tool.quiz.rules import Rules


def reopen(placement: Placement, attempt: Attempt, reason: str, *, by_user_id: int) -> None:
    """Open it again with the answers it has; publishes `AttemptReopened`.

    A time limit begins anew; the learner's closing holds. Called within a unit of work. Raises
    `Conflict` where the attempt is not handed in, another is open, or the quiz has closed.
    """
    lock_pair(placement.id, attempt.user_id)
    db.session.refresh(attempt, with_for_update=True)
    now = utcnow()
    rules = learner_rules(placement, attempt.user_id, is_preview=attempt.is_preview)
    _check(attempt, rules, now)
    attempt.status, attempt.reopened_at = AttemptStatus.OPEN, now
    attempt.submitted_at = attempt.closed_at = attempt.extended_at = None
    attempt.score_given = attempt.score_maximum = None
    attempt.awaits_marking = False
    _set_times(attempt, rules, now)
    db.session.execute(update(Answer).filter_by(attempt_id=attempt.id).values(points=None))
    db.session.execute(delete(RepairExemption).filter_by(attempt_id=attempt.id))
    db.session.flush()
    publish(
        AttemptReopened(
            user_id=attempt.user_id,
            context_id=placement.context_id,
            placement_id=placement.id,
            attempt_id=attempt.id,
            number=attempt.number,
            deadline_at=attempt.deadline_at.isoformat() if attempt.deadline_at else "",
            reason=reason,
            by_user_id=by_user_id,
        )
    )


def _check(attempt: Attempt, rules: Rules, now: datetime) -> None:
    if attempt.status != AttemptStatus.SUBMITTED:
        raise Conflict("This attempt is not handed in", "Load the page again to see how it stands.")
    if any(each.is_open for each in list_attempts(attempt.placement_id, attempt.user_id)):
        raise Conflict(
            "Another attempt of this learner is open",
            "Wait until it is handed in, or delete it first.",
        )
    if rules.has_closed(now):
        raise Conflict(
            "The quiz has closed for this learner",
            "Grant extra days first, under “More time, attempts or days”; then open it again.",
        )


def _set_times(attempt: Attempt, rules: Rules, now: datetime) -> None:
    """The whole limit from now on, counted from the first beginning as everywhere else."""
    attempt.due_at, attempt.time_limit_minutes = rules.due_at, None
    if rules.limit_minutes is not None:
        gone = math.ceil((now - attempt.started_at).total_seconds() / 60)
        attempt.time_limit_minutes = gone + rules.limit_minutes
    attempt.deadline_at = rules.deadline(attempt.started_at, attempt.time_limit_minutes)
