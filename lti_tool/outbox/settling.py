"""How a claimed message ends: done, dead, or waiting again.

Each is for the holder of the claim alone: a worker whose lease ran out and was taken over settles
nothing.
"""

from __future__ import annotations

import random
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Executable, bindparam, case, select, update

from lti_tool.db import db, utcnow
from lti_tool.outbox.models import OutboxMessage, Status, in_status
from lti_tool.rows import execute, table_of

FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 3600.0
LONGEST_TEXT = 500


class Held(Protocol):
    """What a claim is known by."""

    @property
    def id(self) -> int: ...
    @property
    def handler(self) -> str: ...
    @property
    def subject_id(self) -> int: ...
    @property
    def tries(self) -> int: ...


def finish(message: Held) -> bool:
    """The handler did its work. False when the claim was no longer held."""
    return _settle(message, status=Status.DONE, finished_at=utcnow())


def fail(message: Held, failure: str, text: str) -> bool:
    """Time will not cure it: keep it, with its reason, for a person."""
    return _settle(
        message, status=Status.DEAD, finished_at=utcnow(), failure=failure, last_error=_short(text)
    )


def postpone(message: Held, failure: str, text: str, delay_seconds: float | None = None) -> bool:
    """Try again later: after `delay_seconds`, or after a back-off that doubles up to an hour.

    When the same work was asked for again meanwhile, that newer message stands for both, and
    waits as long.
    """
    delay = back_off_seconds(message.tries) if delay_seconds is None else delay_seconds
    due_at = utcnow() + timedelta(seconds=delay)
    newer = db.session.scalar(
        select(OutboxMessage.id)
        .where(
            OutboxMessage.handler == message.handler,
            OutboxMessage.subject_id == message.subject_id,
            in_status(Status.WAITING),
        )
        .with_for_update()
    )
    history = {"failure": failure, "last_error": _short(text)}
    if newer is None:
        return _settle(message, status=Status.WAITING, due_at=due_at, **history)
    if not finish(message):
        return False
    later = case((OutboxMessage.due_at > due_at, OutboxMessage.due_at), else_=due_at)
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == newer)
        .values(due_at=later, tries=OutboxMessage.tries + message.tries, **history)
        .execution_options(synchronize_session=False)
    )
    return True


def back_off_seconds(tries: int) -> float:
    """2 s, 4 s, 8 s ... up to an hour, each with up to a quarter of jitter on top."""
    delay = min(FIRST_DELAY_SECONDS * 2.0 ** (min(tries, 30) - 1), LONGEST_DELAY_SECONDS)
    return delay * (1 + random.random() / 4)  # noqa: S311 (spreads load, guards nothing)


def _short(text: str) -> str:
    """No longer than needed, and with nothing that a database does not take."""
    return text.replace("\x00", "\ufffd")[:LONGEST_TEXT]


def _settle(message: Held, **values: object) -> bool:
    settled = execute(
        _settle_statement(tuple(values)), {"held": message.id, "claim": message.tries, **values}
    )
    return settled.scalar_one_or_none() is not None


@cache
def _settle_statement(names: tuple[str, ...]) -> Executable:
    """Built once, for it runs once for every message."""
    table = table_of(OutboxMessage)
    changes: dict[str, Any] = {name: bindparam(name) for name in names}
    return (
        update(table)
        .where(
            table.c.id == bindparam("held"),
            in_status(Status.RUNNING),
            table.c.tries == bindparam("claim"),
        )
        .values(leased_until=None, **changes)
        .returning(table.c.id)
    )
