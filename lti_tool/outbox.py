"""Work to be done after the commit: messages written in the transaction that causes them.

A message names a handler and the id of what it concerns; it carries no data, for a handler reads
the current state when it runs. So equal messages that wait merge into one, and order cannot go
wrong. A message is claimed under a lease: when a worker dies, another claims it again.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, and_, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, UTCDateTime, db, utcnow

LEASE_SECONDS = 120
FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 3600.0


class Status(enum.StrEnum):
    """`dead` waits for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class OutboxMessage(Base):
    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(
            "uq_outbox_message_waiting",
            "handler",
            "subject_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_outbox_message_open",
            "due_at",
            sqlite_where=text("status IN ('waiting', 'running')"),
            postgresql_where=text("status IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handler: Mapped[str]
    subject_id: Mapped[int]
    status: Mapped[str] = mapped_column(default=Status.WAITING)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def add(handler: str, subject_id: int) -> None:
    """Ask for `handler(subject_id)` after the commit; joins a message that already waits."""
    session = db.session()
    dialect = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    now = utcnow()
    statement = dialect.insert(OutboxMessage).values(
        handler=handler, subject_id=subject_id, status=Status.WAITING, due_at=now, tries=0,
        created_at=now,
    )  # fmt: skip
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["handler", "subject_id"],
            index_where=text("status = 'waiting'"),
            set_={"due_at": now},
        )
    )


def claim(limit: int, now: datetime | None = None) -> Sequence[OutboxMessage]:
    """Take up to `limit` messages that are due, or whose worker let its lease run out."""
    now = now or utcnow()
    due = (
        select(OutboxMessage.id)
        .where(
            or_(
                and_(OutboxMessage.status == Status.WAITING, OutboxMessage.due_at <= now),
                and_(OutboxMessage.status == Status.RUNNING, OutboxMessage.leased_until < now),
            )
        )
        .order_by(OutboxMessage.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return db.session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(due))
        .values(
            status=Status.RUNNING,
            leased_until=now + timedelta(seconds=LEASE_SECONDS),
            tries=OutboxMessage.tries + 1,
        )
        .returning(OutboxMessage),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).all()


def something_is_due() -> bool:
    """A cheap look that takes no lock, so that an idle worker never disturbs a writer."""
    now = utcnow()
    query = select(OutboxMessage.id).where(
        OutboxMessage.status.in_((Status.WAITING, Status.RUNNING)),
        OutboxMessage.due_at <= now,
        or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < now),
    )
    return db.session.scalar(query.limit(1)) is not None


def finish(message_id: int) -> None:
    """The handler did its work."""
    _settle(message_id, status=Status.DONE, finished_at=utcnow(), leased_until=None)


def fail(message_id: int, error: str) -> None:
    """Time will not cure it: keep it, with its reason, for a person."""
    _settle(
        message_id, status=Status.DEAD, finished_at=utcnow(), leased_until=None, last_error=error
    )


def postpone(message: OutboxMessage, error: str, delay_seconds: float | None = None) -> None:
    """Try again later: after `delay_seconds`, or after a back-off that doubles up to an hour.

    When the same work was asked for again meanwhile, that newer message stands for both.
    """
    newer = db.session.scalar(
        select(OutboxMessage.id).where(
            OutboxMessage.handler == message.handler,
            OutboxMessage.subject_id == message.subject_id,
            OutboxMessage.status == Status.WAITING,
        )
    )
    if newer is not None:
        finish(message.id)
        return
    delay = back_off_seconds(message.tries) if delay_seconds is None else delay_seconds
    _settle(
        message.id,
        status=Status.WAITING,
        due_at=utcnow() + timedelta(seconds=delay),
        leased_until=None,
        last_error=error,
    )


def back_off_seconds(tries: int) -> float:
    """2 s, 4 s, 8 s ... up to an hour, each with up to a quarter of jitter on top."""
    delay = min(FIRST_DELAY_SECONDS * 2.0 ** (min(tries, 30) - 1), LONGEST_DELAY_SECONDS)
    return delay * (1 + random.random() / 4)  # noqa: S311 (spreads load, guards nothing)


def retry_dead() -> int:
    """Give every dead message a new start; returns how many."""
    dead = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.status == Status.DEAD)
    ).all()
    for message in dead:
        add(message.handler, message.subject_id)
        finish(message.id)
    return len(dead)


def count_by_status() -> dict[str, int]:
    """How many messages stand in each status."""
    rows = db.session.execute(
        select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
    )
    counted = {status: count for status, count in rows}
    return {status.value: counted.get(status.value, 0) for status in Status}


def _settle(message_id: int, **values: object) -> None:
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
