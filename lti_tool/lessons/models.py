"""Tables: completed lessons, and the latest answer to each knowledge check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, UTCDateTime, utcnow


class LessonCompletion(Base):
    """When a lesson was first completed, and when it was last read to its end.

    `counts`: it may count towards a grade, from `completed_at` on. Not so what somebody who teaches
    tried out, and what was read after the closing of an activity whose lessons count.
    """

    __tablename__ = "lesson_completion"
    __table_args__ = (UniqueConstraint("placement_id", "user_id", "lesson_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    lesson_id: Mapped[str]
    completed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    counts: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class KnowledgeCheckAnswer(Base):
    """`credit` from 0 to 1; it counts for nothing but the learner's own view."""

    __tablename__ = "knowledge_check_answer"
    __table_args__ = (UniqueConstraint("placement_id", "user_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    item_id: Mapped[str]
    response: Mapped[dict[str, Any]] = mapped_column(JSON)
    credit: Mapped[float]
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
