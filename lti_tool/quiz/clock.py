"""How much time an attempt has left, for the page: pure. What counts is the server's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.quiz.models import Attempt
from lti_tool.quiz.rules import WARNING_SHARE

COUNTED = timedelta(hours=24)
"""A deadline further off is named by its date; nobody counts days in minutes."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The server's `now` and the deadline; `warning_at` is when a fifth of the time is left."""

    now: datetime
    deadline_at: datetime
    warning_at: datetime

    @property
    def is_counted(self) -> bool:
        return self.deadline_at - self.now <= COUNTED

    @property
    def is_short(self) -> bool:
        return self.now >= self.warning_at

    @property
    def left(self) -> str:
        """The time left in words, rounded down: "24 minutes"."""
        seconds = max(int((self.deadline_at - self.now).total_seconds()), 0)
        hours, minutes = seconds // 3600, seconds // 60 % 60
        parts = [_count(hours, "hour")] if hours else []
        if minutes or not hours:
            parts.append(_count(minutes, "minute") if seconds >= 60 else _count(seconds, "second"))
        return " ".join(parts)


def clock(attempt: Attempt, now: datetime) -> Clock | None:
    """The clock of an open attempt; None where it has no deadline."""
    if attempt.deadline_at is None:
        return None
    whole = attempt.deadline_at - attempt.started_at
    warning_at = attempt.deadline_at - WARNING_SHARE * whole
    return Clock(now=now, deadline_at=attempt.deadline_at, warning_at=warning_at)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
