"""Saving an answer: one locked look, one write, and the newest answer wins.

An answer given on another page or device, or kept in the browser while there was no connection,
may arrive after a newer one. What loses is set aside, not thrown away: the question shows it, and
the learner may take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_tool.curriculum.items import Item, Response
from lti_tool.db import db, find, utcnow
from lti_tool.errors import Conflict, NotFound
from lti_tool.quiz.attempts import item_at
from lti_tool.quiz.models import Answer, Attempt, AttemptStatus
from lti_tool.quiz.responses import Given
from lti_tool.quiz.rules import GRACE

TIME_OVER = "Not saved: the time was over {moment}"
TRIES = 5
"""How often a save looks again when somebody else saved the same answer meanwhile."""


class AttemptEnded(Conflict):
    """An answer came for an attempt that had ended; the browser that sent it keeps it."""

    reason = "attempt_ended"


class AttemptDeleted(NotFound):
    """As `AttemptEnded`, where there is no result to look at."""

    reason = AttemptEnded.reason


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of an open attempt, under lock, with the answer that is stored."""

    attempt: Attempt
    item: Item
    answer: Answer | None


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What came of a save: `outcome` is "saved", "replaced" (another answer was set aside) or
    "set_aside" (a newer answer stands)."""

    outcome: str
    response: Response
    revision: int
    saved_at: datetime


def find_question(placement_id: int, user_id: int, attempt_number: int, number: int) -> Question:
    """One question of the learner's attempt, for saving; one query, which locks the attempt.

    Raises `NotFound` where there is none, `Conflict` when the attempt has ended.
    """
    values = {"placement_id": placement_id, "user_id": user_id, "number": attempt_number}
    row = db.session.execute(
        _question_statement(number), values, execution_options={"populate_existing": True}
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such attempt")
    attempt: Attempt = row[0]
    item = item_at(attempt, number)
    _check_open(attempt)
    return Question(attempt=attempt, item=item, answer=row[1])


@lru_cache(maxsize=128)
def _question_statement(number: int) -> Select[Attempt, Answer]:
    """Kept for each question number; the lock makes saving and handing in wait for each other."""
    wanted = Attempt.item_ids[max(number, 1) - 1].as_string()
    return (
        select(Attempt, Answer)
        .outerjoin(Answer, and_(Answer.attempt_id == Attempt.id, Answer.item_id == wanted))
        .where(
            Attempt.placement_id == bindparam("placement_id"),
            Attempt.user_id == bindparam("user_id"),
            Attempt.number == bindparam("number"),
        )
        .with_for_update(of=Attempt)
    )


def _check_open(attempt: Attempt) -> None:
    deadline = attempt.deadline_at
    if attempt.is_open:
        if deadline is not None and utcnow() > deadline + GRACE:
            advice = "What you had saved by then counts. Go to the quiz to see the result."
            raise AttemptEnded(TIME_OVER, advice, moment=deadline)
        return
    if attempt.status == AttemptStatus.DELETED:
        raise AttemptDeleted("This attempt was deleted", "Go to the quiz to see what counts.")
    if attempt.closed_at is not None and deadline is not None:
        advice = "The attempt was closed then; what you had saved counts."
        raise AttemptEnded(TIME_OVER, advice, moment=deadline)
    raise AttemptEnded(
        "This attempt has been handed in",
        "It was handed in from another page or device. Your result shows what counted.",
    )


def save_answer(question: Question, given: Given) -> Saved:
    """Keep the answer unless a newer one stands; the older of two is set aside.

    Called within a unit of work. Raises `Conflict` when the answer was checked and so stays.
    """
    attempt, stored = question.attempt, question.answer
    for _ in range(TRIES):
        saved, values = merge(stored, given, attempt.started_at, utcnow())
        if not values or _write(attempt.id, question.item.id, stored, values):
            return saved
        db.session.expire_all()
        stored = find(Answer, attempt_id=attempt.id, item_id=question.item.id)
    raise Conflict("This answer is being saved from several pages at once", "Save it again.")


def merge(
    stored: Answer | None, given: Given, started_at: datetime, now: datetime
) -> tuple[Saved, Mapping[str, Any]]:
    """What becomes of the given answer beside the stored one, and what to write: pure.

    A browser's clock counts only from the attempt's start until now. The page of an answer that was
    checked sends none.
    """
    edited_at = min(max(given.edited_at or now, started_at), now)
    answer = {"response": given.response, "confidence": given.confidence}
    fresh = {**answer, "edited_at": edited_at, "saved_at": now}
    if stored is None:
        return _saved("saved", given.response, 1, now), {**fresh, "revision": 1}
    if stored.response == given.response and stored.confidence == given.confidence:
        return _saved("saved", given.response, stored.revision, stored.saved_at), {}
    if stored.checked_at is not None and not given.response:
        return _saved("saved", stored.response, stored.revision, stored.saved_at), {}
    if stored.checked_at is not None:
        raise Conflict("This answer has been checked and stays as it was", "Go on with the next.")
    revision = stored.revision + 1
    if given.revision is None or given.revision >= stored.revision:
        return _saved("saved", given.response, revision, now), {**fresh, "revision": revision}
    if edited_at >= stored.edited_at:
        aside = {"set_aside": stored.response, "set_aside_at": stored.edited_at}
        values = {**fresh, **aside, "revision": revision}
        return _saved("replaced", given.response, revision, now), values
    values = {"set_aside": given.response, "set_aside_at": edited_at, "revision": revision}
    return _saved("set_aside", stored.response, revision, stored.saved_at), values


def _saved(outcome: str, response: Response, revision: int, saved_at: datetime) -> Saved:
    return Saved(outcome=outcome, response=response, revision=revision, saved_at=saved_at)


def _write(attempt_id: int, item_id: str, stored: Answer | None, values: Mapping[str, Any]) -> bool:
    """Write only over what was seen; False when somebody was faster."""
    if stored is None:
        return _insert(attempt_id, item_id, values)
    done = db.session.execute(
        update(Answer)
        .where(Answer.id == stored.id, Answer.revision == stored.revision)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _insert(attempt_id: int, item_id: str, values: Mapping[str, Any]) -> bool:
    dialect = db.session.connection().dialect.name
    statement = _insert_statement(dialect)
    row = {"attempt_id": attempt_id, "item_id": item_id, **values}
    return db.session.execute(statement, row).first() is not None


@cache
def _insert_statement(dialect_name: str) -> Any:
    """INSERT that leaves an answer alone that appeared meanwhile, and then returns no row."""
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    statement: Any = dialect.insert(Answer)
    return statement.on_conflict_do_nothing(index_elements=["attempt_id", "item_id"]).returning(
        Answer.id
    )


def take_back(question: Question) -> None:
    """Let the answer that was set aside stand again, and set the present one aside.

    Called within a unit of work. Nothing happens where none was set aside.
    """
    answer = question.answer
    if answer is None or answer.set_aside is None or answer.checked_at is not None:
        return
    earlier, answer.set_aside = answer.set_aside, answer.response
    answer.response, answer.set_aside_at = earlier, answer.edited_at
    answer.edited_at = answer.saved_at = utcnow()
    answer.revision += 1
    db.session.flush()


def check_answer(question: Question, saved: Saved) -> None:
    """The learner looks how the answer is marked: from now on it stays. In a unit of work.

    An empty answer is not checked.
    """
    if not saved.response:
        return
    db.session.execute(
        update(Answer)
        .where(Answer.attempt_id == question.attempt.id, Answer.item_id == question.item.id)
        .where(Answer.checked_at.is_(None))
        .values(checked_at=utcnow())
        .execution_options(synchronize_session=False)
    )
