"""What a delivery carries: the grade as it stands, read under a lock before the network is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from lti_tool.courses.models import Context, ResourceLink, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, utcnow
from lti_tool.errors import PlatformError
from lti_tool.grades import columns
from lti_tool.grades.comparing import Known, standing_of
from lti_tool.grades.models import (
    WITH_POINTS,
    Delivery,
    DeliveryState,
    Grade,
    LineItem,
    Standing,
)
from lti_tool.grades.policy import Policy
from lti_tool.grades.review_links import review_url
from lti_tool.grades.scores import Facts, comment_of, may_be_sent, score_of
from lti_tool.lti.ags import RESULT_SCOPE, SCORE_SCOPE, Score
from lti_tool.lti.models import Deployment, Registration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.results import Result
from lti_tool.lti.score_refusals import CAUSES
from lti_tool.quiz.attempts import count_handed_in
from lti_tool.quiz.models import Attempt


@dataclass(frozen=True)
class Parcel:
    """All that a delivery needs, read in one short transaction before the network is used.

    Without a `score`, the placement first needs a column. With `accepted`, the platform holds an
    earlier score, and lets be read whether somebody has changed it.
    """

    grade_id: int
    placement_id: int
    context_id: int
    registration: Registration
    line_item_url: str = ""
    score: Score | None = None
    state: str = ""
    attempt_id: int | None = None
    comment: str = ""
    accepted: Known | None = None


def prepare(grade_id: int) -> Parcel | None:
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
        .outerjoin(Attempt, Attempt.id == Grade.attempt_id)
        .outerjoin(LineItem, columns.line_item_of(ResourceLink.id))
        .where(Grade.id == grade_id)
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    grade, delivery, placement, link, registration, user, line_item, attempt = row
    url = url_of(link, line_item)
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
        by_hand=grade.by_hand,
        lessons=(grade.lessons_done, grade.lessons_counted),
        review_url=review_url(placement.public_id, user.sub, attempt.number) if attempt else "",
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
        accepted=_accepted(delivery, link, url),
    )


def _accepted(delivery: Delivery, link: ResourceLink, url: str) -> Known | None:
    """What a person may have changed since, where that can be seen."""
    is_graded = delivery.accepted_state in WITH_POINTS and delivery.accepted_url == url
    return known_of(delivery) if is_graded and RESULT_SCOPE in link.ags_scopes else None


def known_of(delivery: Delivery) -> Known:
    return Known(
        accepted_given=delivery.accepted_given or Decimal(0),
        accepted_maximum=delivery.accepted_maximum or Decimal(0),
        standing=delivery.standing,
        result_given=delivery.result_given,
    )


def keep_result(delivery: Delivery, result: Result | None) -> Standing:
    """Keep what the gradebook was seen to hold, and return how it stands."""
    standing = standing_of(known_of(delivery), result)
    delivery.standing, delivery.read_at = standing, utcnow()
    delivery.result_given = result.result_score if result else None
    delivery.result_maximum = result.result_maximum if result else None
    return standing


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
        block(delivery, lacking)
    return bool(lacking)


def _lacking(link: ResourceLink, url: str) -> str:
    """The cause for which this link takes no scores; "" when it does, or may."""
    if not url and not columns.may_look(link):
        return "no_column"
    return "" if SCORE_SCOPE in link.ags_scopes else "no_scope"


def block(delivery: Delivery, cause: str) -> None:
    """Let the delivery wait for the person who can cure the cause."""
    delivery.state, delivery.cause = DeliveryState.BLOCKED, cause
    delivery.message = CAUSES[cause].what


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


def url_of(link: ResourceLink, row: LineItem | None) -> str:
    """Where scores go: what the launch named, else what the tool found or made."""
    return link.lineitem_url or (row.url if row else "")
