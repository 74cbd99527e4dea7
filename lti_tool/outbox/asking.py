"""Asking for work: a message in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app
from sqlalchemy import case, text, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_tool.db import after_commit, db, utcnow
from lti_tool.outbox.models import NO_PLATFORM, Lane, OutboxMessage, Status, in_status

LANE_OF = "lti_tool_lane_of"
ANNOUNCE = "lti_tool_announce"
KNOWN_LANES = "lti_tool_known_lanes"

LaneOf = Mapping[str, Callable[[int], int | None]]
Announce = Callable[[str, int], None]


def init_app(app: Flask, lane_of: LaneOf, tell: Announce | None = None) -> None:
    """`lane_of` maps a handler to what finds the registration that its subject belongs to.

    `tell(handler, message_id)` is called after the commit of each new message.
    """
    app.extensions[LANE_OF] = lane_of
    app.extensions[ANNOUNCE] = tell
    app.extensions[KNOWN_LANES] = set()


def add(handler: str, subject_id: int) -> None:
    """Ask for `handler(subject_id)` after the commit; joins a message that already waits.

    One that waits because it failed keeps its moment: asking again does not cut a pause short.
    """
    statement = _insert(
        handler=handler,
        subject_id=subject_id,
        lane_id=_lane_id(handler, subject_id),
        status=Status.WAITING,
        due_at=utcnow(),
        tries=0,
        created_at=utcnow(),
    )
    sooner = case(
        (OutboxMessage.due_at < statement.excluded.due_at, OutboxMessage.due_at),
        else_=statement.excluded.due_at,
    )
    message_id = db.session.scalars(
        statement.on_conflict_do_update(
            index_elements=["handler", "subject_id"],
            index_where=text("status = 'waiting'"),
            set_={"due_at": case((OutboxMessage.tries == 0, sooner), else_=OutboxMessage.due_at)},
        ).returning(OutboxMessage.id)
    ).one()
    after_commit(lambda: announce(handler, message_id))


def announce(handler: str, message_id: int) -> None:
    """Tell the engine that there is work, where it wants to be told."""
    tell: Announce | None = current_app.extensions[ANNOUNCE]
    if tell is not None:
        tell(handler, message_id)


def hurry(handler: str, subject_id: int) -> None:
    """A person asks: as `add`, and a wait after a failure ends. A platform's own pause does not."""
    add(handler, subject_id)
    db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.handler == handler,
            OutboxMessage.subject_id == subject_id,
            in_status(Status.WAITING),
        )
        .values(due_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def _lane_id(handler: str, subject_id: int) -> int:
    """The registration whose platform the work calls; its lane is made when it is first met."""
    find: Callable[[int], int | None] | None = current_app.extensions[LANE_OF].get(handler)
    lane_id = (find(subject_id) if find else None) or NO_PLATFORM
    known: set[int] = current_app.extensions[KNOWN_LANES]
    if lane_id not in known:
        new = _dialect().insert(Lane).values(id=lane_id, failures=0, reason="", changed_at=utcnow())
        db.session.execute(new.on_conflict_do_nothing())
        after_commit(lambda: known.add(lane_id))
    return lane_id


def _dialect() -> Any:
    return sqlite if db.session.connection().dialect.name == "sqlite" else postgresql


def _insert(**values: Any) -> Any:
    return _dialect().insert(OutboxMessage).values(**values)
