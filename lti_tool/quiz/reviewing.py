"""A marked attempt as it is looked at again: each question with its answer, and why."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.curriculum.documents import Lesson, Module
from lti_tool.quiz import attempts
from lti_tool.quiz.explaining import Explanation, explain
from lti_tool.quiz.marking import mark
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.presenting import Presentation, present


@dataclass(frozen=True)
class MarkedQuestion:
    """A question of a marked attempt: its explanation, and where to look again."""

    number: int
    asked: Presentation
    explanation: Explanation
    lesson: Lesson | None


def reviewed_attempt(attempt: Attempt, module: Module) -> list[MarkedQuestion]:
    """Every question of a submitted attempt, in the order in which it was asked."""
    saved = attempts.answers_of(attempt.id)
    lessons = {lesson.id: lesson for lesson in module.lessons}
    questions = []
    for number, item in enumerate(attempts.items_of(attempt), 1):
        response = saved[item.id].response if item.id in saved else {}
        marked = mark(item, response)
        explanation = explain(item, marked, response, attempt.seed)
        lesson = lessons.get(item.feedback.remediate)
        asked = present(item, attempt.seed, response)
        questions.append(MarkedQuestion(number, asked, explanation, lesson))
    return questions
