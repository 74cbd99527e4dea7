"""The time of attempts: kept in step with the settings, extended by a press, closed when over."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lti_tool.courses.models import User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import AccommodationChanged, AttemptExtended, PlacementConfigured, publish
from lti_tool.quiz.accommodating import accommodations_in, learner_rules
from lti_tool.quiz.attempts import submit
from lti_tool.quiz.clock import clock
from lti_tool.quiz.models import Attempt, AttemptStatus
from lti_tool.quiz.rules import GRACE, Rules, rules_for

log = logging.getLogger(__name__)
HANDLER = "close_overdue_attempts"
EVERY_SECONDS = 15
BATCH = 200
TIMES = {"time_limit_minutes", "due_at", "closes_at", "accepts_late"}


def follow_settings(event: PlacementConfigured) -> None:
    """New dates and limits hold for attempts that were begun; no running time gets shorter."""
    if TIMES.isdisjoint(event.changes):
        return
    placement = db.session.get_one(Placement, event.placement_id)
    begun = select(Attempt).filter_by(placement_id=placement.id)
    granted = accommodations_in(placement.context_id)
    for attempt in db.session.scalars(begun):
        own = None if attempt.is_preview else granted.get(attempt.user_id)
        _set_times(attempt, rules_for(placement, own, is_preview=attempt.is_preview))


def follow_accommodation(event: AccommodationChanged) -> None:
    """What was granted holds for attempts that were begun, in every module of the course."""
    rows = db.session.execute(
        select(Attempt, Placement)
        .join(Placement, Placement.id == Attempt.placement_id)
        .where(Placement.context_id == event.context_id, Attempt.user_id == event.learner_id)
    )
    for attempt, placement in rows.all():
        rules = learner_rules(placement, attempt.user_id, is_preview=attempt.is_preview)
        _set_times(attempt, rules)


def _set_times(attempt: Attempt, rules: Rules) -> None:
    attempt.due_at = rules.due_at
    if attempt.is_open:
        attempt.time_limit_minutes = _limit(attempt, rules)
        attempt.deadline_at = rules.deadline(attempt.started_at, attempt.time_limit_minutes)


def _limit(attempt: Attempt, rules: Rules) -> int | None:
    """The minutes that an open attempt has under these rules, never fewer than it was promised."""
    limit = rules.limit_minutes
    if limit is not None and attempt.extended_at is not None:
        limit += rules.extension_minutes
    if limit is None or attempt.time_limit_minutes is None:
        return None
    return max(limit, attempt.time_limit_minutes)


@dataclass(frozen=True)
class CutShort:
    """A learner's open attempt that would end sooner than it does now; no `now`: it had no end."""

    user: User
    number: int
    now: datetime | None
    then: datetime


def foresee_ends(placement_id: int, wanted: Placement) -> list[CutShort]:
    """Whose open attempts would end sooner if the placement's settings were those of `wanted`."""
    granted = accommodations_in(wanted.context_id)
    rows = db.session.execute(
        select(Attempt, User)
        .join(User, User.id == Attempt.user_id)
        .where(Attempt.placement_id == placement_id, Attempt.is_preview.is_(False))
        .where(Attempt.status == AttemptStatus.OPEN)
        .order_by(User.family_name, User.name, User.id)
    )
    found = []
    for attempt, user in rows:
        rules = rules_for(wanted, granted.get(user.id))
        then = rules.deadline(attempt.started_at, _limit(attempt, rules))
        if then is not None and (attempt.deadline_at is None or then < attempt.deadline_at):
            found.append(CutShort(user, attempt.number, attempt.deadline_at, then))
    return found


def extension_left(attempt: Attempt, rules: Rules) -> int:
    """The whole minutes that one press would still add to an open attempt, once; 0 for none.

    The closing of the quiz is never passed.
    """
    limit, deadline = attempt.time_limit_minutes, attempt.deadline_at
    if limit is None or deadline is None or attempt.extended_at is not None:
        return 0
    longer = rules.deadline(attempt.started_at, limit + rules.extension_minutes)
    return 0 if longer is None else max(int((longer - deadline).total_seconds() // 60), 0)


def _is_near_end(attempt: Attempt) -> bool:
    found = clock(attempt, utcnow())
    return found is not None and found.is_short and not attempt.is_overdue(found.now)


def extend(attempt: Attempt, rules: Rules, context_id: int) -> None:
    """Add a quarter of the learner's time, once; publishes `AttemptExtended`.

    Called within a unit of work. Raises `Conflict` where nothing can be added.
    """
    db.session.refresh(attempt, with_for_update=True)
    minutes = extension_left(attempt, rules) if attempt.is_open and _is_near_end(attempt) else 0
    if not minutes or attempt.time_limit_minutes is None:
        raise Conflict(
            "This attempt cannot be extended now",
            "Time can be added once, when a fifth of it is left, and never past the closing.",
        )
    attempt.extended_at = utcnow()
    attempt.time_limit_minutes += rules.extension_minutes
    attempt.deadline_at = rules.deadline(attempt.started_at, attempt.time_limit_minutes)
    publish(
        AttemptExtended(
            user_id=attempt.user_id,
            context_id=context_id,
            placement_id=attempt.placement_id,
            attempt_id=attempt.id,
            minutes=minutes,
        )
    )


def close_overdue_attempts(_subject_id: int) -> None:
    """Hand in, with what was saved, each attempt whose time is over; each in its own transaction.

    Two of these at once do no harm: handing in twice is handing in once.
    """
    for attempt_id in _overdue():
        try:
            with unit_of_work():
                _close(attempt_id)
        except Exception:  # one attempt that cannot be marked must not hold up the others
            log.exception("attempt %s could not be closed", attempt_id)


def _overdue() -> Iterable[int]:
    return db.session.scalars(
        select(Attempt.id)
        .where(Attempt.status == AttemptStatus.OPEN, Attempt.deadline_at < utcnow() - GRACE)
        .order_by(Attempt.deadline_at)
        .limit(BATCH)
    ).all()


def _close(attempt_id: int) -> None:
    """Nothing happens where somebody was faster, or the time was made longer meanwhile."""
    row = db.session.execute(
        select(Attempt, Placement.context_id)
        .join(Placement, Placement.id == Attempt.placement_id)
        .where(Attempt.id == attempt_id, Attempt.deadline_at < utcnow() - GRACE)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is not None:
        submit(row[0], row[1])
