"""More attempts for one learner at one placement."""

from __future__ import annotations

from lti_tool.curriculum.models import Placement
from lti_tool.db import find, lock_pair, upsert
from lti_tool.errors import Conflict
from lti_tool.events import ExtraAttemptsGranted, publish
from lti_tool.quiz.models import ExtraAttempts

MOST = 20


def count_extra(placement_id: int, user_id: int) -> int:
    row = find(ExtraAttempts, placement_id=placement_id, user_id=user_id)
    return row.extra if row else 0


def give_attempts(
    placement: Placement, user_id: int, extra: int, reason: str, *, by_user_id: int
) -> None:
    """Let the learner have `extra` attempts beyond everybody's; publishes `ExtraAttemptsGranted`.

    Called within a unit of work. Raises `Conflict` where attempts are not limited.
    """
    if placement.attempts_allowed is None:
        raise Conflict("Attempts are not limited here", "The learner can begin another one.")
    lock_pair(placement.id, user_id)
    before = count_extra(placement.id, user_id)
    if before == extra:
        return
    upsert(ExtraAttempts, {"placement_id": placement.id, "user_id": user_id}, {"extra": extra})
    publish(
        ExtraAttemptsGranted(
            user_id=by_user_id,
            context_id=placement.context_id,
            learner_id=user_id,
            placement_id=placement.id,
            before=before,
            extra=extra,
            reason=reason,
        )
    )
