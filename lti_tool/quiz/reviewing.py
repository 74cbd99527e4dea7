"""A marked attempt as it is looked at again, as far as its learner may see it yet.

Keys and explanations are put together only where `Shown.EVERYTHING` holds, so that no page can
give them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.curriculum.documents import Lesson, Module
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.shown import Shown
from lti_tool.db import db, utcnow
from lti_tool.quiz import attempts
from lti_tool.quiz.accommodating import closed_for_all_at
from lti_tool.quiz.explaining import Explanation, credit_in_words, explain
from lti_tool.quiz.judging import asks_a_person, judge, with_criteria
from lti_tool.quiz.manual_marks import criteria_of, marks_in
from lti_tool.quiz.marking import State
from lti_tool.quiz.models import Answer, Attempt, ItemRepair, ManualMark
from lti_tool.quiz.presenting import Presentation, present
from lti_tool.quiz.repairs import as_rules, repairs_in_force
from lti_tool.quiz.showing import shown_next, shown_now


@dataclass(frozen=True)
class MarkedQuestion:
    """A question of a marked attempt: whether it is right, and where to look again.

    `explanation` is None where only right or wrong is shown; `repairs` are the instructor's
    decisions about the question, of which learners are told. `mark` is what a person found, where
    one was asked; `answer_id` is None where nothing was answered.
    """

    number: int
    asked: Presentation
    state: State
    headline: str
    explanation: Explanation | None
    lesson: Lesson | None
    repairs: tuple[ItemRepair, ...] = ()
    mark: ManualMark | None = None
    answer_id: int | None = None

    @property
    def asks_a_person(self) -> bool:
        return self.answer_id is not None and asks_a_person(self.asked.item)


@dataclass(frozen=True)
class Review:
    """What a learner sees of an attempt: how much, its questions, and what comes when."""

    shown: Shown
    questions: Sequence[MarkedQuestion] = ()
    next_at: datetime | None = None
    next_shown: Shown | None = None

    def includes(self, what: str) -> bool:
        """Whether this much is shown; templates name it by its word."""
        return self.shown.includes(Shown(what))


def shown_of(placement: Placement, attempt_list: Sequence[Attempt]) -> dict[int, Shown]:
    """How much is shown now of each attempt that has ended, by attempt id; one query at most."""
    closes_at, now = _closing(placement), utcnow()
    return {
        attempt.id: shown_now(placement, _ended_at(attempt), closes_at, now)
        for attempt in attempt_list
        if not attempt.is_open
    }


def review(placement: Placement, attempt: Attempt, module: Module) -> Review:
    """What the learner sees now of an attempt that has ended."""
    closes_at, now = _closing(placement), utcnow()
    ended_at = _ended_at(attempt)
    shown = shown_now(placement, ended_at, closes_at, now)
    coming = shown_next(placement, ended_at, closes_at, now) or (None, None)
    questions: Sequence[MarkedQuestion] = ()
    if shown.includes(Shown.MARKS):
        questions = reviewed_attempt(attempt, module, shown)
    return Review(shown, questions, *coming)


def _ended_at(attempt: Attempt) -> datetime:
    return attempt.closed_at or attempt.submitted_at or attempt.started_at


def _closing(placement: Placement) -> datetime | None:
    """The moment of the last phase; not asked for where it would show the same."""
    phases = {placement.feedback_after, placement.feedback_later, placement.feedback_closed}
    return None if len(phases) == 1 else closed_for_all_at(placement)


def reviewed_attempt(
    attempt: Attempt, module: Module, shown: Shown = Shown.EVERYTHING
) -> list[MarkedQuestion]:
    """Every question of a submitted attempt, in the order in which it was asked."""
    saved, items = attempts.answers_of(attempt.id), attempts.items_of(attempt)
    marks = marks_in(items, saved)
    context_id = db.session.get_one(Placement, attempt.placement_id).context_id
    made = {
        item_id: [each for each in rows if attempt.id not in each.spared]
        for item_id, rows in repairs_in_force(context_id).items()
    }
    return [
        marked_question(
            attempt,
            module,
            number,
            item,
            saved.get(item.id),
            shown,
            made.get(item.id, ()),
            marks.get(item.id),
        )
        for number, item in enumerate(items, 1)
    ]


def marked_question(
    attempt: Attempt,
    module: Module,
    number: int,
    item: Item,
    answer: Answer | None,
    shown: Shown,
    made: Sequence[ItemRepair] = (),
    mark: ManualMark | None = None,
) -> MarkedQuestion:
    """One question with its answer marked; explained only where everything is shown."""
    response = with_criteria(answer.response if answer else {}, criteria_of(mark))
    judged = judge(item, response, as_rules(made))
    headline = credit_in_words(judged.marked, item) if judged.counts else "Does not count"
    explanation = None
    if shown.includes(Shown.EVERYTHING):
        explained = explain(judged.item, judged.marked, response, attempt.order_seed)
        explanation = replace(explained, headline=headline)
    lesson = next((each for each in module.lessons if each.id == item.feedback.remediate), None)
    mark_given = answer.confidence if answer else None
    asked = present(item, attempt.order_seed, response, mark_given)
    if mark_given is None:
        asked = replace(asked, confidence=None)
    return MarkedQuestion(
        number=number,
        asked=asked,
        state=judged.marked.state,
        headline=headline,
        explanation=explanation,
        lesson=lesson,
        repairs=tuple(made),
        mark=mark,
        answer_id=answer.id if answer else None,
    )
