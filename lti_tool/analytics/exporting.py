"""The rows of the exports, read a few hundred at a time: memory does not grow with the course.

Without names a row says who by pseudonym only. A pseudonym is a random label that a membership
keeps; nothing computes it from the person, so only this course's key table leads back. That is
what research takes: who has said that their answers are not to be used for it is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, select, true

from lti_tool.analytics.course_grid import attempts_begun, lessons_completed
from lti_tool.analytics.data_dictionary import ANSWERS, GRADES, ITEMS, PEOPLE, Table
from lti_tool.analytics.groups import group_names, in_words
from lti_tool.analytics.intervals import Estimate
from lti_tool.analytics.item_analysis import FIRST, LATER, AnalysedItem, analysed_items
from lti_tool.analytics.progress import is_learner
from lti_tool.analytics.spreadsheets import Row
from lti_tool.analytics.xlsx import Value
from lti_tool.courses.models import Membership, ResourceLink, User
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.db import db
from lti_tool.grades.made_up import parts_of
from lti_tool.grades.models import Delivery, Grade
from lti_tool.grades.recording import has_passed
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus

CHUNK = 500
STREAMED = {"yield_per": CHUNK}


def export_rows(table: Table, context_id: int, *, names: bool) -> Iterator[Row]:
    """The rows of one table for one course."""
    return _ROWS[table.name](context_id, names)


def count_left_out(context_id: int) -> int:
    """Learners of the course who are in no table without names."""
    query = select(func.count()).select_from(Membership).join(User)
    left_out = User.no_research_since.is_not(None)
    return db.session.scalar(query.where(is_learner(context_id), left_out)) or 0


def _is_in(context_id: int, names: bool) -> ColumnElement[bool]:
    """In a query with `Membership` and `User`: whether the table may tell of them."""
    return is_learner(context_id) & (true() if names else User.no_research_since.is_(None))


def _who(pseudonym: str, user: User, names: bool) -> tuple[Value, ...]:
    return (pseudonym, user.sub, user.display_name) if names else (pseudonym, "", "")


def _grades(context_id: int, names: bool) -> Iterator[Row]:
    found = db.session.execute(
        select(
            Membership,
            User,
            Placement,
            ResourceLink.title,
            lessons_completed(),
            attempts_begun(),
            Grade,
            Delivery,
            group_names(),
        )
        .join(User, User.id == Membership.user_id)
        .join(Placement, Placement.context_id == Membership.context_id)
        .outerjoin(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .outerjoin(
            Grade, and_(Grade.placement_id == Placement.id, Grade.user_id == Membership.user_id)
        )
        .outerjoin(Delivery, Delivery.grade_id == Grade.id)
        .where(_is_in(context_id, names))
        .order_by(Membership.id, Placement.id),
        execution_options=STREAMED,
    )
    for member, user, placement, title, lessons, attempts, grade, delivery, groups in found:
        module = catalogue.module_of(placement)
        yield (
            *_who(member.pseudonym, user, names),
            *(placement.id, module.id, module.title, title),
            *(lessons, len(module.lessons), attempts),
            *_grade_values(placement, grade, delivery),
            in_words(groups),
            *_made_up(placement, grade),
        )


def _grade_values(
    placement: Placement, grade: Grade | None, delivery: Delivery | None
) -> tuple[Value, ...]:
    if grade is None:
        return (None,) * 6
    return (
        _number(grade.score_given),
        _number(grade.score_maximum),
        has_passed(placement, grade),
        grade.submitted_at,
        delivery.state if delivery else None,
        delivery.accepted_at if delivery else None,
    )


def _made_up(placement: Placement, grade: Grade | None) -> tuple[Value, ...]:
    """What stands behind the points."""
    parts = parts_of(placement, grade)
    return (
        grade.state if grade else None,
        placement.lesson_weight,
        _number(parts.lesson_given) if parts else None,
        _number(parts.quiz_given) if parts else None,
    )


def _answers(context_id: int, names: bool) -> Iterator[Row]:
    """Columns, not objects: there may be hundreds of thousands of rows."""
    attempts = db.session.execute(
        select(
            Membership.pseudonym,
            User,
            *ATTEMPT,
            Placement.module_id,
            CurriculumVersion.number.label("version"),
            group_names().label("groups"),
        )
        .join(User, User.id == Membership.user_id)
        .join(Attempt, Attempt.user_id == Membership.user_id)
        .join(Placement, Placement.id == Attempt.placement_id)
        .join(CurriculumVersion, CurriculumVersion.id == Attempt.version_id)
        .where(Placement.context_id == context_id, _is_in(context_id, names))
        .where(Attempt.status == AttemptStatus.SUBMITTED, Attempt.is_preview.is_(False))
        .order_by(Attempt.id),
        execution_options=STREAMED,
    )
    for some in attempts.partitions(CHUNK):
        answers = _answers_of([found.id for found in some])
        for found in some:
            who = _who(found.pseudonym, found.User, names)
            where = (found.placement_id, found.module_id)
            attempt = (found.number, found.submitted_at, found.version)
            groups = in_words(found.groups)
            items = catalogue.curriculum(found.version_id).item_by_id
            for position, item_id in enumerate(found.item_ids, 1):
                question = _question(items[item_id], answers.get((found.id, item_id)))
                yield (*who, *where, *attempt, position, *question, groups)


ATTEMPT = (
    *(Attempt.id, Attempt.placement_id, Attempt.version_id, Attempt.number),
    *(Attempt.submitted_at, Attempt.item_ids),
)
VERSION = CurriculumVersion.number.label("version")
ANSWER = (cast(Answer.response, Text), Answer.confidence, Answer.points, Answer.saved_at)
KEPT_RESPONSES = 2048
"""Learners choose the same again and again: most responses need not be read anew."""


def _answers_of(attempt_ids: Sequence[int]) -> dict[tuple[int, str], tuple[Any, ...]]:
    """Response, confidence, points and moment of saving, by attempt and item."""
    query = select(Answer.attempt_id, Answer.item_id, *ANSWER)
    rows = db.session.execute(query.where(Answer.attempt_id.in_(attempt_ids)))
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def _question(item: Item, answer: tuple[Any, ...] | None) -> tuple[Value, ...]:
    what = (item.id, item.type, item.objective)
    if answer is None:
        return *what, "", "", 0.0, float(item.max_points), None
    response, confidence, points, saved_at = answer
    given = (_readable(response), confidence or "", _number(points))
    return *what, *given, float(item.max_points), saved_at


@lru_cache(KEPT_RESPONSES)
def _readable(response: str) -> str:
    return json.dumps(json.loads(response), ensure_ascii=False, sort_keys=True)


def _items(context_id: int, names: bool) -> Iterator[Row]:
    query = select(Placement).where(Placement.context_id == context_id).order_by(Placement.id)
    learners = None if names else select(User.id).where(User.no_research_since.is_(None))
    numbers = {
        version_id: number
        for version_id, number in db.session.execute(
            select(CurriculumVersion.id, CurriculumVersion.number)
        )
    }
    for placement in db.session.scalars(query).all():
        for which in (FIRST, LATER):
            found = analysed_items(placement, which, learners)
            for each in sorted(found, key=lambda each: each.item.id):
                versions = ", ".join(str(numbers[one]) for one in sorted(each.version_ids))
                yield (
                    *(placement.id, placement.module_id, each.item.id, each.item.type),
                    *(which, versions),
                    *_statistics(each),
                )


def _statistics(each: AnalysedItem) -> tuple[Value, ...]:
    figures = each.statistics
    return (
        figures.n,
        figures.n - figures.answered,
        *_estimate(figures.facility),
        _rounded(figures.spread),
        *_estimate(figures.discrimination),
        _rounded(figures.efficiency),
        figures.is_enough,
        " ".join(found.text for found in each.findings),
    )


def _estimate(found: Estimate | None) -> tuple[Value, ...]:
    if found is None:
        return None, None, None
    return _rounded(found.value), _rounded(found.low), _rounded(found.high)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4) + 0.0


def _people(context_id: int, _names: bool) -> Iterator[Row]:
    query = select(Membership, User).join(User, User.id == Membership.user_id)
    query = query.where(is_learner(context_id)).order_by(Membership.id)
    for member, user in db.session.execute(query, execution_options=STREAMED):
        yield _who(member.pseudonym, user, names=True)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


_ROWS: dict[str, Callable[[int, bool], Iterator[Row]]] = {
    GRADES.name: _grades,
    ANSWERS.name: _answers,
    ITEMS.name: _items,
    PEOPLE.name: _people,
}
