"""Tables: published versions, placements (a module with settings at a link), and their copies."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.courses.models import Context, ResourceLink
from lti_tool.db import Base, UTCDateTime, utcnow


class CurriculumVersion(Base):
    """An immutable version of a curriculum; `document` is its canonical JSON."""

    __tablename__ = "curriculum_version"
    __table_args__ = (
        UniqueConstraint("curriculum_id", "number"),
        UniqueConstraint("curriculum_id", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    curriculum_id: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text, deferred=True)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


def new_public_id() -> str:
    return secrets.token_urlsafe(12)


class Placement(Base):
    """The module that an instructor chose for a link, and its settings.

    `public_id` travels in a deep link's custom values; `resource_link_id` is None until the first
    launch of that link. `left_version_id` is a newer version that the instructor did not want.
    `lessons_left_out` are ids with spaces between.
    `pass_mark` is a fraction of the maximum; no `attempts_allowed` and no `time_limit_minutes` mean
    no limit; no date means no bound on that side. `grading_policy` is one of `grades.policy`,
    `lesson_weight` is the part of the score that lessons make, in percent, the four `feedback_*`
    are levels of `curriculum.shown`. What holds for one learner, extensions included, is worked out
    in `quiz.rules`.
    """

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("resource_link_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    resource_link_id: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"))
    left_version_id: Mapped[int | None] = mapped_column(ForeignKey("curriculum_version.id"))
    module_id: Mapped[str]
    attempts_allowed: Mapped[int | None]
    pass_mark: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepts_late: Mapped[bool] = mapped_column(default=True)
    grading_policy: Mapped[str] = mapped_column(String(16), default="best")
    lesson_weight: Mapped[int] = mapped_column(default=0)
    cooling_off_hours: Mapped[int] = mapped_column(default=0)
    corrective_path: Mapped[bool] = mapped_column(default=False)
    practice: Mapped[bool] = mapped_column(default=True)
    time_limit_minutes: Mapped[int | None]
    may_extend: Mapped[bool] = mapped_column(default=True)
    shuffle: Mapped[bool] = mapped_column(default=True)
    feedback_during: Mapped[str] = mapped_column(String(16), default="nothing")
    feedback_after: Mapped[str] = mapped_column(String(16), default="everything")
    feedback_later: Mapped[str] = mapped_column(String(16), default="everything")
    feedback_closed: Mapped[str] = mapped_column(String(16), default="everything")
    lessons_left_out: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    resource_link: Mapped[ResourceLink | None] = relationship()

    def is_open(self, now: datetime) -> bool:
        """Whether learners may work: within opening and closing, where these are set."""
        return not self.opens_later(now) and not self.has_closed(now)

    def opens_later(self, now: datetime) -> bool:
        return self.opens_at is not None and now < self.opens_at

    def has_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at

    def passes(self, given: Decimal, maximum: Decimal) -> bool:
        """Whether a score reaches the pass mark."""
        return maximum > 0 and given >= self.pass_mark * maximum


class CourseDefaults(Base):
    """What new activities of a course begin with, as text by column (`curriculum.settings`)."""

    __tablename__ = "course_defaults"

    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"), primary_key=True)
    settings: Mapped[dict[str, str | None]] = mapped_column(JSON)


class ContextCopy(Base):
    """A course whose content was copied from another one of the same registration.

    Known from a notice of the platform, or from the first copied link that was opened. `decision`
    is an instructor's standing answer for every activity that was copied with it, with what it
    needs (`curriculum.copying.Decision`); None: each activity asks.
    """

    __tablename__ = "context_copy"
    __table_args__ = (UniqueConstraint("context_id", "origin_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    context_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    origin_id: Mapped[int] = mapped_column(ForeignKey("context.id"))
    decision: Mapped[str | None]
    shift_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
    zone: Mapped[str] = mapped_column(default="UTC")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    origin: Mapped[Context] = relationship(foreign_keys=[origin_id])


class PlacementCopy(Base):
    """A placement that began as a copy of `source`, and what an instructor decided about it.

    `public_id` is the id in the link's custom values, which copies of the copy still carry;
    `found_by` says how the source was found. No `decision`: the question is open.
    """

    __tablename__ = "placement_copy"
    __table_args__ = (Index(None, "public_id"),)

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    public_id: Mapped[str] = mapped_column(String(32), default="")
    found_by: Mapped[str]
    decision: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    placement: Mapped[Placement] = relationship(foreign_keys=[placement_id])
    source: Mapped[Placement] = relationship(foreign_keys=[source_id])
