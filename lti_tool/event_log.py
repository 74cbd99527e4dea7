"""What an event is, the log that keeps every one, and how it sets off reactions.

Publishing appends to the log, runs what must happen in the same transaction, and leaves a message
for what may happen later.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import outbox
from lti_tool.db import Base, UTCDateTime, utcnow
from lti_tool.rows import insert_row


@dataclass(frozen=True, kw_only=True)
class Event:
    """Who did it where and when; `user_id` and `context_id` are None for acts of the system."""

    user_id: int | None = None
    context_id: int | None = None
    at: datetime = field(default_factory=utcnow)


class EventRecord(Base):
    """The append-only log from which statistics and grades can be rebuilt."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "context_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None]
    context_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)


Now = Callable[[Any], None]


@dataclass(frozen=True)
class Later:
    """Ask the outbox to run `handler` for the id that the event keeps in its field `subject`."""

    handler: str
    subject: str


@dataclass(frozen=True)
class Reactions:
    """`now` runs inside the publisher's transaction, in order; `later` from the outbox."""

    now: Mapping[type[Event], tuple[Now, ...]]
    later: Mapping[type[Event], tuple[Later, ...]]


def init_app(app: Flask, reactions: Reactions) -> None:
    app.extensions["lti_tool_reactions"] = reactions


def publish(event: Event) -> None:
    """Log the event and set off its reactions; the caller's unit of work commits them together."""
    values = {f.name: getattr(event, f.name) for f in dataclasses.fields(event)}
    common = {name: values.pop(name) for name in ("user_id", "context_id", "at")}
    insert_row(EventRecord, {"name": type(event).__name__, "data": values, **common})
    reactions: Reactions = current_app.extensions["lti_tool_reactions"]
    for handler in reactions.now.get(type(event), ()):
        handler(event)
    for later in reactions.later.get(type(event), ()):
        outbox.add(later.handler, values[later.subject])
