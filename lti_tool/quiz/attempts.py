"""Attempts, their answers, and handing them in.

The server's clock and the server's copy of answers count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import bindparam, func, select, update

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.varying import varied
from lti_tool.db import db, find, utcnow
from lti_tool.errors import NotFound
from lti_tool.events import AttemptSubmitted, publish
from lti_tool.quiz.judging import Repairs, applying_to, score
from lti_tool.quiz.manual_marks import marked_responses
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus
from lti_tool.quiz.repairs import repairs_of
from lti_tool.quiz.rules import GRACE
from lti_tool.rows import columns_of, execute, objects_in

FOUR_PLACES = Decimal("0.0001")


def list_attempts(placement_id: int, user_id: int) -> Sequence[Attempt]:
    """The learner's attempts at a placement, in order; deleted ones are gone."""
    of_whom = {"placement_id": placement_id, "user_id": user_id}
    return db.session.scalars(OF_LEARNER, of_whom).all()


def every_handed_in(placement_id: int, user_id: int) -> Sequence[Attempt]:
    """Whatever the learner ever handed in for a grade, in order; deleted or open again as well."""
    own = select(Attempt).filter_by(placement_id=placement_id, user_id=user_id, is_preview=False)
    return [each for each in db.session.scalars(own.order_by(Attempt.number)) if each.was_handed_in]


def seen_attempts(placement_id: int, user_id: int) -> Sequence[Attempt]:
    """As `list_attempts`, to be looked at only (`rows.objects_in`)."""
    of_whom = {"placement_id": placement_id, "user_id": user_id}
    return [objects_in(row, Attempt)[0] for row in execute(SEEN, of_whom)]


OF_LEARNER = (
    select(Attempt)
    .where(
        Attempt.placement_id == bindparam("placement_id"), Attempt.user_id == bindparam("user_id")
    )
    .where(Attempt.status != AttemptStatus.DELETED)
    .order_by(Attempt.number)
)
SEEN = OF_LEARNER.with_only_columns(*columns_of(Attempt))


def next_number(placement_id: int, user_id: int) -> int:
    """The number of the learner's next attempt: one more than any before, deleted ones too."""
    numbers = select(func.max(Attempt.number))
    own = numbers.filter_by(placement_id=placement_id, user_id=user_id)
    return (db.session.scalar(own) or 0) + 1


def get_attempt(placement_id: int, user_id: int, number: int) -> Attempt:
    """The learner's own attempt of that number; raises `NotFound`."""
    found = find(Attempt, placement_id=placement_id, user_id=user_id, number=number)
    if found is None or found.status == AttemptStatus.DELETED:
        raise NotFound("There is no such attempt")
    return found


def answers_of(attempt_id: int) -> dict[str, Answer]:
    """The saved answers of an attempt, by item id."""
    rows = db.session.scalars(select(Answer).filter_by(attempt_id=attempt_id))
    return {answer.item_id: answer for answer in rows}


def submit(attempt: Attempt, context_id: int) -> bool:
    """Hand in an attempt and mark it; publishes `AttemptSubmitted`.

    After its deadline it is closed, with what was saved, as of the last thing that the learner did
    in it. Called within a unit of work. Submitting twice is one submission: the second returns
    False.
    """
    ended = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.status == AttemptStatus.OPEN)
        .values(status=AttemptStatus.SUBMITTED)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.session.refresh(attempt)
    answers = answers_of(attempt.id)
    _set_end(attempt, answers.values())
    given, maximum = mark_answers(attempt, answers, repairs_of(context_id))
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
            submitted_at=str(attempt.submitted_at and attempt.submitted_at.isoformat()),
        )
    )
    return True


def _set_end(attempt: Attempt, answers: Iterable[Answer]) -> None:
    """When it ended, never past its deadline; for one that was left open, the last save."""
    now, deadline = utcnow(), attempt.deadline_at
    attempt.submitted_at = now if deadline is None else min(now, deadline)
    if deadline is not None and now > deadline + GRACE:
        acts = [attempt.started_at, *(answer.saved_at for answer in answers)]
        attempt.submitted_at, attempt.closed_at = min(max(acts), deadline), now


def mark_answers(
    attempt: Attempt, answers: Mapping[str, Answer], repairs: Repairs
) -> tuple[Decimal, Decimal]:
    """Give each answer its points; returns points earned and to be had in the attempt."""
    items = items_of(attempt)
    found = score(items, marked_responses(items, answers), applying_to(repairs, attempt.id))
    attempt.awaits_marking = found.awaits_marking
    for item_id, answer in answers.items():
        points = found.points.get(item_id)
        answer.points = None if points is None else decimal(points)
    return decimal(found.given), decimal(found.maximum)


def decimal(points: Fraction) -> Decimal:
    """Points as they are stored."""
    return (Decimal(points.numerator) / Decimal(points.denominator)).quantize(FOUR_PLACES)


def curriculum_of(attempt: Attempt) -> Curriculum:
    """The version that the attempt began with, whatever was published since."""
    return catalogue.curriculum(attempt.version_id)


def items_of(attempt: Attempt) -> tuple[Item, ...]:
    """The attempt's items in the order that the learner sees."""
    by_id = curriculum_of(attempt).item_by_id
    return tuple(varied(by_id[item_id], attempt.seed) for item_id in attempt.item_ids)


def item_at(attempt: Attempt, number: int) -> Item:
    """The attempt's question of that number, from 1; raises `NotFound`."""
    if not 1 <= number <= len(attempt.item_ids):
        raise NotFound("There is no such question in your attempt")
    return items_of(attempt)[number - 1]


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
        .where(Attempt.placement_id == placement_id, Attempt.status != AttemptStatus.DELETED)
        .where(Attempt.user_id.in_(user_ids))
        .group_by(Attempt.user_id)
    )
    return {user_id: count for user_id, count in rows}
