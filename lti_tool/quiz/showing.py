"""How much of a marked attempt its learner may see at a moment: pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from lti_tool.curriculum.shown import Shown

RIGHT_AFTER = timedelta(hours=1)
"""How long an attempt that was handed in counts as just handed in."""


class Phases(Protocol):
    """The settings of a placement: what is shown in each phase."""

    @property
    def feedback_during(self) -> str: ...
    @property
    def feedback_after(self) -> str: ...
    @property
    def feedback_later(self) -> str: ...
    @property
    def feedback_closed(self) -> str: ...


def shown_now(
    phases: Phases, ended_at: datetime, closed_for_all_at: datetime | None, now: datetime
) -> Shown:
    """What is shown of an attempt that ended then.

    `closed_for_all_at` is the moment at which the last learner's time is over, so that nobody's
    key reaches somebody who still works.
    """
    if closed_for_all_at is not None and now >= closed_for_all_at:
        return Shown(phases.feedback_closed)
    if now - ended_at < RIGHT_AFTER:
        return Shown(phases.feedback_after)
    return Shown(phases.feedback_later)


def shown_next(
    phases: Phases, ended_at: datetime, closed_for_all_at: datetime | None, now: datetime
) -> tuple[datetime, Shown] | None:
    """The next moment at which more is shown than now, and how much; None when it stays so."""
    current = shown_now(phases, ended_at, closed_for_all_at, now)
    moments = [ended_at + RIGHT_AFTER]
    if closed_for_all_at is not None:
        moments.append(closed_for_all_at)
    for moment in sorted(each for each in moments if each > now):
        shown = shown_now(phases, ended_at, closed_for_all_at, moment)
        if shown != current and shown.includes(current):
            return moment, shown
    return None
