"""Who stands where at a placement: the instructor's table, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lti_tool.courses.models import Membership, User
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades.models import Delivery, DeliveryState, Grade, GradeState
from lti_tool.grades.receipts import Receipt, receipt
from lti_tool.grades.recording import has_passed
from lti_tool.lessons.completing import count_completed
from lti_tool.lti.roles import Role
from lti_tool.quiz.accommodating import accommodations_in
from lti_tool.quiz.attempts import count_attempts
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.rules import rules_for

PAGE_ROWS = 50


@dataclass(frozen=True)
class LearnerRow:
    """One learner: lessons completed, attempts begun, the grade and how far it has come.

    `attempts_allowed` and `late` are by this learner's own rules, extensions included.
    """

    user: User
    last_launch_at: datetime | None
    has_left: bool
    lessons_done: int
    attempts: int
    attempts_allowed: int | None
    late: bool
    grade: Grade | None
    delivery: Delivery | None
    passed: bool

    @property
    def receipt(self) -> Receipt | None:
        return receipt(self.grade) if self.grade else None


@dataclass(frozen=True)
class LearnerPage:
    rows: Sequence[LearnerRow]
    page: int
    pages: int
    learners: int
    unopened: int
    """How many of the learners are in the course and have not opened it yet."""


@dataclass(frozen=True)
class DeliveryCount:
    """How many grades are in the gradebook, on their way, or wait for a person."""

    accepted: int = 0
    on_the_way: int = 0
    blocked: int = 0

    @property
    def missing(self) -> int:
        return self.on_the_way + self.blocked


def learner_page(
    placement: Placement, context_id: int, page: int, *, only: Collection[str] | None = None
) -> LearnerPage:
    """Page `page` (from 1) of the course's learners; five queries whatever their number.

    `only` are the platform's ids of those who may be seen; None: everybody.
    """
    learners, unopened = _count_learners(context_id, only)
    pages = max((learners + PAGE_ROWS - 1) // PAGE_ROWS, 1)
    page = min(max(page, 1), pages)
    found = _members_with_grades(placement.id, context_id, page, only)
    user_ids = [membership.user_id for membership, _, _, _ in found]
    lessons = count_completed(placement.id, user_ids)
    attempts = count_attempts(placement.id, user_ids)
    granted = accommodations_in(context_id)
    rows = [
        LearnerRow(
            user=membership.user,
            last_launch_at=membership.last_launch_at,
            has_left=membership.inactive_since is not None,
            lessons_done=lessons.get(membership.user_id, 0),
            attempts=attempts.get(membership.user_id, 0),
            attempts_allowed=rules_for(placement, granted.get(membership.user_id)).attempts_allowed,
            late=counted is not None and counted.is_late,
            grade=grade,
            delivery=delivery,
            passed=has_passed(placement, grade),
        )
        for membership, grade, delivery, counted in found
    ]
    return LearnerPage(rows, page, pages, learners, unopened)


def is_learner(context_id: int, only: Collection[str] | None = None) -> ColumnElement[bool]:
    """The condition on a membership joined to its user; who left without a visit is not listed."""
    found = and_(
        Membership.context_id == context_id,
        Membership.role == Role.LEARNER,
        or_(Membership.inactive_since.is_(None), Membership.last_launch_at.is_not(None)),
    )
    return found if only is None else and_(found, User.sub.in_(only))


def _count_learners(context_id: int, only: Collection[str] | None) -> tuple[int, int]:
    """All who are listed, and those of them who have not opened the course yet."""
    query = select(func.count(), func.count(Membership.last_launch_at)).select_from(Membership)
    row = db.session.execute(query.join(User).where(is_learner(context_id, only))).one()
    return row[0], row[0] - row[1]


def _members_with_grades(
    placement_id: int, context_id: int, page: int, only: Collection[str] | None
) -> Sequence[tuple[Membership, Grade | None, Delivery | None, Attempt | None]]:
    """Each learner with the grade, its delivery, and the attempt that it is shown with."""
    rows = db.session.execute(
        select(Membership, Grade, Delivery, Attempt)
        .join(User, User.id == Membership.user_id)
        .outerjoin(
            Grade,
            and_(
                Grade.user_id == User.id,
                Grade.placement_id == placement_id,
                Grade.state != GradeState.WITHDRAWN,
            ),
        )
        .outerjoin(Delivery, Delivery.grade_id == Grade.id)
        .outerjoin(Attempt, Attempt.id == Grade.attempt_id)
        .where(is_learner(context_id, only))
        .order_by(Membership.inactive_since.is_not(None), User.family_name, User.name, User.id)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
        .options(contains_eager(Membership.user))
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def find_member(context_id: int, user_id: int) -> Membership | None:
    """A person's membership of the course, with the person."""
    query = select(Membership).filter_by(context_id=context_id, user_id=user_id)
    return db.session.scalar(query.options(joinedload(Membership.user)))


def find_member_by_sub(context_id: int, sub: str) -> Membership | None:
    """As `find_member`, by the id that the platform uses."""
    query = (
        select(Membership).join(User).where(Membership.context_id == context_id, User.sub == sub)
    )
    return db.session.scalar(query.options(contains_eager(Membership.user)))


def count_deliveries(placement_id: int) -> DeliveryCount:
    """Over all learners of the placement, in one query."""
    rows = db.session.execute(
        select(Delivery.state, func.count())
        .join(Grade, Grade.id == Delivery.grade_id)
        .where(Grade.placement_id == placement_id)
        .group_by(Delivery.state)
    )
    counted = {state: count for state, count in rows}
    return DeliveryCount(
        accepted=counted.get(DeliveryState.ACCEPTED, 0),
        on_the_way=counted.get(DeliveryState.WAITING, 0) + counted.get(DeliveryState.RETRYING, 0),
        blocked=counted.get(DeliveryState.BLOCKED, 0),
    )
