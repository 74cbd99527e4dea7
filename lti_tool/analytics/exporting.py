"""The rows of the exports, read a few hundred at a time: memory does not grow with the course.

Without names a row says who by pseudonym only. A pseudonym is a random label that a membership
keeps; nothing computes it from the person, so only this course's key table leads back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from sqlalchemy import and_, select

from lti_tool.analytics.course_grid import attempts_begun, lessons_completed
from lti_tool.analytics.data_dictionary import ANSWERS, GRADES, ITEMS, PEOPLE, Table
from lti_tool.analytics.intervals import Estimate
from lti_tool.analytics.item_analysis import FIRST, LATER, AnalysedItem, analysed_items
from lti_tool.analytics.progress import is_learner
from lti_tool.analytics.spreadsheets import Row, Value
from lti_tool.courses.models import Membership, ResourceLink, User
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.models import CurriculumVersion, Placement
from lti_tool.db import db
from lti_tool.grades.models import Delivery, Grade
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus

CHUNK = 500
STREAMED = {"yield_per": CHUNK}


def export_rows(table: Table, context_id: int, *, names: bool) -> Iterator[Row]:
    """The rows of one table for one course."""
    return _ROWS[table.name](context_id, names)


def _who(member: Membership, user: User, names: bool) -> tuple[Value, ...]:
    if names:
        return member.pseudonym, user.sub, user.display_name
    return member.pseudonym, "", ""


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
        )
        .join(User, User.id == Membership.user_id)
        .join(Placement, Placement.context_id == Membership.context_id)
        .outerjoin(ResourceLink, ResourceLink.id == Placement.resource_link_id)
        .outerjoin(
            Grade, and_(Grade.placement_id == Placement.id, Grade.user_id == Membership.user_id)
        )
        .outerjoin(Delivery, Delivery.grade_id == Grade.id)
        .where(is_learner(context_id))
        .order_by(Membership.id, Placement.id),
        execution_options=STREAMED,
    )
    for member, user, placement, title, lessons, attempts, grade, delivery in found:
        module = catalogue.module_of(placement)
        yield (
            *_who(member, user, names),
            *(placement.id, module.id, module.title, title),
            *(lessons, len(module.lessons), attempts),
            *_grade_values(placement, grade, delivery),
        )


def _grade_values(
    placement: Placement, grade: Grade | None, delivery: Delivery | None
) -> tuple[Value, ...]:
    if grade is None:
        return (None,) * 6
    return (
        _number(grade.score_given),
        _number(grade.score_maximum),
        placement.passes(grade.score_given, grade.score_maximum),
        grade.submitted_at,
        delivery.state if delivery else None,
        delivery.accepted_at if delivery else None,
    )


def _answers(context_id: int, names: bool) -> Iterator[Row]:
    attempts = db.session.execute(
        select(Attempt, Placement, Membership, User, CurriculumVersion.number)
        .join(Placement, Placement.id == Attempt.placement_id)
        .join(Membership, Membership.user_id == Attempt.user_id)
        .join(User, User.id == Membership.user_id)
        .join(CurriculumVersion, CurriculumVersion.id == Attempt.version_id)
        .where(Placement.context_id == context_id, is_learner(context_id))
        .where(Attempt.status == AttemptStatus.SUBMITTED, Attempt.is_preview.is_(False))
        .order_by(Attempt.id),
        execution_options=STREAMED,
    )
    for some in attempts.partitions(CHUNK):
        answers = _answers_of([found[0].id for found in some])
        for attempt, placement, member, user, version in some:
            who = (*_who(member, user, names), placement.id, placement.module_id)
            yield from _questions(who, attempt, version, answers[attempt.id])


def _answers_of(attempt_ids: Sequence[int]) -> dict[int, dict[str, Answer]]:
    found: dict[int, dict[str, Answer]] = defaultdict(dict)
    for answer in db.session.scalars(select(Answer).where(Answer.attempt_id.in_(attempt_ids))):
        found[answer.attempt_id][answer.item_id] = answer
    return found


def _questions(
    who: tuple[Value, ...], attempt: Attempt, version: int, answers: dict[str, Answer]
) -> Iterator[Row]:
    items = catalogue.curriculum(attempt.version_id).item_by_id
    for position, item_id in enumerate(attempt.item_ids, 1):
        item, answer = items[item_id], answers.get(item_id)
        asked = (attempt.number, attempt.submitted_at, version, position)
        yield (
            *who,
            *asked,
            *(item.id, item.type, item.objective),
            *(_answer_values(answer) if answer else ("", "", 0.0)),
            float(item.max_points),
            answer.saved_at if answer else None,
        )


def _answer_values(answer: Answer) -> tuple[Value, ...]:
    response = json.dumps(answer.response, ensure_ascii=False, sort_keys=True)
    return response, answer.confidence or "", _number(answer.points)


def _items(context_id: int, _names: bool) -> Iterator[Row]:
    query = select(Placement).where(Placement.context_id == context_id).order_by(Placement.id)
    numbers = {
        version_id: number
        for version_id, number in db.session.execute(
            select(CurriculumVersion.id, CurriculumVersion.number)
        )
    }
    for placement in db.session.scalars(query).all():
        for which in (FIRST, LATER):
            for each in sorted(analysed_items(placement.id, which), key=lambda each: each.item.id):
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
        yield _who(member, user, names=True)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


_ROWS: dict[str, Callable[[int, bool], Iterator[Row]]] = {
    GRADES.name: _grades,
    ANSWERS.name: _answers,
    ITEMS.name: _items,
    PEOPLE.name: _people,
}
