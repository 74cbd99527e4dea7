"""What waits, since when, and why: for the operator's commands, metrics and readiness.

Finished messages are left out wherever that can be: there may be a million of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from lti_tool.db import db, utcnow
from lti_tool.outbox import breaker
from lti_tool.outbox.models import NO_PLATFORM, Lane, OutboxMessage, Status, in_status


@dataclass(frozen=True)
class Backlog:
    """Messages of a handler in one status, and when the oldest was asked for."""

    handler: str
    status: str
    count: int
    oldest_at: datetime


@dataclass(frozen=True)
class DeadLetters:
    """Messages that wait for a person for the same reason."""

    handler: str
    failure: str
    error: str
    count: int


def count_by_status() -> dict[str, int]:
    """How many messages stand in each status."""
    rows = db.session.execute(
        select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
    )
    counted = {status: count for status, count in rows}
    return {status.value: counted.get(status.value, 0) for status in Status}


def list_backlogs() -> list[Backlog]:
    """Everything that is not done, by handler and status."""
    found = []
    for status in (Status.WAITING, Status.RUNNING, Status.DEAD):
        oldest = func.min(OutboxMessage.created_at, type_=OutboxMessage.created_at.type)
        rows = db.session.execute(
            select(OutboxMessage.handler, func.count(), oldest)
            .where(in_status(status))
            .group_by(OutboxMessage.handler)
            .order_by(OutboxMessage.handler)
        )
        found += [Backlog(name, status.value, count, at) for name, count, at in rows]
    return found


def list_dead_by_reason() -> list[DeadLetters]:
    """Dead messages by handler and reason, the most frequent first."""
    failure = func.coalesce(OutboxMessage.failure, "")
    error = func.coalesce(OutboxMessage.last_error, "")
    rows = db.session.execute(
        select(OutboxMessage.handler, failure, error, func.count())
        .where(in_status(Status.DEAD))
        .group_by(OutboxMessage.handler, failure, error)
        .order_by(func.count().desc(), OutboxMessage.handler)
    )
    return [DeadLetters(*row) for row in rows]


def list_dead(handler: str | None, limit: int) -> Sequence[OutboxMessage]:
    """Dead messages, the newest first."""
    query = select(OutboxMessage).where(in_status(Status.DEAD))
    if handler is not None:
        query = query.where(OutboxMessage.handler == handler)
    return db.session.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)).all()


def list_lanes() -> Sequence[Lane]:
    """The lanes of all platforms that were ever called."""
    return db.session.scalars(select(Lane).where(Lane.id != NO_PLATFORM).order_by(Lane.id)).all()


def state_of(lane: Lane, now: datetime) -> str:
    """ "flowing", "paused", or "probing": one call at a time until one succeeds."""
    paused = lane.paused_until is not None and now < lane.paused_until <= now + breaker.TOO_FAR
    if paused:
        return "paused"
    return "probing" if breaker.is_open(lane.failures) else "flowing"


def stuck_for(minutes: int) -> timedelta | None:
    """How long the oldest message has been due that nothing holds back, if longer than `minutes`.

    What waits for a platform in trouble is not stuck, nor is what a person has to see to.
    """
    now = utcnow()
    oldest = db.session.scalar(
        select(OutboxMessage.due_at)
        .join(Lane, Lane.id == OutboxMessage.lane_id)
        .where(
            in_status(Status.WAITING),
            OutboxMessage.due_at <= now - timedelta(minutes=minutes),
            breaker.lets_through(now),
            Lane.failures < breaker.OPEN_FROM,
        )
        .order_by(OutboxMessage.due_at)
        .limit(1)
    )
    return None if oldest is None else now - oldest
