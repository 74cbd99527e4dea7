"""Bringing a grade to the platform's gradebook, from the outbox.

Level-triggered: what is sent is the grade as it stands when the delivery runs, so duplicates
merge and order cannot go wrong. It needs the registration, the line item and the person's id;
never a live launch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_tool import outbox
from lti_tool.courses.models import Context, ResourceLink, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.events import LineItemChanged, ScoreAccepted, publish
from lti_tool.grades.models import Delivery, DeliveryState, Grade
from lti_tool.lti.ags import SCORE_SCOPE, Score, post_score
from lti_tool.lti.models import Deployment, Registration

HANDLER = "deliver_score"
NO_COLUMN = "This link has no column in the gradebook; let it take grades in your course."
NO_SCOPE = "The platform does not let the tool send scores to this link."


@dataclass(frozen=True)
class Parcel:
    """All that a delivery needs, read in one short transaction before the network is used."""

    grade_id: int
    placement_id: int
    context_id: int
    registration: Registration
    line_item_url: str
    score: Score


def deliver_score(grade_id: int) -> None:
    """Send the grade unless the platform has it already. Raises `PlatformError` to try again."""
    with unit_of_work():
        parcel = _prepare(grade_id)
    if parcel is None:
        return
    try:
        post_score(parcel.registration, parcel.line_item_url, parcel.score)
    except PlatformError as error:
        with unit_of_work():
            _note_failure(grade_id, error)
        raise
    with unit_of_work():
        _note_acceptance(parcel)


def redeliver_for_link(event: LineItemChanged) -> None:
    """A link has got a line item: grades that the platform lacks go on their way."""
    rows = db.session.execute(
        select(Grade, Delivery)
        .join(Delivery)
        .join(Placement, Placement.id == Grade.placement_id)
        .where(Placement.resource_link_id == event.resource_link_id)
    )
    for grade, delivery in rows:
        delivery.state, delivery.accepted_given, delivery.accepted_maximum = (
            DeliveryState.WAITING,
            None,
            None,
        )
        outbox.add(HANDLER, grade.id)


def _prepare(grade_id: int) -> Parcel | None:
    """Read the current grade and reserve its timestamp under one lock; None: nothing to send."""
    row = db.session.execute(
        select(Grade, Delivery, Placement, ResourceLink, Context, User, Registration)
        .join(Delivery, Delivery.grade_id == Grade.id)
        .join(Placement, Placement.id == Grade.placement_id)
        .join(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .join(Context, Context.id == ResourceLink.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(User, User.id == Grade.user_id)
        .where(Grade.id == grade_id)
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    grade, delivery, placement, link, context, user, registration = row
    if delivery.has_accepted(grade.score_given, grade.score_maximum):
        delivery.state = DeliveryState.ACCEPTED
        return None
    lacking = _lacking(link)
    if lacking:
        delivery.state, delivery.message = DeliveryState.BLOCKED, lacking
        return None
    delivery.tries, delivery.tried_at = delivery.tries + 1, utcnow()
    delivery.sent_timestamp = _next_timestamp(delivery.sent_timestamp)
    score = _score(grade, user.sub, delivery.sent_timestamp)
    return Parcel(grade.id, placement.id, context.id, registration, link.lineitem_url, score)


def _lacking(link: ResourceLink) -> str:
    if not link.lineitem_url:
        return NO_COLUMN
    return "" if SCORE_SCOPE in link.ags_scopes else NO_SCOPE


def _next_timestamp(last: datetime | None) -> datetime:
    """Now, yet at least a whole second after the last one and never ahead of the clock."""
    now = utcnow()
    if last is None:
        return now
    earliest = last.replace(microsecond=0) + timedelta(seconds=1)
    if earliest > now:
        wait = (earliest - now).total_seconds()
        raise PlatformError("wait", "Two scores fell into one second.", wait)
    return now


def _score(grade: Grade, sub: str, timestamp: datetime) -> Score:
    given, maximum = grade.score_given.normalize(), grade.score_maximum.normalize()
    return Score(
        user_id=sub,
        score_given=grade.score_given,
        score_maximum=grade.score_maximum,
        timestamp=timestamp,
        started_at=grade.started_at,
        submitted_at=grade.submitted_at,
        comment=f"Best attempt: {given:f} of {maximum:f} points.",
    )


def _note_acceptance(parcel: Parcel) -> None:
    delivery = db.session.get_one(Delivery, parcel.grade_id, options=[joinedload(Delivery.grade)])
    score = parcel.score
    delivery.accepted_given, delivery.accepted_maximum = score.score_given, score.score_maximum
    delivery.accepted_at, delivery.message = utcnow(), ""
    grade = delivery.grade
    if delivery.has_accepted(grade.score_given, grade.score_maximum):
        delivery.state = DeliveryState.ACCEPTED
    publish(
        ScoreAccepted(
            user_id=grade.user_id,
            context_id=parcel.context_id,
            placement_id=parcel.placement_id,
            grade_id=grade.id,
            score_given=str(score.score_given),
            score_maximum=str(score.score_maximum),
        )
    )


def _note_failure(grade_id: int, error: PlatformError) -> None:
    delivery = db.session.get_one(Delivery, grade_id)
    passing = error.kind in ("retry", "wait")
    delivery.state = DeliveryState.RETRYING if passing else DeliveryState.BLOCKED
    delivery.message = str(error)
