"""Deleting an attempt: its row stays, and it counts no more, neither as used nor for the grade."""

from __future__ import annotations

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, lock_pair
from lti_tool.errors import Conflict
from lti_tool.events import AttemptDeleted, publish
from lti_tool.quiz.models import Attempt, AttemptStatus


def delete(placement: Placement, attempt: Attempt, reason: str, *, by_user_id: int) -> None:
    """Let it count no more; publishes `AttemptDeleted`. Called within a unit of work.

    Raises `Conflict` the second time.
    """
    lock_pair(placement.id, attempt.user_id)
    db.session.refresh(attempt, with_for_update=True)
    if attempt.status == AttemptStatus.DELETED:
        raise Conflict("This attempt is deleted already", "Load the page again.")
    attempt.status = AttemptStatus.DELETED
    db.session.flush()
    publish(
        AttemptDeleted(
            user_id=attempt.user_id,
            context_id=placement.context_id,
            placement_id=placement.id,
            attempt_id=attempt.id,
            number=attempt.number,
            reason=reason,
            by_user_id=by_user_id,
        )
    )
