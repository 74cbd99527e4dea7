"""What waits, since when, and why: for the operator's commands, metrics and readiness."""

from __future__ import annotations

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.outbox.models import OutboxMessage, Status


def count_by_status() -> dict[str, int]:
    """How many messages stand in each status."""
    rows = db.session.execute(
        select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
    )
    counted = {status: count for status, count in rows}
    return {status.value: counted.get(status.value, 0) for status in Status}
