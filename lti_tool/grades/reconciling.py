"""Reading back what the gradebook holds: some seconds after scores were sent, and by schedule.

What has gone missing is sent again by itself, once. What a teacher entered over ours stays, until
an instructor asks for ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from lti_tool import outbox
from lti_tool.courses.models import Context, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import PlatformError
from lti_tool.grades.columns import read_place
from lti_tool.grades.delivery import HANDLER as DELIVER_SCORE
from lti_tool.grades.delivery import PASSING
from lti_tool.grades.models import WITH_POINTS, Delivery, DeliveryState, Grade, Standing
from lti_tool.grades.parcels import block, keep_result
from lti_tool.lti.ags import RESULT_SCOPE
from lti_tool.lti.models import Deployment
from lti_tool.lti.results import Result, read_results

HANDLER = "read_results"
SWEEP_UNREAD = "find_unread_results"
SWEEP_ALL = "read_all_results"
UNREAD_SECONDS = 20
ALL_SECONDS = 6 * 3600
SETTLING = timedelta(seconds=5)
LIVELY = timedelta(days=120)
MOST_REPAIRS = 1
NOT_SHOWN = "not_shown"


@dataclass
class Reading:
    """How the scores of a placement stand in the gradebook; `repaired` are on their way again."""

    placement_id: int
    counts: dict[str, int] = field(default_factory=dict)
    repaired: int = 0
    refusal: str = ""


def read_results_of(placement_id: int) -> None:
    """From the outbox: read one column's results and compare. Raises `PlatformError` to retry."""
    reading = reconcile(placement_id)
    if reading.refusal:
        raise PlatformError("retry", reading.refusal, platform_wide=False)


def reconcile(placement_id: int) -> Reading:
    """Read the column's results and keep how each learner's score stands there.

    A platform that does not let itself be read is no failure: the scores then count as unreadable.
    """
    with unit_of_work():
        place = read_place(placement_id)
    if place is None or not place.url:
        return Reading(placement_id)
    if RESULT_SCOPE not in place.scopes:
        return _keep(placement_id, place.url, None)
    try:
        results = read_results(place.registration, place.url)
    except PlatformError as error:
        if error.kind in PASSING:
            return Reading(placement_id, refusal=str(error))
        return _keep(placement_id, place.url, None)
    return _keep(placement_id, place.url, results)


def find_unread(_subject_id: int = 0) -> None:
    """By schedule: have the columns read to which scores went since, one message a column."""
    settled = Delivery.accepted_at < utcnow() - SETTLING
    with unit_of_work():
        for placement_id in db.session.scalars(
            select(Grade.placement_id)
            .join(Delivery)
            .where(Delivery.standing == Standing.UNREAD, settled)
            .distinct()
        ).all():
            outbox.add(HANDLER, placement_id)


def read_all(_subject_id: int = 0) -> None:
    """By schedule: have every column read in which something has moved these months."""
    with unit_of_work():
        for placement_id in placements_with_scores(changed_within=LIVELY):
            outbox.add(HANDLER, placement_id)


def placements_with_scores(
    *, registration_id: int | None = None, changed_within: timedelta | None = None
) -> Sequence[int]:
    """Placements of which the platform has accepted scores."""
    query = select(Grade.placement_id).join(Delivery).where(Delivery.accepted_url != "")
    if changed_within is not None:
        query = query.where(Grade.changed_at > utcnow() - changed_within)
    if registration_id is not None:
        query = (
            query.join(Placement, Placement.id == Grade.placement_id)
            .join(Context, Context.id == Placement.context_id)
            .join(Deployment, Deployment.id == Context.deployment_id)
            .where(Deployment.registration_id == registration_id)
        )
    return db.session.scalars(query.distinct().order_by(Grade.placement_id)).all()


def _keep(placement_id: int, url: str, results: Mapping[str, Result] | None) -> Reading:
    """Compare what the platform accepted at this address with its results; None: unreadable."""
    reading = Reading(placement_id)
    with unit_of_work():
        rows = db.session.execute(
            select(Delivery, User.sub)
            .join(Grade, Grade.id == Delivery.grade_id)
            .join(User, User.id == Grade.user_id)
            .where(
                Grade.placement_id == placement_id,
                Delivery.accepted_url == url,
                Delivery.accepted_state.in_(WITH_POINTS),
            )
            .order_by(Delivery.grade_id)
            .with_for_update(of=Delivery)
            .execution_options(populate_existing=True)
        )
        for delivery, sub in rows:
            if results is None:
                delivery.standing = Standing.UNREADABLE
            else:
                _compare(delivery, results.get(sub), reading)
            reading.counts[delivery.standing] = reading.counts.get(delivery.standing, 0) + 1
    return reading


def _compare(delivery: Delivery, result: Result | None, reading: Reading) -> None:
    standing = keep_result(delivery, result)
    if standing == Standing.MISSING and delivery.repairs < MOST_REPAIRS:
        delivery.repairs += 1
        delivery.ask_once_more()
        outbox.add(DELIVER_SCORE, delivery.grade_id)
        reading.repaired += 1
    elif standing == Standing.MISSING:
        block(delivery, NOT_SHOWN)
    elif delivery.cause == NOT_SHOWN:
        delivery.state, delivery.message, delivery.cause = DeliveryState.ACCEPTED, "", ""
