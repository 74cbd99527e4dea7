"""Attempts from start to submission. The server's clock and the server's copy of answers count."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select, update

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.items import Item, Response
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, find, lock_pair, upsert, utcnow
from lti_tool.errors import Conflict, NotFound
from lti_tool.events import AttemptStarted, AttemptSubmitted, publish
from lti_tool.quiz.draw import draw
from lti_tool.quiz.marking import Marked, mark
from lti_tool.quiz.marking.marked import exact
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus

GRACE = timedelta(seconds=30)
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Standing:
    """Why an attempt can or cannot be started now: `refusal` is "" when it can."""

    used: int
    left: int | None
    refusal: str
    advice: str = ""


def standing(placement: Placement, attempts: Sequence[Attempt], *, is_preview: bool) -> Standing:
    """How many attempts are used and left, and whether another may begin."""
    used = len(attempts)
    allowed = None if is_preview else placement.attempts_allowed
    left = None if allowed is None else max(allowed - used, 0)
    now = utcnow()
    if not is_preview and placement.opens_later(now):
        return Standing(used, left, "not_open", "The quiz has not opened yet.")
    if not is_preview and placement.has_closed(now):
        return Standing(used, left, "closed", "The quiz has closed; your best score stands.")
    if left == 0:
        return Standing(used, left, "used_up", "You have used all your attempts.")
    return Standing(used, left, "")


def list_attempts(placement_id: int, user_id: int) -> Sequence[Attempt]:
    """The learner's attempts at a placement, in order."""
    return db.session.scalars(
        select(Attempt)
        .filter_by(placement_id=placement_id, user_id=user_id)
        .order_by(Attempt.number)
    ).all()


def get_attempt(placement_id: int, user_id: int, number: int) -> Attempt:
    """The learner's own attempt of that number; raises `NotFound`."""
    found = find(Attempt, placement_id=placement_id, user_id=user_id, number=number)
    if found is None:
        raise NotFound("There is no such attempt")
    return found


def answers_of(attempt_id: int) -> dict[str, Answer]:
    """The saved answers of an attempt, by item id."""
    rows = db.session.scalars(select(Answer).filter_by(attempt_id=attempt_id))
    return {answer.item_id: answer for answer in rows}


def start(placement: Placement, user_id: int, context_id: int, *, is_preview: bool) -> Attempt:
    """Begin an attempt, or go on with the one that is open; publishes `AttemptStarted`.

    Called within a unit of work. Raises `Conflict` when no attempt may begin now.
    """
    lock_pair(placement.id, user_id)
    attempts = list_attempts(placement.id, user_id)
    for attempt in attempts:
        if attempt.is_open:
            return attempt
    allowed = standing(placement, attempts, is_preview=is_preview)
    if allowed.refusal:
        raise Conflict("A new attempt cannot begin", allowed.advice)
    seed = secrets.token_hex(8)
    attempt = Attempt(
        placement_id=placement.id,
        user_id=user_id,
        version_id=placement.version_id,
        number=len(attempts) + 1,
        is_preview=is_preview,
        seed=seed,
        item_ids=_draw_items(placement, attempts, seed),
    )
    db.session.add(attempt)
    db.session.flush()
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


def _draw_items(placement: Placement, earlier: Sequence[Attempt], seed: str) -> list[str]:
    """New items where there are any; raises `Conflict` when the bank has none fit for use."""
    curriculum = catalogue.curriculum(placement.version_id)
    module = curriculum.module_by_id[placement.module_id]
    seen = {item_id for attempt in earlier for item_id in attempt.item_ids}
    drawn = list(draw(curriculum, module, seed, seen, today=utcnow().date()))
    if not drawn:
        raise Conflict(
            "This quiz has no questions that are fit for use",
            "All of them are due for review by their authors. Tell your instructor.",
        )
    return drawn


def save_answer(
    attempt: Attempt, placement: Placement, item: Item, response: Response, confidence: str | None
) -> Answer:
    """Keep the answer to one item, replacing an earlier one.

    Called within a unit of work. Raises `Conflict` when the attempt was submitted or the quiz has
    closed, `NotFound` for an item that this attempt did not draw.
    """
    if item.id not in attempt.item_ids:
        raise NotFound("This question is not part of your attempt")
    _check_still_open(attempt, placement)
    return upsert(
        Answer,
        {"attempt_id": attempt.id, "item_id": item.id},
        {
            "response": response,
            "confidence": confidence,
            "saved_at": utcnow(),
        },
    )


