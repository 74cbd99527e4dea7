"""The claim itself: lock a lane, see how much room it has, take that many messages.

Runs once for every message, so its statements are built once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from flask import current_app
from sqlalchemy import Executable, bindparam, func, or_, select, update

from lti_tool.config import Settings
from lti_tool.outbox import breaker
from lti_tool.outbox.models import NO_PLATFORM, Lane, OutboxMessage, Status, in_status
from lti_tool.rows import execute, table_of


@dataclass(frozen=True)
class Claimed:
    """A message in the hands of this worker; `tries` tells this claim from a later one.

    `in_trouble`: the last call in the lane had failed when the message was claimed.
    """

    id: int
    handler: str
    subject_id: int
    lane_id: int
    tries: int
    created_at: datetime
    in_trouble: bool = False


messages, lanes = table_of(OutboxMessage).c, table_of(Lane).c
CLAIMED = (
    messages.id,
    messages.handler,
    messages.subject_id,
    messages.lane_id,
    messages.tries,
    messages.created_at,
)


def take(
    lane_id: int,
    limit: int,
    now: datetime,
    *,
    message_id: int | None = None,
    handlers: Collection[str] | None = None,
    skip_locked: bool = False,
) -> list[Claimed]:
    """Claim up to `limit` due messages of the lane; of these handlers, or the one named.

    What runs is counted by a statement of its own, after the lock: one that did both would count
    what ran before it had to wait for the lock, and let too many through.

    With `skip_locked`, a lane that another worker has locked is left to it.
    """
    values = {"lane": lane_id, "now": now}
    far = {"too_far": now + breaker.TOO_FAR}
    failures = execute(_lock_lane(skip_locked), values | far).scalar_one_or_none()
    if failures is None:
        return []
    settings: Settings = current_app.config["LTI_TOOL"]
    if lane_id != NO_PLATFORM:
        most = 1 if breaker.is_open(failures) else settings.platform_calls
        limit = min(limit, most - execute(_count_running(), values).scalar_one())
    if limit <= 0:
        return []
    rows = execute(
        _take_due(by_id=message_id is not None, by_handler=handlers is not None),
        values
        | {"room": limit, "until": now + timedelta(seconds=settings.lease_seconds)}
        | ({} if message_id is None else {"message": message_id})
        | ({} if handlers is None else {"handlers": list(handlers)}),
    )
    return [Claimed(*[*row, failures > 0]) for row in rows]


@cache
def _lock_lane(skip_locked: bool) -> Executable:
    until = lanes.paused_until
    lets_through = or_(until.is_(None), until <= bindparam("now"), until > bindparam("too_far"))
    query = select(lanes.failures).where(lanes.id == bindparam("lane"), lets_through)
    return query.with_for_update(skip_locked=skip_locked)


@cache
def _count_running() -> Executable:
    return select(func.count()).where(
        messages.lane_id == bindparam("lane"),
        in_status(Status.RUNNING),
        messages.leased_until >= bindparam("now"),
    )


@cache
def _take_due(*, by_id: bool, by_handler: bool) -> Executable:
    due = select(messages.id).where(
        messages.lane_id == bindparam("lane"),
        in_status(Status.WAITING),
        messages.due_at <= bindparam("now"),
    )
    if by_id:
        due = due.where(messages.id == bindparam("message"))
    if by_handler:
        due = due.where(messages.handler.in_(bindparam("handlers", expanding=True)))
    due = due.order_by(messages.due_at).limit(bindparam("room")).with_for_update(skip_locked=True)
    chosen = due.cte(
        "chosen"
    )  # runs once; PostgreSQL may run a subquery, and its limit, for each row
    return (
        update(table_of(OutboxMessage))
        .where(messages.id.in_(select(chosen.c.id)), in_status(Status.WAITING))
        .values(
            status=Status.RUNNING,
            leased_until=bindparam("until"),
            tries=messages.tries + 1,
        )
        .returning(*CLAIMED)
    )
