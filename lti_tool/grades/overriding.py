"""A person decides on a learner's points at a placement, and takes the decision back."""

from __future__ import annotations

from decimal import Decimal

from lti_tool.curriculum.models import Placement
from lti_tool.db import db, lock_pair, upsert, utcnow
from lti_tool.errors import Conflict, NotFound
from lti_tool.events import GradeOverridden, OverrideTakenBack, publish
from lti_tool.grades.models import GradeOverride
from lti_tool.grades.recording import find_grade, find_override


def override(
    placement: Placement, user_id: int, points: Decimal, reason: str, *, by_user_id: int
) -> None:
    """Let these points count, of the maximum that the grade has; publishes `GradeOverridden`.

    Called within a unit of work. Raises `Conflict` where the learner has no grade yet.
    """
    lock_pair(placement.id, user_id)
    grade = find_grade(placement.id, user_id)
    if grade is None:
        raise Conflict(
            "There is no grade to change yet",
            "A grade can be set when the learner has handed in what counts.",
        )
    values = {
        "score_given": min(points, grade.score_maximum),
        "score_maximum": grade.score_maximum,
        "reason": reason,
        "by_user_id": by_user_id,
        "made_at": utcnow(),
    }
    upsert(GradeOverride, {"placement_id": placement.id, "user_id": user_id}, values)
    publish(
        GradeOverridden(
            user_id=user_id,
            context_id=placement.context_id,
            placement_id=placement.id,
            score_given=str(values["score_given"]),
            score_maximum=str(values["score_maximum"]),
            reason=reason,
            by_user_id=by_user_id,
        )
    )


def take_back(placement: Placement, user_id: int, reason: str, *, by_user_id: int) -> None:
    """Let the policy decide again; publishes `OverrideTakenBack`.

    Called within a unit of work. Raises `NotFound` where nobody decided.
    """
    lock_pair(placement.id, user_id)
    row = find_override(placement.id, user_id)
    if row is None:
        raise NotFound("This grade is not set by hand")
    db.session.delete(row)
    db.session.flush()
    publish(
        OverrideTakenBack(
            user_id=user_id,
            context_id=placement.context_id,
            placement_id=placement.id,
            reason=reason,
            by_user_id=by_user_id,
        )
    )
