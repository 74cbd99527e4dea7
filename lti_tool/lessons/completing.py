"""Completing lessons, which may count for a grade, and answering knowledge checks, which do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, not_, select

from lti_tool.curriculum.documents import Lesson
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.models import Placement
from lti_tool.db import db, find, upsert, utcnow
from lti_tool.events import KnowledgeCheckAnswered, LessonCompleted, publish
from lti_tool.lessons.models import KnowledgeCheckAnswer, LessonCompletion
from lti_tool.rows import execute, table_of


def complete_lesson(
    placement: Placement, user_id: int, context_id: int, lesson: Lesson, *, counts: bool = True
) -> None:
    """Note that the learner has finished the lesson; a second time notes only when it was read.

    `counts`: it may count towards a grade. Called within a unit of work; publishes
    `LessonCompleted` the first time, and the first time that it counts.
    """
    key = {"placement_id": placement.id, "user_id": user_id, "lesson_id": lesson.id}
    found = find(LessonCompletion, **key)
    now = utcnow()
    if found is not None and (found.counts or not counts):
        found.read_at = now
        return
    upsert(LessonCompletion, key, {"completed_at": now, "read_at": now, "counts": counts})
    publish(
        LessonCompleted(
            user_id=user_id,
            context_id=context_id,
            placement_id=placement.id,
            lesson_id=lesson.id,
            counts=counts,
            at=now,
        )
    )


def answer_check(
    placement: Placement,
    user_id: int,
    context_id: int,
    item: Item,
    response: Mapping[str, Any],
    credit: float,
) -> None:
    """Keep the latest answer to a knowledge check, with the credit it earned (0 to 1)."""
    upsert(
        KnowledgeCheckAnswer,
        {"placement_id": placement.id, "user_id": user_id, "item_id": item.id},
        {"response": dict(response), "credit": credit, "answered_at": utcnow()},
    )
    publish(
        KnowledgeCheckAnswered(
            user_id=user_id,
            context_id=context_id,
            placement_id=placement.id,
            item_id=item.id,
            credit=credit,
        )
    )


def forget_check(placement_id: int, user_id: int, item_id: str) -> None:
    """Clear the answer to a knowledge check, so that the learner can try again."""
    found = find_check(placement_id, user_id, item_id)
    if found is not None:
        db.session.delete(found)


def find_check(placement_id: int, user_id: int, item_id: str) -> KnowledgeCheckAnswer | None:
    return find(KnowledgeCheckAnswer, placement_id=placement_id, user_id=user_id, item_id=item_id)


def completed_lessons(placement_id: int, user_id: int) -> dict[str, datetime]:
    """When each lesson was completed, by lesson id."""
    rows = execute(COMPLETED, {"placement_id": placement_id, "user_id": user_id})
    return {lesson_id: completed_at for lesson_id, completed_at in rows}


COMPLETIONS = table_of(LessonCompletion)
COMPLETED = select(COMPLETIONS.c.lesson_id, COMPLETIONS.c.completed_at).where(
    COMPLETIONS.c.placement_id == bindparam("placement_id"),
    COMPLETIONS.c.user_id == bindparam("user_id"),
)


def counting_lessons(
    placement_id: int, user_id: int | None = None
) -> dict[int, dict[str, datetime]]:
    """When each learner, or this one, completed each lesson that may count; by learner's id."""
    query = select(COMPLETIONS.c.user_id, COMPLETIONS.c.lesson_id, COMPLETIONS.c.completed_at)
    query = query.where(COMPLETIONS.c.placement_id == placement_id, COMPLETIONS.c.counts)
    if user_id is not None:
        query = query.where(COMPLETIONS.c.user_id == user_id)
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for learner_id, lesson_id, completed_at in db.session.execute(query):
        found[learner_id][lesson_id] = completed_at
    return found


def read_lessons(context_id: int, user_id: int) -> dict[str, datetime]:
    """When each lesson was last read to its end anywhere in the course, by lesson id."""
    rows = db.session.execute(
        select(LessonCompletion.lesson_id, func.max(LessonCompletion.read_at))
        .join(Placement, Placement.id == LessonCompletion.placement_id)
        .where(Placement.context_id == context_id, LessonCompletion.user_id == user_id)
        .group_by(LessonCompletion.lesson_id)
    )
    return {lesson_id: read_at for lesson_id, read_at in rows}


def is_included() -> ColumnElement[bool]:
    """In a query with `LessonCompletion` and `Placement`: a lesson of the module, not left out.

    Lessons of other modules are read there on the way back to the next attempt.
    """
    left_out = literal(" ") + Placement.lessons_left_out + " "
    return and_(
        LessonCompletion.lesson_id.startswith(Placement.module_id + "."),
        not_(left_out.contains(" " + LessonCompletion.lesson_id + " ")),
    )


def count_completed(placement_id: int, user_ids: list[int]) -> dict[int, int]:
    """How many of the lessons there each of the given learners has completed, in one query."""
    rows = db.session.execute(
        select(LessonCompletion.user_id, func.count())
        .join(Placement, Placement.id == LessonCompletion.placement_id)
        .where(LessonCompletion.placement_id == placement_id, is_included())
        .where(LessonCompletion.user_id.in_(user_ids))
        .group_by(LessonCompletion.user_id)
    )
    return {user_id: count for user_id, count in rows}
