"""One learner's work at every placement of the course, in four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lti_tool.courses.models import ResourceLink
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Module
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.grades.models import Grade, GradeState
from lti_tool.grades.receipts import Receipt, receipt
from lti_tool.grades.recording import has_passed
from lti_tool.lessons.models import LessonCompletion
from lti_tool.quiz.models import Attempt, AttemptStatus


@dataclass(frozen=True)
class Work:
    """What a learner has done at one placement; `completed` gives each lesson's moment."""

    placement: Placement
    module: Module
    link_title: str
    completed: Mapping[str, datetime]
    attempts: Sequence[Attempt]
    grade: Grade | None

    @property
    def handed_in(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if not attempt.is_open]

    @property
    def open_attempt(self) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.is_open), None)

    @property
    def receipt(self) -> Receipt | None:
        return receipt(self.grade) if self.grade else None

    @property
    def passed(self) -> bool:
        return has_passed(self.placement, self.grade)

    @property
    def is_begun(self) -> bool:
        return bool(self.completed or self.attempts)

    def attempt(self, number: int | None) -> Attempt | None:
        """The attempt of that number, or else the one that counts; None when there is none."""
        by_number = {each.number: each for each in self.handed_in}
        counts = self.grade.attempt_id if self.grade else None
        counting = next((each for each in self.handed_in if each.id == counts), None)
        return by_number.get(number or 0, counting)


def work_of(context_id: int, user_id: int) -> list[Work]:
    """The learner's work at each placement, in the order of the curriculum."""
    found = db.session.execute(
        select(Placement, ResourceLink.title)
        .outerjoin(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .where(Placement.context_id == context_id)
    ).all()
    ids = [placement.id for placement, _ in found]
    completed, attempts, grades = _completed(ids, user_id), _attempts(ids, user_id), {}
    query = select(Grade).where(Grade.placement_id.in_(ids), Grade.user_id == user_id)
    query = query.where(Grade.state != GradeState.WITHDRAWN)
    for grade in db.session.scalars(query.options(joinedload(Grade.delivery))):
        grades[grade.placement_id] = grade
    works = [
        Work(
            placement,
            module := catalogue.module_of(placement),
            title or "",
            _of_module(module, completed.get(placement.id, {})),
            attempts.get(placement.id, ()),
            grades.get(placement.id),
        )
        for placement, title in found
    ]
    return sorted(works, key=lambda work: (work.module.number, work.placement.id))


def _of_module(module: Module, completed: Mapping[str, datetime]) -> Mapping[str, datetime]:
    return {each.id: completed[each.id] for each in module.lessons if each.id in completed}


def _completed(placement_ids: Sequence[int], user_id: int) -> dict[int, dict[str, datetime]]:
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    query = select(LessonCompletion).where(LessonCompletion.user_id == user_id)
    for each in db.session.scalars(query.where(LessonCompletion.placement_id.in_(placement_ids))):
        found[each.placement_id][each.lesson_id] = each.completed_at
    return found


def _attempts(placement_ids: Sequence[int], user_id: int) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = defaultdict(list)
    own = (Attempt.user_id == user_id, Attempt.status != AttemptStatus.DELETED)
    query = select(Attempt).where(*own).order_by(Attempt.number)
    for attempt in db.session.scalars(query.where(Attempt.placement_id.in_(placement_ids))):
        found[attempt.placement_id].append(attempt)
    return found
