"""Taking messages under a lease, lane by lane."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, exists, or_, select, tuple_, update

from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.outbox import breaker
from lti_tool.outbox.models import Lane, OutboxMessage, Status, in_status
from lti_tool.outbox.settling import back_off_seconds, postpone
from lti_tool.outbox.taking import CLAIMED, Claimed, take

LOST = "The worker ended while it ran this."


def claim(limit: int, now: datetime | None = None) -> list[Claimed]:
    """Take up to `limit` messages that are due, from lanes in a random order.

    A lane that another worker is claiming from at this moment is left to it.
    """
    now = now or utcnow()
    lanes = list(db.session.scalars(_lanes_with_work(now)))
    random.shuffle(lanes)
    claimed: list[Claimed] = []
    for lane_id in lanes:
        if len(claimed) < limit:
            claimed += take(lane_id, limit - len(claimed), now, skip_locked=True)
    return claimed


def claim_message(message_id: int) -> Claimed | None:
    """Take this message, if it is due and its lane has room."""
    lane_id = db.session.scalar(
        select(OutboxMessage.lane_id).where(
            OutboxMessage.id == message_id, in_status(Status.WAITING)
        )
    )
    if lane_id is None:
        return None
    found = take(lane_id, 1, utcnow(), message_id=message_id)
    return found[0] if found else None


def claim_next(lane_id: int, handlers: Collection[str]) -> Claimed | None:
    """Take the message of the lane that has been due the longest, of these handlers."""
    found = take(lane_id, 1, utcnow(), handlers=handlers)
    return found[0] if found else None


def something_is_due() -> bool:
    """A cheap look that takes no lock, so that an idle worker never disturbs a writer."""
    return db.session.scalar(_lanes_with_work(utcnow()).limit(1)) is not None


def find_due(most_a_lane: int) -> list[tuple[str, int]]:
    """Handler and id of messages that are due, up to so many of each lane that has work."""
    now, found = utcnow(), []
    for lane_id in db.session.scalars(_lanes_with_work(now)).all():
        rows = db.session.execute(_waiting_in(lane_id, now).limit(most_a_lane))
        found += [(row.handler, row.id) for row in rows]
    return found


def find_next(lane_id: int, handlers: Collection[str]) -> tuple[str, int] | None:
    """Handler and id of the message of the lane that has been due the longest, of these."""
    query = _waiting_in(lane_id, utcnow()).where(OutboxMessage.handler.in_(handlers))
    row = db.session.execute(query.limit(1)).one_or_none()
    return (row.handler, row.id) if row else None


def prolong(claimed: Collection[Claimed]) -> None:
    """Keep the leases of messages that are still being worked on."""
    still_held = tuple_(OutboxMessage.id, OutboxMessage.tries).in_(
        [(each.id, each.tries) for each in claimed]
    )
    db.session.execute(
        update(OutboxMessage)
        .where(still_held, in_status(Status.RUNNING))
        .values(leased_until=utcnow() + _lease())
        .execution_options(synchronize_session=False)
    )


def take_back() -> int:
    """Let messages wait again whose worker let the lease run out; returns how many.

    The first time at once; after that each waits longer, lest a message that ends its worker ends
    them all in turn. Opens its own unit of work, and only when there is something to take back.
    """
    if db.session.scalar(_lost(utcnow()).limit(1)) is None:
        return 0
    with unit_of_work():
        rows = db.session.execute(_lost(utcnow()).with_for_update(skip_locked=True)).all()
        for *values, failure in rows:
            lost = Claimed(*values)
            again = failure == "lost"
            postpone(lost, "lost", LOST, back_off_seconds(lost.tries) if again else 0.0)
        return len(rows)


def _lost(now: datetime) -> Any:
    """Running, but the lease has run out, or was given by a clock far ahead."""
    lost = or_(OutboxMessage.leased_until < now, OutboxMessage.leased_until > now + 2 * _lease())
    return select(*CLAIMED, OutboxMessage.failure).where(in_status(Status.RUNNING), lost)


def _lease() -> timedelta:
    return timedelta(seconds=current_app.config["LTI_TOOL"].lease_seconds)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return in_status(Status.WAITING), OutboxMessage.due_at <= now


def _waiting_in(lane_id: int, now: datetime) -> Any:
    query = select(OutboxMessage.handler, OutboxMessage.id)
    return query.where(OutboxMessage.lane_id == lane_id, *_is_due(now)).order_by(
        OutboxMessage.due_at
    )


def _lanes_with_work(now: datetime) -> Any:
    work = exists().where(OutboxMessage.lane_id == Lane.id, *_is_due(now))
    return select(Lane.id).where(breaker.lets_through(now), work)
