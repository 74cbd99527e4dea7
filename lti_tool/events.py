"""Every domain event, and `publish()`.

An event is a fact in the past tense with ids and plain values. Publishing appends it to the log,
runs what must happen in the same transaction, and leaves a message for what may happen later.
Which handlers react stands in one table: `reactions.py`.
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


@dataclass(frozen=True, kw_only=True)
class LaunchReceived(Event):
    """A person arrived from the platform."""

    launch_id: str
    message_type: str
    resource_link_id: int | None
    role: str


@dataclass(frozen=True, kw_only=True)
class NoticesOffered(Event):
    """A platform can tell an installation of ours what happens to its courses."""

    deployment_id: int


@dataclass(frozen=True, kw_only=True)
class LineItemChanged(Event):
    """The platform named a line item for a link that had none, another one, or opened it."""

    resource_link_id: int


@dataclass(frozen=True, kw_only=True)
class RosterChanged(Event):
    """The platform's roster named people anew, or no longer; counts of them, and of all on it."""

    joined: int
    left: int
    people: int


@dataclass(frozen=True, kw_only=True)
class RosterHeldBack(Event):
    """A roster lacked so many of the people known that it was not applied."""

    missing: int


@dataclass(frozen=True, kw_only=True)
class PlacementConfigured(Event):
    """An instructor chose the module of a link or changed its settings (`changes`: old and new)."""

    placement_id: int
    changes: dict[str, list[str | None]]


@dataclass(frozen=True, kw_only=True)
class PlacementCopied(Event):
    """A link that came with a copied course was opened, and took over its source's settings."""

    placement_id: int
    source_id: int


@dataclass(frozen=True, kw_only=True)
class LessonCompleted(Event):
    placement_id: int
    lesson_id: str


@dataclass(frozen=True, kw_only=True)
class KnowledgeCheckAnswered(Event):
    """An ungraded check was answered; `credit` from 0 to 1."""

    placement_id: int
    item_id: str
    credit: float


@dataclass(frozen=True, kw_only=True)
class PracticeAnswered(Event):
    """An item was practised, for nothing but practice; `credit` from 0 to 1."""

    placement_id: int
    item_id: str
    kind: str
    credit: float


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    placement_id: int
    attempt_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class AttemptExtended(Event):
    """A learner pressed for more time, once; `minutes` were added."""

    placement_id: int
    attempt_id: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class AccommodationChanged(Event):
    """An instructor (`user_id`) granted a learner this, in all modules of the course."""

    learner_id: int
    granted: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AttemptSubmitted(Event):
    """An attempt was handed in and marked; points as decimal text, moments in ISO 8601.

    `user_id` is the learner, whoever or whatever handed it in.
    """

    placement_id: int
    attempt_id: int
    number: int
    score_given: str
    score_maximum: str
    is_preview: bool = False
    awaits_marking: bool = False
    started_at: str = ""
    submitted_at: str = ""


@dataclass(frozen=True, kw_only=True)
class AttemptRemarked(Event):
    """The points of an attempt changed after it was handed in: a repaired item, a person's marks.

    `user_id` is the learner; `score_given` and `score_maximum` are new, `old_` what stood before.
    """

    placement_id: int
    attempt_id: int
    number: int
    old_score_given: str
    old_score_maximum: str
    score_given: str
    score_maximum: str
    awaits_marking: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerMarked(Event):
    """A person (`user_id`) marked a learner's answer by its rubric; `criteria` are those met."""

    learner_id: int
    placement_id: int
    attempt_id: int
    number: int
    item_id: str
    criteria: list[str]
    comment: str


@dataclass(frozen=True, kw_only=True)
class ItemRepaired(Event):
    """An instructor (`user_id`) decided about a faulty item, or took the decision back."""

    item_id: str
    repair_id: int
    kind: str
    response: dict[str, Any]
    reason: str
    undone: bool = False


@dataclass(frozen=True, kw_only=True)
class AttemptDeleted(Event):
    """An attempt no longer counts: its row stays, as deleted. `user_id` is the learner's."""

    placement_id: int
    attempt_id: int
    number: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class GradeChanged(Event):
    """The grade of a learner for a placement moved; points as decimal text."""

    placement_id: int
    grade_id: int
    score_given: str
    score_maximum: str
    state: str = "graded"


@dataclass(frozen=True, kw_only=True)
class ScoreAccepted(Event):
    """The platform answered with `status` that it has the score of a grade in that `state`."""

    placement_id: int
    grade_id: int
    score_given: str
    score_maximum: str
    state: str = "graded"
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class SendAsked(Event):
    """A person asked for a score to be sent "again", or "in place of another grade"."""

    placement_id: int
    grade_id: int
    how: str


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
