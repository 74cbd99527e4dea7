"""Reading what people found in the answers that they were asked to mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, select

from lti_tool.curriculum.items import Item, Response
from lti_tool.db import db
from lti_tool.quiz.judging import asks_a_person, with_criteria
from lti_tool.quiz.models import Answer, ManualMark


def holds() -> ColumnElement[bool]:
    """What joins an answer to its mark: none that was given to what stood there before."""
    return and_(ManualMark.answer_id == Answer.id, ManualMark.revision == Answer.revision)


def marks_of(answers: Iterable[Answer]) -> dict[int, ManualMark]:
    """The marks that hold, by answer id; no query without answers."""
    ids = [answer.id for answer in answers]
    if not ids:
        return {}
    query = select(ManualMark).join(Answer, holds()).where(Answer.id.in_(ids))
    return {mark.answer_id: mark for mark in db.session.scalars(query)}


def marks_in(items: Sequence[Item], answers: Mapping[str, Answer]) -> dict[str, ManualMark]:
    """The same of one attempt, by item id; no query where nothing asks a person."""
    asked = [answers[item.id] for item in items if asks_a_person(item) and item.id in answers]
    found = marks_of(asked)
    return {answer.item_id: found[answer.id] for answer in asked if answer.id in found}


def marked_responses(items: Sequence[Item], answers: Mapping[str, Answer]) -> dict[str, Response]:
    """The answers of an attempt as they are judged, by item id."""
    marks = marks_in(items, answers)
    return {
        item_id: with_criteria(answer.response, criteria_of(marks.get(item_id)))
        for item_id, answer in answers.items()
    }


def criteria_of(mark: ManualMark | None) -> Sequence[str] | None:
    return None if mark is None else mark.criteria
