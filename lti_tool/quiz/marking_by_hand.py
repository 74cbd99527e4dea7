"""A person says which criteria of its rubric an answer meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.curriculum.items import ShortText
from lti_tool.db import db, upsert, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import AnswerMarked, publish
from lti_tool.quiz.models import AttemptStatus, ManualMark
from lti_tool.quiz.remarking import remark
from lti_tool.quiz.repairs import repairs_of
from lti_tool.quiz.to_mark import Script


@dataclass(frozen=True, kw_only=True)
class Marking:
    """The criteria met, by id, and a comment to the learner; `revision` is the answer's as read."""

    criteria: Sequence[str]
    comment: str
    revision: int


def mark_by_hand(script: Script, marking: Marking, context_id: int, *, by_user_id: int) -> None:
    """Keep what was found and mark the attempt anew; its grade follows when nothing waits.

    Called within a unit of work. Publishes `AnswerMarked` and `AttemptRemarked`. Raises `Conflict`
    where the answer is no longer the one that was read.
    """
    attempt, answer = script.attempt, script.answer
    db.session.refresh(attempt, with_for_update=True)
    db.session.refresh(answer)
    if attempt.status != AttemptStatus.SUBMITTED or answer.revision != marking.revision:
        raise Conflict(
            "The answer has changed since you opened it",
            "The attempt was opened again or deleted. Go back to the list of answers to mark.",
        )
    criteria = _of(script.item, marking.criteria)
    values = {
        "revision": answer.revision,
        "criteria": criteria,
        "comment": marking.comment,
        "by_user_id": by_user_id,
        "at": utcnow(),
    }
    upsert(ManualMark, {"answer_id": answer.id}, values)
    publish(
        AnswerMarked(
            user_id=by_user_id,
            context_id=context_id,
            learner_id=attempt.user_id,
            placement_id=attempt.placement_id,
            attempt_id=attempt.id,
            number=attempt.number,
            item_id=answer.item_id,
            criteria=criteria,
            comment=marking.comment,
        )
    )
    remark(attempt, context_id, repairs_of(context_id), reason=f"item {answer.item_id} marked")


def _of(item: ShortText, given: Sequence[str]) -> list[str]:
    """The item's own criteria among those given, in the order of the rubric."""
    return [criterion.id for criterion in item.rubric if criterion.id in given]
