"""A circuit breaker for each lane, and the pauses that a platform asks for."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from flask import g
from sqlalchemy import ColumnElement, or_, select, update

from lti_tool.db import db, utcnow
from lti_tool.errors import PlatformError
from lti_tool.outbox.models import NO_PLATFORM, Lane, OutboxMessage, Status, in_status

OPEN_FROM = 5
FIRST_PAUSE_SECONDS = 4.0
LONGEST_PAUSE_SECONDS = 3600.0
TOO_FAR = timedelta(seconds=2 * LONGEST_PAUSE_SECONDS)
WITH_PLATFORM = ("retry", "needs admin")
ANSWERED = "lti_tool_platform_answered"


def lets_through(now: datetime) -> ColumnElement[bool]:
    """Whether the lane is not paused; a pause too far ahead was set by another clock."""
    return or_(
        Lane.paused_until.is_(None), Lane.paused_until <= now, Lane.paused_until > now + TOO_FAR
    )


def is_open(failures: int) -> bool:
    """Whether so many failures in a row allow nothing but a probe."""
    return failures >= OPEN_FROM


def note_answer(*, answered: bool = True) -> None:
    """A platform answered a call of the work in hand. Work that calls none says nothing of it."""
    setattr(g, ANSWERED, answered)


def has_answered() -> bool:
    """Whether a platform answered since the work in hand began."""
    return bool(getattr(g, ANSWERED, False))


def note_success(lane_id: int) -> None:
    """The platform did what was asked. When it comes back from trouble, what waited for it is due.

    A message that failed meanwhile need not sit out its own back-off.
    """
    if lane_id == NO_PLATFORM:
        return
    failures = db.session.scalar(
        select(Lane.failures).where(Lane.id == lane_id, Lane.failures > 0).with_for_update()
    )
    if failures is None:
        return
    _change(lane_id, failures=0, paused_until=None, reason="")
    if is_open(failures):
        _let_go(OutboxMessage.lane_id == lane_id)


def end_rests() -> int:
    """Try every platform that rests once more, now, for a person says so; returns how many."""
    ended = db.session.scalars(
        update(Lane)
        .where(Lane.paused_until > utcnow())
        .values(paused_until=None, changed_at=utcnow())
        .returning(Lane.id)
        .execution_options(synchronize_session=False)
    ).all()
    _let_go(OutboxMessage.lane_id.in_(ended))
    return len(ended)


def _let_go(in_lanes: ColumnElement[bool]) -> None:
    """What failed with its platform, and waits only for that, is due."""
    db.session.execute(
        update(OutboxMessage)
        .where(in_lanes, in_status(Status.WAITING), OutboxMessage.failure.in_(WITH_PLATFORM))
        .values(due_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def note_trouble(lane_id: int, error: PlatformError) -> None:
    """The platform failed, or asked for a pause, as a whole.

    Failures of calls that were under way when the lane was paused count once.
    """
    if lane_id == NO_PLATFORM:
        return
    lane = db.session.execute(
        select(Lane.failures, Lane.paused_until).where(Lane.id == lane_id).with_for_update()
    ).one()
    now = utcnow()
    paused = lane.paused_until is not None and now < lane.paused_until <= now + TOO_FAR
    failures = lane.failures + (not paused)
    seconds = error.retry_after_seconds or 0.0
    if not seconds and (error.kind != "retry" or is_open(failures)):
        seconds = pause_seconds(failures)
    until = now + timedelta(seconds=seconds) if seconds else None
    if paused and (until is None or until < lane.paused_until):
        until = lane.paused_until
    _change(lane_id, failures=failures, paused_until=until, reason=str(error))


def pause_seconds(failures: int) -> float:
    """4 s, 8 s ... up to an hour, each with up to a quarter of jitter on top."""
    doublings = max(min(failures, 30) - OPEN_FROM, 0)
    seconds = min(FIRST_PAUSE_SECONDS * 2.0**doublings, LONGEST_PAUSE_SECONDS)
    return seconds * (1 + random.random() / 4)  # noqa: S311 (spreads load, guards nothing)


def _change(lane_id: int, **values: object) -> None:
    db.session.execute(
        update(Lane)
        .where(Lane.id == lane_id)
        .values(changed_at=utcnow(), **values)
        .execution_options(synchronize_session=False)
    )
