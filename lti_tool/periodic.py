"""Work that comes round by itself: each turn becomes one outbox message, whoever starts it.

What comes round and how often stands in `reactions.EVERY`. Every worker looks; the row of a piece
of work is moved on by one UPDATE, so exactly one of them starts a turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import outbox
from lti_tool.db import Base, UTCDateTime, db, unit_of_work, utcnow

SUBJECT = 0
"""The subject id that handlers of periodic work are called with."""


class Periodic(Base):
    """When a piece of periodic work is next due; a row appears when it is first looked at."""

    __tablename__ = "periodic"

    handler: Mapped[str] = mapped_column(primary_key=True)
    next_due: Mapped[datetime] = mapped_column(UTCDateTime)


def start_turns(every: Mapping[str, int]) -> list[str]:
    """Leave a message for each handler whose turn has come; `every` maps it to seconds.

    Opens its own unit of work, and only when there is something to start. Returns the handlers.
    A turn more than two intervals ahead was set by another clock, or for another interval, and is
    due at once.
    """
    now = utcnow()
    planned = {row.handler: row.next_due for row in db.session.scalars(select(Periodic))}
    due = [
        handler
        for handler, seconds in every.items()
        if not now < planned.get(handler, now) <= now + timedelta(seconds=2 * seconds)
    ]
    if not due:
        return []
    with unit_of_work():
        return [handler for handler in due if _start(handler, every[handler], now)]


def _start(handler: str, seconds: int, now: datetime) -> bool:
    """Move the row on and leave the message; False when another worker was faster."""
    interval = timedelta(seconds=seconds)
    dialect = sqlite if db.session.connection().dialect.name == "sqlite" else postgresql
    new = dialect.insert(Periodic).values(handler=handler, next_due=now)
    db.session.execute(new.on_conflict_do_nothing())
    moved = db.session.scalars(
        update(Periodic)
        .where(
            Periodic.handler == handler,
            or_(Periodic.next_due <= now, Periodic.next_due > now + 2 * interval),
        )
        .values(next_due=now + interval)
        .returning(Periodic.handler)
        .execution_options(synchronize_session=False)
    ).all()
    if not moved:
        return False
    outbox.add(handler, SUBJECT)
    return True
