"""Upkeep of the outbox itself: finished messages that are old, moments of a clock set back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from lti_tool.db import db, delete_in_batches, unit_of_work, utcnow
from lti_tool.outbox.breaker import TOO_FAR
from lti_tool.outbox.models import OutboxMessage, Status, in_status

SKEW = timedelta(minutes=1)


def prune_done(older_than: timedelta) -> int:
    """Delete messages that were done that long ago; dead ones stay for a person. Opens its own
    units of work; returns how many."""
    return delete_in_batches(
        OutboxMessage,
        select(OutboxMessage.id).where(
            in_status(Status.DONE), OutboxMessage.finished_at < utcnow() - older_than
        ),
    )


def mend_clock() -> None:
    """Messages of the future, left by a clock that was set back since, are due now."""
    now = utcnow()
    with unit_of_work():
        db.session.execute(
            update(OutboxMessage)
            .where(
                in_status(Status.WAITING),
                or_(OutboxMessage.due_at > now + TOO_FAR, OutboxMessage.created_at > now + SKEW),
            )
            .values(due_at=now, created_at=now)
            .execution_options(synchronize_session=False)
        )
