"""What holds for one learner at one placement: its settings and what the learner was granted.

Pure, and the only place where the two meet: pages, starts, saves and the closing of attempts all
ask here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

GRACE = timedelta(seconds=30)
"""How long after a deadline a save that was on its way is still taken."""

WARNING_SHARE = 0.2
"""The share of the time at which the learner is warned, and may extend it."""

EXTENSION_SHARE = 0.25
"""What one press adds, as a share of the learner's time limit."""

NOTHING_GRANTED = (Decimal(1), 0, False, 0, 0)


class Settings(Protocol):
    """The settings of a placement that matter here."""

    @property
    def attempts_allowed(self) -> int | None: ...
    @property
    def time_limit_minutes(self) -> int | None: ...
    @property
    def may_extend(self) -> bool: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...
    @property
    def accepts_late(self) -> bool: ...
    @property
    def cooling_off_hours(self) -> int: ...
    @property
    def corrective_path(self) -> bool: ...


class Granted(Protocol):
    """What a learner was granted in all modules of a course; first the factor, then minutes."""

    @property
    def time_factor(self) -> Decimal: ...
    @property
    def extra_minutes(self) -> int: ...
    @property
    def no_time_limit(self) -> bool: ...
    @property
    def extra_attempts(self) -> int: ...
    @property
    def extra_days(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules for this learner; None is no limit, or no bound on that side.

    `base_minutes` is what the placement gives everybody, `limit_minutes` what this learner has.
    `closes_at` is the moment after which nothing is taken, a due date that takes nothing late
    included.
    """

    attempts_allowed: int | None
    base_minutes: int | None
    limit_minutes: int | None
    may_extend: bool
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    cooling_off: timedelta
    corrective_path: bool
    extra_attempts: int = 0
    extra_days: int = 0

    @property
    def extra_minutes(self) -> int:
        """What the learner has beyond everybody's time."""
        return (self.limit_minutes or 0) - (self.base_minutes or 0) if self.limit_minutes else 0

    @property
    def limit_lifted(self) -> bool:
        """Whether this learner alone has no time limit."""
        return self.base_minutes is not None and self.limit_minutes is None

    @property
    def extension_minutes(self) -> int:
        """What one press adds to an attempt; 0 where nothing can be added."""
        if not self.may_extend or self.limit_minutes is None:
            return 0
        return math.ceil(self.limit_minutes * EXTENSION_SHARE)

    @property
    def window_minutes(self) -> int | None:
        """The whole minutes between opening and closing."""
        if self.opens_at is None or self.closes_at is None:
            return None
        return max(int((self.closes_at - self.opens_at).total_seconds() // 60), 0)

    @property
    def window_cuts_time(self) -> bool:
        """Whether nobody, however early they begin, can have the whole time."""
        if self.limit_minutes is None or self.window_minutes is None:
            return False
        return self.window_minutes < self.limit_minutes

    def opens_later(self, now: datetime) -> bool:
        return self.opens_at is not None and now < self.opens_at

    def has_closed(self, now: datetime) -> bool:
        return self.closes_at is not None and now >= self.closes_at

    def minutes_left_from(self, now: datetime) -> int | None:
        """The whole minutes of an attempt that begins now, cut by the closing; None: no end."""
        deadline = self.deadline(now, self.limit_minutes)
        return None if deadline is None else max(int((deadline - now).total_seconds() // 60), 0)

    def deadline(self, started_at: datetime, limit_minutes: int | None) -> datetime | None:
        """When an attempt ends that began then with that limit: the limit's end or the closing."""
        ends = [self.closes_at] if self.closes_at else []
        if limit_minutes is not None:
            ends.append(started_at + timedelta(minutes=limit_minutes))
        return min(ends, default=None)


def rules_for(
    settings: Settings,
    granted: Granted | None,
    *,
    is_preview: bool = False,
    extra_here: int = 0,
) -> Rules:
    """The rules of a placement for a learner; whoever only tries out is bound by the time alone.

    `extra_here` are attempts that the learner has at this placement beyond what was granted in all.
    """
    factor, minutes, no_limit, attempts, days = _granted(granted)
    base = settings.time_limit_minutes
    limit = None if base is None or no_limit else math.ceil(base * factor) + minutes
    if is_preview:
        return Rules(
            attempts_allowed=None,
            base_minutes=base,
            limit_minutes=limit,
            may_extend=settings.may_extend,
            opens_at=None,
            due_at=None,
            closes_at=None,
            cooling_off=timedelta(0),
            corrective_path=False,
        )
    allowed, attempts = settings.attempts_allowed, attempts + extra_here
    return Rules(
        attempts_allowed=None if allowed is None else allowed + attempts,
        base_minutes=base,
        limit_minutes=limit,
        may_extend=settings.may_extend,
        opens_at=settings.opens_at,
        due_at=_later(settings.due_at, days),
        closes_at=_later(_last_moment(settings), days),
        cooling_off=timedelta(hours=settings.cooling_off_hours),
        corrective_path=settings.corrective_path,
        extra_attempts=attempts,
        extra_days=days,
    )


def _granted(granted: Granted | None) -> tuple[Decimal, int, bool, int, int]:
    if granted is None:
        return NOTHING_GRANTED
    return (
        granted.time_factor,
        granted.extra_minutes,
        granted.no_time_limit,
        granted.extra_attempts,
        granted.extra_days,
    )


def _last_moment(settings: Settings) -> datetime | None:
    """The closing; where nothing late is taken, the due date if that comes first."""
    ends = [settings.closes_at]
    if not settings.accepts_late:
        ends.append(settings.due_at)
    return min((each for each in ends if each is not None), default=None)


def _later(moment: datetime | None, days: int) -> datetime | None:
    return None if moment is None else moment + timedelta(days=days)
