"""Whether another attempt may begin now, and if not, why and until when: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.quiz.correcting import Path
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Why an attempt can or cannot be started now: `refusal` is "" when it can.

    `until` is the moment from which it can, where that is known; `path` is what is still to be
    worked through, where the refusal is "path".
    """

    used: int
    left: int | None
    refusal: str = ""
    advice: str = ""
    until: datetime | None = None
    path: Path | None = None


def standing(
    rules: Rules, attempts: Sequence[Attempt], now: datetime, path: Path | None = None
) -> Standing:
    """How many attempts are used and left, and whether another may begin.

    `path` is the learner's corrective path, if they are on one.
    """
    used, allowed = len(attempts), rules.attempts_allowed
    left = None if allowed is None else max(allowed - used, 0)
    refusal, advice, until = _refusal(rules, attempts, now, left)
    if not refusal and path is not None and not path.is_done:
        refusal, advice = "path", "First work through what your last attempt missed."
    return Standing(used=used, left=left, refusal=refusal, advice=advice, until=until, path=path)


def _refusal(
    rules: Rules, attempts: Sequence[Attempt], now: datetime, left: int | None
) -> tuple[str, str, datetime | None]:
    if rules.opens_later(now):
        return "not_open", "The quiz has not opened yet.", rules.opens_at
    if rules.has_closed(now):
        return "closed", "The quiz has closed; what you have handed in stands.", None
    if left == 0:
        return "used_up", "You have used all your attempts.", None
    ready_at = _ready_at(rules, attempts)
    if ready_at is not None and now < ready_at:
        return "cooling_off", "The next attempt may begin after a pause.", ready_at
    return "", "", None


def _ready_at(rules: Rules, attempts: Sequence[Attempt]) -> datetime | None:
    """When the pause after the last attempt is over."""
    ended = [each.closed_at or each.submitted_at for each in attempts]
    last = max((moment for moment in ended if moment is not None), default=None)
    return None if last is None or not rules.cooling_off else last + rules.cooling_off
