"""The answers of an activity that wait for a person to mark them, the oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from lti_tool.courses.models import User
from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import ShortText
from lti_tool.curriculum.models import Placement
from lti_tool.db import db
from lti_tool.errors import NotFound
from lti_tool.quiz.judging import Repairs, applying_to, asks_a_person, judge
from lti_tool.quiz.manual_marks import holds
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus, ManualMark
from lti_tool.quiz.repairs import repairs_of

LATELY = 50
Scripts = Select[Answer, Attempt, User, ManualMark]


@dataclass(frozen=True)
class Script:
    """A handed-in answer for a person to mark; `mark` is what was found, if it is marked."""

    answer: Answer
    attempt: Attempt
    user: User
    mark: ManualMark | None
    item: ShortText

    @property
    def text(self) -> str:
        return str(self.answer.response.get("text", ""))


@dataclass(frozen=True)
class Pile:
    """Answers to one question, or of one learner."""

    scripts: Sequence[Script]

    @property
    def first(self) -> Script:
        return self.scripts[0]


def scripts_to_mark(placement: Placement) -> list[Script]:
    """What waits, the oldest first; answers that nobody needs to mark any more do not."""
    query = (
        _scripts(placement)
        .where(Attempt.awaits_marking, ManualMark.id.is_(None))
        .order_by(Attempt.submitted_at, Answer.id)
    )
    repairs = repairs_of(placement.context_id)
    return [each for each in _found(query) if _waits(each, repairs)]


def count_to_mark(placement: Placement) -> int:
    """How many attempts wait for a person."""
    query = select(func.count()).select_from(Attempt).where(*_handed_in(placement))
    return db.session.scalar(query.where(Attempt.awaits_marking)) or 0


def marked_lately(placement: Placement) -> list[Script]:
    """What was marked last, the newest first."""
    query = _scripts(placement).where(ManualMark.id.is_not(None))
    return _found(query.order_by(ManualMark.at.desc(), Answer.id).limit(LATELY))


def find_script(placement: Placement, answer_id: int) -> Script:
    """Raises `NotFound` for what is no handed-in answer of this activity that a person marks."""
    found = _found(_scripts(placement).where(Answer.id == answer_id))
    if not found:
        raise NotFound("There is no such answer to mark in this activity")
    return found[0]


def piles(scripts: Iterable[Script], by: str) -> list[Pile]:
    """One pile a question, or one a learner (`by` "learner"); the oldest pile first."""
    found: dict[Any, list[Script]] = {}
    for script in scripts:
        key = script.user.id if by == "learner" else script.item.id
        found.setdefault(key, []).append(script)
    return [Pile(each) for each in found.values()]


def _scripts(placement: Placement) -> Scripts:
    return (
        select(Answer, Attempt, User, ManualMark)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(User, User.id == Attempt.user_id)
        .outerjoin(ManualMark, holds())
        .where(*_handed_in(placement), Answer.item_id.in_(_asking(placement)))
    )


def _handed_in(placement: Placement) -> tuple[ColumnElement[bool], ...]:
    return (
        Attempt.placement_id == placement.id,
        Attempt.status == AttemptStatus.SUBMITTED,
        Attempt.is_preview.is_(False),
    )


def _asking(placement: Placement) -> set[str]:
    """The items that ask a person, in each version that an attempt was begun with."""
    versions = select(Attempt.version_id).filter_by(placement_id=placement.id).distinct()
    return {
        item.id
        for version_id in db.session.scalars(versions)
        for item in catalogue.curriculum(version_id).item_by_id.values()
        if asks_a_person(item)
    }


def _found(query: Scripts) -> list[Script]:
    scripts = []
    for answer, attempt, user, mark in db.session.execute(query):
        item = catalogue.curriculum(attempt.version_id).item_by_id[answer.item_id]
        if isinstance(item, ShortText):
            scripts.append(Script(answer, attempt, user, mark, item))
    return scripts


def _waits(script: Script, repairs: Repairs) -> bool:
    item = script.item
    applying = applying_to(repairs, script.attempt.id).get(item.id, ())
    judged = judge(item, script.answer.response, applying)
    return judged.counts and judged.marked.state == "needs_marking"