def _check_still_open(attempt: Attempt, placement: Placement) -> None:
    status = db.session.scalar(
        select(Attempt.status).where(Attempt.id == attempt.id).with_for_update(read=True)
    )
    if status != AttemptStatus.OPEN:
        raise Conflict(
            "This attempt has been handed in",
            "It was handed in from another page or device. Your result shows what counted.",
        )
    if not attempt.is_preview and placement.has_closed(utcnow() - GRACE):
        raise Conflict(
            "The quiz has closed",
            "Answers saved before the closing count. Hand in your attempt to see its result.",
        )


def submit(attempt: Attempt, context_id: int) -> bool:
    """Hand in an attempt and mark it; publishes `AttemptSubmitted`.

    Called within a unit of work. Submitting twice is one submission: the second returns False.
    """
    now = utcnow()
    ended = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.status == AttemptStatus.OPEN)
        .values(status=AttemptStatus.SUBMITTED, submitted_at=now)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.session.refresh(attempt)
    given, maximum = _mark_answers(attempt)
    attempt.score_given, attempt.score_maximum = given, maximum
    db.session.flush()
    publish(
        AttemptSubmitted(
            user_id=attempt.user_id,
            context_id=context_id,
            placement_id=attempt.placement_id,
            attempt_id=attempt.id,
            number=attempt.number,
            score_given=str(given),
            score_maximum=str(maximum),
            is_preview=attempt.is_preview,
            awaits_marking=attempt.awaits_marking,
            started_at=attempt.started_at.isoformat(),
            submitted_at=now.isoformat(),
        )
    )
    return True


def _mark_answers(attempt: Attempt) -> tuple[Decimal, Decimal]:
    """Points earned and to be had: exact until the end, so that three thirds make a whole.

    An answer that a person has to mark is left out of both until that is done.
    """
    answers = answers_of(attempt.id)
    given = maximum = Fraction(0)
    for item in items_of(attempt):
        answer = answers.get(item.id)
        marked = mark(item, answer.response if answer else {})
        if marked.state == "needs_marking":
            attempt.awaits_marking = True
            continue
        if answer is not None:
            answer.points = _decimal(points_of(marked, item))
        given += points_of(marked, item)
        maximum += exact(item.max_points)
    return _decimal(given), _decimal(maximum)


def points_of(marked: Marked, item: Item) -> Fraction:
    """A credit (0 to 1) as points of the item, exact."""
    return marked.credit * exact(item.max_points)


def _decimal(points: Fraction) -> Decimal:
    return (Decimal(points.numerator) / Decimal(points.denominator)).quantize(FOUR_PLACES)


def curriculum_of(attempt: Attempt) -> Curriculum:
    """The version that the attempt began with, whatever was published since."""
    return catalogue.curriculum(attempt.version_id)


def items_of(attempt: Attempt) -> tuple[Item, ...]:
    """The attempt's items in the order that the learner sees."""
    by_id = curriculum_of(attempt).item_by_id
    return tuple(by_id[item_id] for item_id in attempt.item_ids)


def has_learner_attempts(placement_id: int) -> bool:
    """Whether any learner has begun; previews of instructors do not count."""
    query = select(Attempt.id).filter_by(placement_id=placement_id, is_preview=False)
    return db.session.scalar(query.limit(1)) is not None


def count_handed_in(placement_id: int, user_id: int) -> int:
    """How many attempts of the learner count towards the grade, or may."""
    query = select(func.count()).select_from(Attempt)
    handed_in = {"status": AttemptStatus.SUBMITTED, "is_preview": False}
    return (
        db.session.scalar(query.filter_by(placement_id=placement_id, user_id=user_id, **handed_in))
        or 0
    )


def count_attempts(placement_id: int, user_ids: list[int]) -> dict[int, int]:
    """How many attempts each of the given learners has begun, in one query."""
    rows = db.session.execute(
        select(Attempt.user_id, func.count())
        .where(Attempt.placement_id == placement_id)
        .where(Attempt.user_id.in_(user_ids))
        .group_by(Attempt.user_id)
    )
    return {user_id: count for user_id, count in rows}
