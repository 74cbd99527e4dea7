"""Tables: attempts and the answers in them."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, UTCDateTime, utcnow


class AttemptStatus(enum.StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"


class Attempt(Base):
    """One graded attempt: what was drawn, from which version, and what came of it.

    `item_ids` is the order of the quiz; with `seed` it fixes everything the learner saw.
    `is_preview` marks the trial of an instructor. Scores are points, set when it is submitted.
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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(default=AttemptStatus.OPEN)
    is_preview: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[str]
    item_ids: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    score_given: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    score_maximum: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))

    @property
    def is_open(self) -> bool:
        return self.status == AttemptStatus.OPEN


class Answer(Base):
    """The latest answer to one item of an attempt; `points` is set when the attempt is marked."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"))
    item_id: Mapped[str]
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    confidence: Mapped[str | None]
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    points: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
