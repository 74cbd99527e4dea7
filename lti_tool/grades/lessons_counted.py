"""The lessons of a placement as far as they count for the grade."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.grades.policy import Lessons


def lessons_counted(placement: Placement, completed: Mapping[str, datetime]) -> Lessons | None:
    """What a learner has completed of them; None where no lessons count.

    `completed` says when, by lesson id: lessons that are left out or gone are passed over.
    """
    if not placement.lesson_weight:
        return None
    module = catalogue.module_of(placement)
    if not module.lessons:
        return None
    moments = sorted(completed[each.id] for each in module.lessons if each.id in completed)
    return Lessons(
        weight=placement.lesson_weight,
        counted=len(module.lessons),
        score_maximum=Decimal(module.quiz.item_count),
        done=len(moments),
        first_at=moments[0] if moments else None,
        last_at=moments[-1] if moments else None,
    )
