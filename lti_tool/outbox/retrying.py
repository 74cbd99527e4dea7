"""What a person decides about dead messages: a new start, or none."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from lti_tool.db import db, utcnow
from lti_tool.outbox.asking import hurry
from lti_tool.outbox.models import OutboxMessage, Status, in_status


def retry_dead(handler: str | None = None, ids: Collection[int] = ()) -> int:
    """Give dead messages a new start: all, or those of a handler, or those named; how many."""
    query = select(OutboxMessage).where(in_status(Status.DEAD))
    if handler is not None:
        query = query.where(OutboxMessage.handler == handler)
    if ids:
        query = query.where(OutboxMessage.id.in_(ids))
    dead = db.session.scalars(query).all()
    for message in dead:
        hurry(message.handler, message.subject_id)
    return drop_dead([message.id for message in dead])


def drop_dead(ids: Collection[int]) -> int:
    """Give up dead messages for good; returns how many."""
    dropped = db.session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), in_status(Status.DEAD))
        .values(status=Status.DONE, finished_at=utcnow())
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(dropped.all())
