"""Table: the latest check of each registration, as its administrator sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Base, UTCDateTime


class Checkup(Base):
    """`ended_at` is None while a check runs; `lines` are those of the latest that has ended.

    Each line is a list of topic, level, text and cure.
    """

    __tablename__ = "checkup"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lines: Mapped[list[Any]] = mapped_column(JSON, default=list)
