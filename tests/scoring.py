"""A learner with a score on its way, and an outbox whose clock can be moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.grades.models import Delivery
from lti_tool.outbox import Lane, OutboxMessage
from tests.browsers import Browser
from tests.databases import rows
from tests.platforms import Answer
from tests.story import set_up, take_quiz


def learner_with_score(
    app: Flask, new_browser: Callable[[], Browser], *, right: int = 1, **claims: Any
) -> Browser:
    """A learner who has handed in one attempt at a new placement."""
    set_up(new_browser())
    learner = new_browser()
    learner.launch(**claims)
    take_quiz(app, learner, right=right)
    return learner


def make_due(app: Flask) -> None:
    """Let all waiting messages be due now, pauses be over, and the last score some seconds old."""
    with app.app_context(), unit_of_work():
        past = utcnow() - timedelta(seconds=1)
        db.session.execute(update(OutboxMessage).values(due_at=past))
        db.session.execute(update(Lane).values(paused_until=None))
        for delivery in db.session.query(Delivery).where(Delivery.sent_timestamp.is_not(None)):
            assert delivery.sent_timestamp is not None
            delivery.sent_timestamp -= timedelta(seconds=3)


def delivery_of(app: Flask) -> Delivery:
    [delivery] = rows(app, Delivery)
    return delivery


def message_of(app: Flask) -> OutboxMessage:
    """The newest message."""
    return rows(app, OutboxMessage)[-1]


def delay_of(app: Flask) -> float:
    """Seconds between the last try and the next."""
    tried_at = delivery_of(app).tried_at
    assert tried_at is not None
    return (message_of(app).due_at - tried_at).total_seconds()


def in_turn(*answers: Answer | None) -> Callable[..., Answer | None]:
    """One answer after the other, then what a healthy platform says."""
    left = list(answers)
    return lambda *_: left.pop(0) if left else None


def moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    assert parsed.tzinfo is not None and text.endswith("Z")
    return parsed.astimezone(UTC)
