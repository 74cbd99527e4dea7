"""Bringing a grade to the platform's gradebook, from the outbox.

Level-triggered: what is sent is the grade as it stands when the delivery runs, so duplicates
merge and order cannot go wrong. It needs the registration, the line item and the person's id;
never a live launch.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_tool import outbox
from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.events import LineItemChanged, ScoreAccepted, publish
from lti_tool.grades import columns
from lti_tool.grades.models import (
    Delivery,
    DeliveryState,
    Grade,
    LineItem,
    Standing,
)
from lti_tool.grades.parcels import Parcel, keep_result, prepare, url_of
from lti_tool.lti.ags import Score, post_score
from lti_tool.lti.results import read_results
from lti_tool.lti.score_refusals import CAUSES

HANDLER = "deliver_score"
AS_REGRADE_SECONDS = 1.0
PASSING = ("retry", "wait")


def deliver_score(grade_id: int) -> None:
    """Send the grade unless the platform has it already. Raises `PlatformError` to try again."""
    with unit_of_work():
        parcel = prepare(grade_id)
    if parcel is None:
        return
    try:
        _send(parcel)
    except PlatformError as error:
        with unit_of_work():
            raised = _note_failure(parcel, error)
        raise raised from error


def redeliver_for_link(event: LineItemChanged) -> None:
    """A link has got a line item: grades that it lacks go on their way."""
    rows = db.session.execute(
        select(Grade, Delivery, ResourceLink, LineItem)
        .join(Delivery)
        .join(Placement, Placement.id == Grade.placement_id)
        .join(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .outerjoin(LineItem, columns.line_item_of(ResourceLink.id))
        .where(ResourceLink.id == event.resource_link_id)
    )
    for grade, delivery, link, row in rows:
        if not delivery.has_accepted(grade, url_of(link, row)):
            send_again(delivery)


def send_again(delivery: Delivery) -> None:
    """Put a grade on its way once more; within a unit of work."""
    delivery.state, delivery.message, delivery.cause = DeliveryState.WAITING, "", ""
    outbox.add(HANDLER, delivery.grade_id)


def _send(parcel: Parcel) -> None:
    """Raises `PlatformError`; where the column has gone, another one is found or made."""
    if parcel.score is None:
        columns.find_or_make(parcel.placement_id)  # which asks for the delivery anew
        return
    if parcel.accepted is not None:
        _look_before_overwriting(parcel, parcel.score.user_id)
    try:
        status = post_score(parcel.registration, parcel.line_item_url, parcel.score)
    except PlatformError as error:
        cause = CAUSES.get(error.cause)
        is_lost = cause is not None and cause.lost_column
        if not is_lost or not columns.is_lost(parcel.placement_id, parcel.line_item_url):
            raise
        columns.find_or_make(parcel.placement_id)
        return
    with unit_of_work():
        _note_acceptance(parcel, parcel.score, status)


def _look_before_overwriting(parcel: Parcel, user_id: str) -> None:
    """Raises `PlatformError` where somebody has entered another grade over the one we sent."""
    try:
        results = read_results(parcel.registration, parcel.line_item_url, user_id=user_id)
    except PlatformError as error:
        if error.kind in PASSING:
            raise
        return  # results that cannot be read stop no score
    with unit_of_work():
        delivery = db.session.get_one(Delivery, parcel.grade_id, populate_existing=True)
        standing = keep_result(delivery, results.get(user_id))
    if standing == Standing.OVERRIDDEN:
        cause = CAUSES["overridden"]
        raise PlatformError(cause.kind, cause.what, cause=cause.key)


def _note_acceptance(parcel: Parcel, score: Score, status: int) -> None:
    delivery = db.session.get_one(
        Delivery, parcel.grade_id, options=[joinedload(Delivery.grade)], populate_existing=True
    )
    has_points = score.score_given is not None
    delivery.accepted_given, delivery.accepted_maximum = score.score_given, score.score_maximum
    delivery.accepted_at, delivery.message, delivery.cause = utcnow(), "", ""
    delivery.accepted_url, delivery.accepted_status = parcel.line_item_url, status
    delivery.accepted_state, delivery.accepted_attempt_id = parcel.state, parcel.attempt_id
    delivery.accepted_comment = parcel.comment
    delivery.as_regrade = delivery.once_more = False
    delivery.standing = Standing.UNREAD if has_points else Standing.NOTHING
    grade = delivery.grade
    if delivery.has_accepted(grade, parcel.line_item_url):
        delivery.state = DeliveryState.ACCEPTED
    publish(
        ScoreAccepted(
            user_id=grade.user_id,
            context_id=parcel.context_id,
            placement_id=parcel.placement_id,
            grade_id=grade.id,
            score_given=str(score.score_given or Decimal(0)),
            score_maximum=str(score.score_maximum or Decimal(0)),
            state=parcel.state,
            status=status,
        )
    )


def _note_failure(parcel: Parcel, error: PlatformError) -> PlatformError:
    """Keep what stands in the way; returns what the worker is to make of it."""
    delivery = db.session.get_one(Delivery, parcel.grade_id)
    if error.cause == "attempts_used_up" and not delivery.as_regrade:
        delivery.as_regrade = True  # the grade alone needs no attempt
        error = PlatformError("wait", str(error), AS_REGRADE_SECONDS, cause=error.cause)
    delivery.cause = error.cause or CAUSE_OF_KIND[error.kind]
    delivery.message = str(error)
    passing = error.kind in PASSING
    delivery.state = DeliveryState.RETRYING if passing else DeliveryState.BLOCKED
    return error


CAUSE_OF_KIND = {
    "retry": "unreachable",
    "wait": "pause",
    "needs instructor": "refused",
    "needs admin": "no_access",
    "never": "malformed",
}
"""Where it was not the platform's answer to a score that said so: no answer, or no token."""
