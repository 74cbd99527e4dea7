"""Beginning an attempt: whether it may, what is drawn, and how long it may last."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, lock_pair, utcnow
from lti_tool.errors import Conflict
from lti_tool.events import AttemptStarted, publish
from lti_tool.quiz.accommodating import learner_rules
from lti_tool.quiz.attempts import list_attempts, next_number
from lti_tool.quiz.correcting import corrective_path
from lti_tool.quiz.draw import draw
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.repairs import void_items
from lti_tool.quiz.rules import Rules
from lti_tool.quiz.standing import Standing, standing


def start(
    placement: Placement,
    user_id: int,
    context_id: int,
    *,
    is_preview: bool,
    read_at: Mapping[str, datetime] | None = None,
    has_passed: bool = False,
) -> Attempt:
    """Begin an attempt, or go on with the one that is open; publishes `AttemptStarted`.

    `read_at` says when the learner last read each lesson to its end, `has_passed` whether the grade
    is a pass already, be it by lessons that count. Called within a unit of work.
    Raises `Conflict` when no attempt may begin now.
    """
    lock_pair(placement.id, user_id)
    attempts = list_attempts(placement.id, user_id)
    for attempt in attempts:
        if attempt.is_open:
            return attempt
    rules = learner_rules(placement, user_id, is_preview=is_preview)
    allowed = learner_standing(placement, rules, attempts, read_at or {}, has_passed=has_passed)
    if allowed.refusal:
        raise Conflict("A new attempt cannot begin", allowed.advice)
    attempt = _begin(placement, user_id, attempts, rules, is_preview)
    publish(
        AttemptStarted(
            user_id=user_id,
            context_id=context_id,
            placement_id=placement.id,
            attempt_id=attempt.id,
            number=attempt.number,
        )
    )
    return attempt


def learner_standing(
    placement: Placement,
    rules: Rules,
    attempts: Sequence[Attempt],
    read_at: Mapping[str, datetime],
    *,
    has_passed: bool = False,
) -> Standing:
    """Whether the learner may begin another attempt now."""
    path = None
    if rules.corrective_path and not has_passed:
        path = corrective_path(placement, attempts, read_at)
    return standing(rules, attempts, utcnow(), path)


def _begin(
    placement: Placement,
    user_id: int,
    earlier: Sequence[Attempt],
    rules: Rules,
    is_preview: bool,
) -> Attempt:
    seed, now = secrets.token_hex(8), utcnow()
    attempt = Attempt(
        placement_id=placement.id,
        user_id=user_id,
        version_id=placement.version_id,
        number=next_number(placement.id, user_id),
        is_preview=is_preview,
        seed=seed,
        shuffled=placement.shuffle,
        item_ids=_draw_items(placement, earlier, seed),
        started_at=now,
        time_limit_minutes=rules.limit_minutes,
        due_at=rules.due_at,
        deadline_at=rules.deadline(now, rules.limit_minutes),
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _draw_items(placement: Placement, earlier: Sequence[Attempt], seed: str) -> list[str]:
    """New items where there are any; raises `Conflict` when the bank has none fit for use."""
    curriculum = catalogue.curriculum(placement.version_id)
    module = curriculum.module_by_id[placement.module_id]
    seen = {item_id for attempt in earlier for item_id in attempt.item_ids}
    today, shuffled = utcnow().date(), placement.shuffle
    void = void_items(placement.context_id)
    drawn = list(draw(curriculum, module, seed, seen, today=today, without=void, shuffled=shuffled))
    if not drawn:
        raise Conflict(
            "This quiz has no questions that are fit for use",
            "All of them are due for review by their authors. Tell your instructor.",
        )
    return drawn
