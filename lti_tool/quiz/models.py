"""Tables: attempts and their answers, practice, and what is granted to single learners."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, UTCDateTime, utcnow
from lti_tool.quiz.rules import GRACE


class AttemptStatus(enum.StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    DELETED = "deleted"


class Attempt(Base):
    """One graded attempt: what was drawn, from which version, and what came of it.

    `item_ids` is the order of the quiz; with `seed` it fixes everything the learner saw.
    `is_preview` marks the trial of an instructor. Scores are points, set when it is submitted.

    `time_limit_minutes`, `due_at` and `deadline_at` are those of this learner, their extensions
    included; `deadlines` keeps them in step with the settings. `closed_at` is set when the server
    handed the attempt in because its time was over; `submitted_at` is then the last thing that the
    learner did in it. `reopened_at` is set when it was opened again after that. `awaits_marking`: a
    person still has to mark some of the answers.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("placement_id", "user_id", "number"),
        Index(
            "uq_attempt_open",
            "placement_id",
            "user_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_attempt_deadline",
            "deadline_at",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(default=AttemptStatus.OPEN)
    is_preview: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[str]
    shuffled: Mapped[bool] = mapped_column(default=True)
    item_ids: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    time_limit_minutes: Mapped[int | None]
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    extended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    score_given: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    score_maximum: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    awaits_marking: Mapped[bool] = mapped_column(default=False)

    @property
    def is_open(self) -> bool:
        return self.status == AttemptStatus.OPEN

    @property
    def was_handed_in(self) -> bool:
        """Whether it ever was, also if it is open again or deleted."""
        return self.submitted_at is not None or self.reopened_at is not None

    @property
    def is_late(self) -> bool:
        """Whether it was handed in after this learner's due date."""
        if self.due_at is None or self.submitted_at is None:
            return False
        return self.submitted_at > self.due_at

    def is_overdue(self, now: datetime) -> bool:
        """Whether its time is over, the grace for saves on their way included."""
        return self.is_open and self.deadline_at is not None and now > self.deadline_at + GRACE

    @property
    def order_seed(self) -> str:
        """The seed of the order in which options are shown; "" keeps them as they were written."""
        return self.seed if self.shuffled else ""


class Answer(Base):
    """The latest answer to one item of an attempt; `points` is set when the attempt is marked.

    `revision` counts the saves; `edited_at` is the moment at which the learner gave the answer,
    which lies before `saved_at` when the connection was lost. `set_aside` is an answer that a newer
    one from another page or device replaced. `checked_at` is set when the learner has seen how the
    answer is marked: from then on it stays.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"))
    item_id: Mapped[str]
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    confidence: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    set_aside: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    set_aside_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    points: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))


class ManualMark(Base):
    """What a person found in an answer that a rubric asks them to mark, and says to the learner.

    `criteria` are the ids of those met. It holds for the answer as it was read: `revision` is the
    answer's. Another marking replaces it; the log keeps both.
    """

    __tablename__ = "manual_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), unique=True)
    revision: Mapped[int]
    criteria: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Accommodation(Base):
    """What one learner needs, in every module of a course: more time, attempts or days.

    `time_factor` multiplies a time limit, then `extra_minutes` are added. No reason is kept.
    """

    __tablename__ = "accommodation"
    __table_args__ = (UniqueConstraint("context_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    time_factor: Mapped[Decimal] = mapped_column(Numeric(4, 2), default=Decimal(1))
    extra_minutes: Mapped[int] = mapped_column(default=0)
    no_time_limit: Mapped[bool] = mapped_column(default=False)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    extra_days: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class ExtraAttempts(Base):
    """How many attempts one learner has at one placement beyond what everybody has there."""

    __tablename__ = "extra_attempts"
    __table_args__ = (UniqueConstraint("placement_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    extra: Mapped[int]


class LearnerComment(Base):
    """What those who teach say to one learner about their work at a placement."""

    __tablename__ = "learner_comment"
    __table_args__ = (UniqueConstraint("placement_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class PracticeSet(Base):
    """A round of practice: items with feedback at once, never graded and never sent.

    `kind` says what it was drawn for: "practice" (the whole module) or "missed" (the objectives
    that the last attempt missed) or "review" (what is due again after passing).
    """

    __tablename__ = "practice_set"
    __table_args__ = (UniqueConstraint("placement_id", "user_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    seed: Mapped[str]
    item_ids: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class PracticeAnswer(Base):
    """The latest answer to one item of a round of practice; `credit` from 0 to 1."""

    __tablename__ = "practice_answer"
    __table_args__ = (UniqueConstraint("practice_set_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_set_id: Mapped[int] = mapped_column(ForeignKey("practice_set.id", ondelete="CASCADE"))
    item_id: Mapped[str]
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    confidence: Mapped[str | None]
    credit: Mapped[float]
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class ItemRepair(Base):
    """An instructor's decision about a faulty item, in force in all activities of a course.

    `kind` and `response` are those of `judging.Repair`. `reason` is for the log, `note` for the
    learners concerned. A repair that is undone stays, with its moment. With `never_lower`, it does
    not apply to the attempts that would have lost by it.
    """

    __tablename__ = "item_repair"
    __table_args__ = (Index(None, "context_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    item_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    never_lower: Mapped[bool]
    reason: Mapped[str]
    note: Mapped[str]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    exemptions: Mapped[list[RepairExemption]] = relationship()

    @property
    def spared(self) -> frozenset[int]:
        """The ids of the attempts to which it does not apply."""
        exempt = self.exemptions if self.never_lower else ()
        return frozenset(each.attempt_id for each in exempt)


class RepairExemption(Base):
    """An attempt that keeps what it had before a repair, whatever is marked later."""

    __tablename__ = "repair_exemption"

    repair_id: Mapped[int] = mapped_column(ForeignKey("item_repair.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(
        ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Recall(Base):
    """An item that a learner who has passed meets again from time to time.

    `step` counts the intervals that were passed with a right answer; `due_at` is None once the
    last one was.
    """

    __tablename__ = "recall"
    __table_args__ = (
        UniqueConstraint("context_id", "user_id", "item_id"),
        Index(None, "context_id", "user_id", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    item_id: Mapped[str]
    step: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
