"""Tables: the messages, and the lane of each platform."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ColumnElement, Index, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, UTCDateTime

NO_PLATFORM = 0
"""The lane of work that calls no platform; it has no limit and never closes."""


class Status(enum.StrEnum):
    """`dead` waits for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows that matter only, so that finished ones cost nothing."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class OutboxMessage(Base):
    """One piece of work. `tries` counts its claims, and tells one claim from the next.

    `failure` is the kind of the last failure: a `PlatformError`'s, "fault" for a bug of ours,
    "lost" for a worker that ended; `last_error` says it in words.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        _partial(
            "uq_outbox_message_waiting",
            "handler",
            "subject_id",
            where="status = 'waiting'",
            unique=True,
        ),
        _partial("ix_outbox_message_waiting", "lane_id", "due_at", where="status = 'waiting'"),
        _partial("ix_outbox_message_running", "lane_id", where="status = 'running'"),
        _partial("ix_outbox_message_dead", "handler", where="status = 'dead'"),
        _partial("ix_outbox_message_done", "finished_at", where="status = 'done'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handler: Mapped[str]
    subject_id: Mapped[int]
    lane_id: Mapped[int] = mapped_column(default=NO_PLATFORM)
    status: Mapped[str] = mapped_column(default=Status.WAITING)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Lane(Base):
    """How calls to one platform fare, shared by all workers; `id` is the registration's.

    `failures` counts those since the last success. From `breaker.OPEN_FROM` on only one message
    at a time is let through, as a probe. Nothing is before `paused_until`; `reason` says why.
    """

    __tablename__ = "lane"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failures: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


def in_status(status: Status) -> ColumnElement[bool]:
    """The status written out, not as a parameter: else no database can see that an index fits."""
    return OutboxMessage.status == literal_column(f"'{status.value}'", String)
