"""A person asks for scores to be sent again: an operator for many, an instructor, a learner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from lti_tool import outbox
from lti_tool.courses.models import Context
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import SendAsked, publish
from lti_tool.grades.delivery import HANDLER
from lti_tool.grades.models import ANOTHER_GRADE, LACKING, Delivery, Grade, Standing
from lti_tool.lti.models import Deployment

PAUSE = timedelta(seconds=60)


def resend(
    *, placement_id: int | None = None, registration_id: int | None = None, force: bool = False
) -> int:
    """Put on their way what the gradebooks lack, with `force` everything; returns how many.

    What a teacher entered in the gradebook stays. Within a unit of work.
    """
    query = (
        select(Grade)
        .join(Delivery)
        .join(Placement, Placement.id == Grade.placement_id)
        .join(Context, Context.id == Placement.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Delivery.standing.not_in(ANOTHER_GRADE))
        .order_by(Grade.id)
    )
    if placement_id is not None:
        query = query.where(Placement.id == placement_id)
    if registration_id is not None:
        query = query.where(Deployment.registration_id == registration_id)
    if not force:
        query = query.where(Delivery.state.in_(LACKING))
    return _send_all(db.session.scalars(query).all())


def resend_lacking(placement_id: int, by_user_id: int, context_id: int) -> int:
    """An instructor sends again all that the gradebook lacks; returns how many."""
    query = (
        select(Grade)
        .join(Delivery)
        .where(
            Grade.placement_id == placement_id,
            Delivery.cause != "overridden",
            Delivery.state.in_(LACKING),
        )
        .order_by(Grade.id)
    )
    found = db.session.scalars(query).all()
    for grade in found:
        _publish(grade, by_user_id, context_id, "again")
    return _send_all(found)


def resend_one(grade: Grade, by_user_id: int, context_id: int) -> None:
    """A person sends one score again; raises `Conflict` when that was done a moment ago."""
    tried_at = grade.delivery.tried_at
    if tried_at is not None and utcnow() - tried_at < PAUSE:
        raise Conflict(
            "The score was sent less than a minute ago",
            "Give the platform a moment, then look at this page again.",
        )
    _publish(grade, by_user_id, context_id, "again")
    _send_all([grade])


def send_ours(grade: Grade, by_user_id: int, context_id: int) -> None:
    """An instructor wants our score in place of the one that somebody entered."""
    _publish(grade, by_user_id, context_id, "in place of another grade")
    grade.delivery.accepted_url, grade.delivery.standing = "", Standing.NOTHING
    _send_all([grade])


def _send_all(grades: Sequence[Grade]) -> int:
    for grade in grades:
        grade.delivery.ask_once_more()
        grade.delivery.repairs = 0
        outbox.hurry(HANDLER, grade.id)
    return len(grades)


def _publish(grade: Grade, by_user_id: int, context_id: int, how: str) -> None:
    publish(
        SendAsked(
            user_id=by_user_id,
            context_id=context_id,
            placement_id=grade.placement_id,
            grade_id=grade.id,
            how=how,
        )
    )
