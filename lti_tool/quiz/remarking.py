"""Marking a handed-in attempt anew: an item was repaired, or a person marked an answer."""

from __future__ import annotations

from lti_tool.db import db
from lti_tool.events import AttemptRemarked, publish
from lti_tool.quiz.attempts import answers_of, mark_answers
from lti_tool.quiz.judging import Repairs
from lti_tool.quiz.models import Attempt


def remark(attempt: Attempt, context_id: int, repairs: Repairs, *, reason: str) -> None:
    """Mark a handed-in attempt anew; publishes `AttemptRemarked`. Within a unit of work."""
    old = (attempt.score_given, attempt.score_maximum)
    given, maximum = mark_answers(attempt, answers_of(attempt.id), repairs)
    attempt.score_given, attempt.score_maximum = given, maximum
    db.session.flush()
    publish(
        AttemptRemarked(
            user_id=attempt.user_id,
            context_id=context_id,
            placement_id=attempt.placement_id,
            attempt_id=attempt.id,
            number=attempt.number,
            old_score_given=str(old[0]),
            old_score_maximum=str(old[1]),
            score_given=str(given),
            score_maximum=str(maximum),
            awaits_marking=attempt.awaits_marking,
            reason=reason,
        )
    )
