"""Tables: the grade, how far its delivery has come, and the columns that the tool found or made."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.db import Base, UTCDateTime, utcnow


class GradeState(enum.StrEnum):
    """`awaits_marking`: a person has to mark first; `withdrawn`: nothing is left to count.

    `in_progress`: lessons count, and the quiz that counts beside them is not handed in, or some of
    the lessons are open where they alone count.
    """

    BEGUN = "begun"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    GRADED = "graded"
    AWAITS_MARKING = "awaits_marking"
    WITHDRAWN = "withdrawn"


class DeliveryState(enum.StrEnum):
    """Where a grade stands on its way; `blocked` waits for a person, `not_sent` is by design."""

    WAITING = "waiting"
    RETRYING = "retrying"
    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    NOT_SENT = "not_sent"


class Standing(enum.StrEnum):
    """What the gradebook was last seen to hold, against what it accepted from us.

    `unread`: accepted, and not looked up since. `unreadable`: the platform lets us not look.
    """

    NOTHING = ""
    UNREAD = "unread"
    IN_STEP = "in_step"
    OVERRIDDEN = "overridden"
    MISSING = "missing"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"


WITH_POINTS = (GradeState.GRADED, GradeState.IN_PROGRESS)
"""States in which the points are what the learner has, and the gradebook is told them."""
LACKING = (DeliveryState.WAITING, DeliveryState.RETRYING, DeliveryState.BLOCKED)
"""States in which the gradebook has not what it should have."""
ANOTHER_GRADE = (Standing.OVERRIDDEN, Standing.DIFFERS)
"""Standings in which the gradebook shows what was not sent from here."""


class Grade(Base):
    """What counts for a learner at a placement: points with their maximum, and the attempt.

    Where `state` is not one of `WITH_POINTS`, the points are those that stood before, or zero.
    `by_hand`: a person decided on them. `attempt_id` is None where none counts: lessons alone have
    earned the points so far. Of `lessons_counted` that count, `lessons_done` are completed; both
    are 0 where the points come from the quiz alone. `submitted_at` is None until all that counts is
    handed in.
    """

    __tablename__ = "grade"
    __table_args__ = (UniqueConstraint("placement_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    state: Mapped[str] = mapped_column(String(16), default=GradeState.GRADED)
    score_given: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    score_maximum: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    lessons_done: Mapped[int] = mapped_column(default=0)
    lessons_counted: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    by_hand: Mapped[bool] = mapped_column(default=False)

    delivery: Mapped[Delivery] = relationship(back_populates="grade", uselist=False)

    @property
    def has_points(self) -> bool:
        """Whether the points stand: nobody has to mark anything first."""
        return self.state in WITH_POINTS

    @property
    def is_in_progress(self) -> bool:
        return self.state == GradeState.IN_PROGRESS


class GradeOverride(Base):
    """The points on which a person decided for a learner; in force until it is taken back."""

    __tablename__ = "grade_override"
    __table_args__ = (UniqueConstraint("placement_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    score_given: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    score_maximum: Mapped[Decimal] = mapped_column(Numeric(8, 4))
    reason: Mapped[str]
    by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class Delivery(Base):
    """The delivery of a grade: its state, what the platform last accepted, and what it holds.

    `sent_timestamp` is the newest timestamp used for this learner and line item; the next one
    must lie at least a whole second later. `message` is one line for the person who can help,
    `cause` its entry in `lti.score_refusals.CAUSES`. `as_regrade`: the platform takes no further
    submission, so the score goes without one. `once_more`: what the platform has accepted does
    not keep the grade from being sent. `repairs` counts how often a grade that had gone
    missing was sent again by itself since a person or a new score last asked for it.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_unread",
            "accepted_at",
            sqlite_where=text("standing = 'unread'"),
            postgresql_where=text("standing = 'unread'"),
        ),
    )

    grade_id: Mapped[int] = mapped_column(ForeignKey("grade.id"), primary_key=True)
    state: Mapped[str] = mapped_column(default=DeliveryState.WAITING)
    message: Mapped[str] = mapped_column(default="")
    cause: Mapped[str] = mapped_column(String(32), default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_timestamp: Mapped[datetime | None] = mapped_column(UTCDateTime)
    as_regrade: Mapped[bool] = mapped_column(default=False)
    once_more: Mapped[bool] = mapped_column(default=False)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_state: Mapped[str] = mapped_column(String(16), default="")
    accepted_given: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    accepted_maximum: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    accepted_url: Mapped[str] = mapped_column(default="")
    accepted_status: Mapped[int | None]
    accepted_attempt_id: Mapped[int | None]
    accepted_comment: Mapped[str] = mapped_column(default="")
    standing: Mapped[str] = mapped_column(String(16), default=Standing.NOTHING)
    result_given: Mapped[Decimal | None] = mapped_column(Numeric(10, 4))
    result_maximum: Mapped[Decimal | None] = mapped_column(Numeric(10, 4))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    repairs: Mapped[int] = mapped_column(default=0)

    grade: Mapped[Grade] = relationship(back_populates="delivery")

    def has_accepted(self, grade: Grade, line_item_url: str) -> bool:
        """Whether the platform's last answer was for exactly this; zero is a score."""
        here = (self.accepted_state, self.accepted_url)
        if self.once_more or here != (grade.state, line_item_url):
            return False
        accepted = (self.accepted_given, self.accepted_maximum)
        return not grade.has_points or accepted == (
            grade.score_given,
            grade.score_maximum,
        )

    def ask_once_more(self) -> None:
        """Have the grade sent, whatever the platform has accepted."""
        self.state, self.message, self.cause = DeliveryState.WAITING, "", ""
        self.once_more = True


class LineItem(Base):
    """A column of a link's scores that the tool found or made, where no launch names one.

    `tag` tells several columns of one link apart. `url` is "" until there is one; until
    `leased_until` somebody is about to look for it. `made_by_us` columns follow the placement.
    """

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("resource_link_id", "tag"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_link_id: Mapped[int] = mapped_column(ForeignKey("resource_link.id"))
    tag: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(default="")
    made_by_us: Mapped[bool] = mapped_column(default=False)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
