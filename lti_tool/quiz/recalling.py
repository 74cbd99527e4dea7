"""Spaced review: items of passed modules come again after days and weeks, never graded.

They are drawn from the practice pool, so that no review shows what a graded attempt may ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, find, upsert, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import GradeChanged, PracticeAnswered
from lti_tool.quiz import practising
from lti_tool.quiz.draw import spread_over
from lti_tool.quiz.models import PracticeSet, Recall
from lti_tool.quiz.practising import NEVER
from lti_tool.quiz.spacing import after_answer, first_due

REVIEW = "review"
SITTING = 5
"""Items in one sitting, and items that a module brings in."""


@dataclass(frozen=True)
class Reviews:
    """What is due now, and when something is due next."""

    due: Sequence[Recall]
    next_at: datetime | None

    def __bool__(self) -> bool:
        return bool(self.due) or self.next_at is not None


def plan_reviews(event: GradeChanged) -> None:
    """Who passes a module meets some of its practice items again, once per module.

    Points that wait for a person to mark something are no pass yet.
    """
    placement = db.session.get_one(Placement, event.placement_id)
    passed = placement.passes(Decimal(event.score_given), Decimal(event.score_maximum))
    if not (passed and event.has_points and placement.practice) or event.user_id is None:
        return
    due_at = first_due(utcnow())
    for item_id in _items(placement):
        key = {
            "context_id": placement.context_id,
            "user_id": event.user_id,
            "item_id": item_id,
        }
        if find(Recall, **key) is None:
            upsert(Recall, key, {"due_at": due_at, "step": 0})


def _items(placement: Placement) -> list[str]:
    """A few items, spread over the objectives of the module: the same ones at every passing."""
    curriculum = catalogue.curriculum(placement.version_id)
    module = curriculum.module_by_id[placement.module_id]
    pool = curriculum.practice_items({objective.id for objective in module.objectives})
    return spread_over(pool, SITTING, SITTING, module.id, {item.id: NEVER for item in pool})


def reviews(placement: Placement, user_id: int) -> Reviews:
    """The learner's reviews in the course, as far as the placement's version has the items."""
    known = catalogue.curriculum(placement.version_id).item_by_id
    rows = db.session.scalars(
        select(Recall)
        .filter_by(context_id=placement.context_id, user_id=user_id)
        .where(Recall.due_at.is_not(None))
        .order_by(Recall.due_at, Recall.id)
    )
    waiting = [row for row in rows if row.item_id in known]
    now = utcnow()
    due = [row for row in waiting if row.due_at is not None and row.due_at <= now]
    later = [row.due_at for row in waiting if row.due_at is not None and row.due_at > now]
    return Reviews(due, min(later, default=None))


def begin_sitting(placement: Placement, user_id: int) -> PracticeSet:
    """A round over the few items that have been due longest. Within a unit of work.

    Raises `Conflict` when nothing is due.
    """
    due = reviews(placement, user_id).due[:SITTING]
    if not due:
        raise Conflict("Nothing is due for review", "Come back on the day that the page names.")
    return practising.begin_round(placement, user_id, REVIEW, [row.item_id for row in due])


def reschedule(event: PracticeAnswered) -> None:
    """The first answer of a review that is due decides when the item comes again."""
    if event.kind != REVIEW:
        return
    row = find(Recall, context_id=event.context_id, user_id=event.user_id, item_id=event.item_id)
    now = utcnow()
    if row is not None and row.due_at is not None and row.due_at <= now:
        row.step, row.due_at = after_answer(row.step, event.credit, now)
