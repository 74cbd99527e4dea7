"""Tables: the grade, and how far its delivery has come."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, UTCDateTime, utcnow


class DeliveryState(enum.StrEnum):
    """Where a grade stands on its way; `blocked` waits for a person, `not_sent` is by design."""

    WAITING = "waiting"
    RETRYING = "retrying"
    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    NOT_SENT = "not_sent"


class Grade(Base):
    """What counts for a learner at a placement: points with their maximum, and the attempt."""

    __tablename__ = "grade"
    __table_args__ = (UniqueConstraint("placement_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    score_given: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    score_maximum: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    delivery: Mapped[Delivery] = relationship(back_populates="grade", uselist=False)


class Delivery(Base):
    """The delivery of a grade: its state, and what the platform last accepted.

    `sent_timestamp` is the newest timestamp used for this learner and line item; the next one
    must lie at least a whole second later. `message` is one line for the person who can help.
    """

    __tablename__ = "delivery"

    grade_id: Mapped[int] = mapped_column(ForeignKey("grade.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default=DeliveryState.WAITING)
    message: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_timestamp: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_given: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    accepted_maximum: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))

    grade: Mapped[Grade] = relationship(back_populates="delivery")

    def has_accepted(self, given: Decimal, maximum: Decimal) -> bool:
        """Whether the platform's last answer was for exactly this score; zero is a score."""
        return (self.accepted_given, self.accepted_maximum) == (given, maximum)
