"""Bringing a grade to the platform's gradebook, from the outbox.

Level-triggered: what is sent is the grade as it stands when the delivery runs, so duplicates
merge and order cannot go wrong. It needs the registration, the line item and the person's id;
never a live launch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_tool import outbox
from lti_tool.courses.models import Context, ResourceLink, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.events import LineItemChanged, ScoreAccepted, publish
from lti_tool.grades import columns
from lti_tool.grades.models import Delivery, DeliveryState, Grade, LineItem, Standing
from lti_tool.grades.policy import Policy
from lti_tool.grades.review_links import review_url
from lti_tool.grades.scores import Facts, comment_of, may_be_sent, score_of
from lti_tool.lti.ags import SCORE_SCOPE, Score, post_score
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.score_refusals import CAUSES
from lti_tool.quiz.attempts import count_handed_in
from lti_tool.quiz.models import Attempt

HANDLER = "deliver_score"
AS_REGRADE_SECONDS = 1.0


@dataclass(frozen=True)
class Parcel:
    """All that a delivery needs, read in one short transaction before the network is used.

    Without a `score`, the placement first needs a column.
    """

    grade_id: int
    placement_id: int
    context_id: int
    registration: Registration
    line_item_url: str = ""
    score: Score | None = None
    state: str = ""
    attempt_id: int = 0
    comment: str = ""


def deliver_score(grade_id: int) -> None:
    """Send the grade unless the platform has it already. Raises `PlatformError` to try again."""
    with unit_of_work():
        parcel = _prepare(grade_id)
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
        if not delivery.has_accepted(grade, _url(link, row)):
            send_again(delivery)


def send_again(delivery: Delivery) -> None:
    """Put a grade on its way once more; within a unit of work."""
    delivery.state, delivery.message, delivery.cause = DeliveryState.WAITING, "", ""
    outbox.add(HANDLER, delivery.grade_id)


def _url(link: ResourceLink, row: LineItem | None) -> str:
    """Where scores go: what the launch named, else what the tool found or made."""
    return link.lineitem_url or (row.url if row else "")


def _prepare(grade_id: int) -> Parcel | None:
    """Read the current grade and reserve its timestamp under one lock; None: nothing to send."""
    row = db.session.execute(
        select(Grade, Delivery, Placement, ResourceLink, Registration, User, LineItem, Attempt)
        .join(Delivery, Delivery.grade_id == Grade.id)
        .join(Placement, Placement.id == Grade.placement_id)
        .join(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .join(Context, Context.id == ResourceLink.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(User, User.id == Grade.user_id)
        .join(Attempt, Attempt.id == Grade.attempt_id)
        .outerjoin(LineItem, columns.line_item_of(ResourceLink.id))
        .where(Grade.id == grade_id)
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    grade, delivery, placement, link, registration, user, line_item, attempt = row
    url = _url(link, line_item)
    if _is_settled(grade, delivery, link, registration, url):
        return None
    if not url:
        return Parcel(grade.id, placement.id, link.context_id, registration)
    delivery.tries, delivery.tried_at = delivery.tries + 1, utcnow()
    timestamp = _next_timestamp(delivery.sent_timestamp)
    delivery.sent_timestamp = timestamp
    facts = Facts(
        state=grade.state,
        user_id=user.sub,
        timestamp=timestamp,
        score_given=grade.score_given,
        score_maximum=grade.score_maximum,
        started_at=grade.started_at,
        submitted_at=grade.submitted_at,
        policy=Policy(placement.grading_policy),
        attempts=count_handed_in(placement.id, user.id),
        attempt_id=grade.attempt_id,
        accepted_attempt_id=delivery.accepted_attempt_id,
        accepted_comment=delivery.accepted_comment,
        as_regrade=delivery.as_regrade,
        review_url=review_url(placement.public_id, user.sub, attempt.number),
    )
    return Parcel(
        grade_id=grade.id,
        placement_id=placement.id,
        context_id=link.context_id,
        registration=registration,
        line_item_url=url,
        score=score_of(facts, PROFILES[registration.profile]),
        state=grade.state,
        attempt_id=grade.attempt_id,
        comment=comment_of(facts),
    )


def _is_settled(
    grade: Grade, delivery: Delivery, link: ResourceLink, registration: Registration, url: str
) -> bool:
    """Whether nothing can or need be sent; the delivery then says why."""
    profile = PROFILES[registration.profile]
    if delivery.has_accepted(grade, url):
        delivery.state, delivery.message, delivery.cause = DeliveryState.ACCEPTED, "", ""
        return True
    if not may_be_sent(grade.state, delivery.accepted_state, profile):
        delivery.state, delivery.message, delivery.cause = DeliveryState.NOT_SENT, "", ""
        return True
    lacking = _lacking(link, url)
    if lacking:
        _block(delivery, lacking)
    return bool(lacking)


def _lacking(link: ResourceLink, url: str) -> str:
    """The cause for which this link takes no scores; "" when it does, or may."""
    if not url and not columns.may_look(link):
        return "no_column"
    return "" if SCORE_SCOPE in link.ags_scopes else "no_scope"


def _block(delivery: Delivery, cause: str, message: str = "") -> None:
    delivery.state, delivery.cause = DeliveryState.BLOCKED, cause
    delivery.message = message or CAUSES[cause].what


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


def _send(parcel: Parcel) -> None:
    """Raises `PlatformError`; where the column has gone, another one is found or made."""
    if parcel.score is None:
        columns.find_or_make(parcel.placement_id)  # which asks for the delivery anew
        return
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


def _note_acceptance(parcel: Parcel, score: Score, status: int) -> None:
    delivery = db.session.get_one(
        Delivery, parcel.grade_id, options=[joinedload(Delivery.grade)], populate_existing=True
    )
    has_points = score.score_given is not None
    delivery.accepted_given, delivery.accepted_maximum = score.score_given, score.score_maximum
    delivery.accepted_at, delivery.message, delivery.cause = utcnow(), "", ""
    delivery.accepted_url, delivery.accepted_status = parcel.line_item_url, status
    delivery.accepted_state, delivery.accepted_attempt_id = parcel.state, parcel.attempt_id
    delivery.accepted_comment, delivery.as_regrade = parcel.comment, False
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
    passing = error.kind in ("retry", "wait")
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
