"""Taking the quiz: rules, one question a page, a last look, the result.

Every page works as a plain form. The script saves each change as well, over the same address.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item
from lti_tool.db import unit_of_work
from lti_tool.errors import NotFound, wants_json
from lti_tool.grades.receipts import PREVIEW, receipt
from lti_tool.grades.recording import find_grade
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.quiz import attempts
from lti_tool.quiz.models import Answer, Attempt
from lti_tool.quiz.presenting import present
from lti_tool.quiz.responses import is_answered, is_complete, read_confidence, read_response
from lti_tool.quiz.reviewing import reviewed_attempt
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("quiz", __name__, url_prefix="/l/<launch_id>/quiz")


@blueprint.get("")
def overview(launch_id: str) -> str:
    """The rules of the quiz, earlier attempts, and the button that starts one."""
    visit = session.visit(launch_id)
    placement = visit.placement
    tried = attempts.list_attempts(placement.id, visit.user.id)
    grade = find_grade(placement.id, visit.user.id)
    return render_template(
        "quiz/overview.html",
        visit=visit,
        placement=placement,
        module=catalogue.module_of(placement),
        attempts=tried,
        open_attempt=next((each for each in tried if each.is_open), None),
        standing=attempts.standing(placement, tried, is_preview=visit.is_preview),
        grade=grade,
        receipt=receipt(grade) if grade else None,
    )


@blueprint.post("")
def start(launch_id: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the open one."""
    visit = session.visit(launch_id)
    with unit_of_work():
        attempt = attempts.start(
            visit.placement, visit.user.id, visit.context.id, is_preview=visit.is_preview
        )
    return redirect(_question_url(launch_id, attempt, _first_open(attempt)), SEE_OTHER)


def _first_open(attempt: Attempt) -> int:
    """The number of the first question without an answer, or 1."""
    saved = attempts.answers_of(attempt.id)
    numbers = enumerate(attempt.item_ids, 1)
    return next((number for number, item_id in numbers if item_id not in saved), 1)


def _question_url(launch_id: str, attempt: Attempt, number: int) -> str:
    return url_for(
        "quiz.question", launch_id=launch_id, attempt_number=attempt.number, number=number
    )


@dataclass(frozen=True)
class Tick:
    """One question in the navigation: its number and whether it has an answer."""

    number: int
    answered: bool
    complete: bool


def _ticks(attempt: Attempt, saved: dict[str, Answer]) -> list[Tick]:
    ticks = []
    for number, item in enumerate(attempts.items_of(attempt), 1):
        response = saved[item.id].response if item.id in saved else {}
        ticks.append(Tick(number, is_answered(item, response), is_complete(item, response)))
    return ticks


def _attempt(visit: Visit, attempt_number: int) -> Attempt:
    return attempts.get_attempt(visit.placement.id, visit.user.id, attempt_number)


def _item(attempt: Attempt, number: int) -> Item:
    if not 1 <= number <= len(attempt.item_ids):
        raise NotFound("There is no such question in your attempt")
    return attempts.items_of(attempt)[number - 1]


@blueprint.get("/<int:attempt_number>/<int:number>")
def question(launch_id: str, attempt_number: int, number: int) -> ResponseReturnValue:
    """One question with the answer saved so far; a finished attempt shows its result instead."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    item = _item(attempt, number)
    if not attempt.is_open:
        return redirect(_result_url(launch_id, attempt), SEE_OTHER)
    saved = attempts.answers_of(attempt.id)
    answer = saved.get(item.id)
    return render_template(
        "quiz/question.html",
        visit=visit,
        placement=visit.placement,
        module=catalogue.module_of(visit.placement),
        attempt=attempt,
        number=number,
        ticks=_ticks(attempt, saved),
        question=present(
            item,
            attempt.seed,
            answer.response if answer else None,
            answer.confidence if answer else None,
        ),
        saved_at=answer.saved_at if answer else None,
    )


@blueprint.post("/<int:attempt_number>/<int:number>")
def save(launch_id: str, attempt_number: int, number: int) -> ResponseReturnValue:
    """Save the answer; then, for a person, go where the pressed button says."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    item = _item(attempt, number)
    response = read_response(item, request.form)
    confidence = read_confidence(item, request.form)
    with unit_of_work():
        answer = attempts.save_answer(attempt, visit.placement, item, response, confidence)
    if wants_json():
        return jsonify(
            saved_at=answer.saved_at.isoformat(),
            answered=is_answered(item, response),
            complete=is_complete(item, response),
        )
    return redirect(_after_saving(launch_id, attempt, number), SEE_OTHER)


def _after_saving(launch_id: str, attempt: Attempt, number: int) -> str:
    goal = request.form.get("go", "next")
    if goal == "back":
        return _question_url(launch_id, attempt, max(number - 1, 1))
    if goal.isdecimal() and 1 <= int(goal[:4]) <= len(attempt.item_ids):
        return _question_url(launch_id, attempt, int(goal[:4]))
    if goal == "next" and number < len(attempt.item_ids):
        return _question_url(launch_id, attempt, number + 1)
    return url_for("quiz.last_look", launch_id=launch_id, attempt_number=attempt.number)


@blueprint.get("/<int:attempt_number>/check")
def last_look(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """Which questions have an answer, and the button that hands the attempt in."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    if not attempt.is_open:
        return redirect(_result_url(launch_id, attempt), SEE_OTHER)
    return render_template(
        "quiz/last_look.html",
        visit=visit,
        placement=visit.placement,
        module=catalogue.module_of(visit.placement),
        attempt=attempt,
        ticks=_ticks(attempt, attempts.answers_of(attempt.id)),
    )


@blueprint.post("/<int:attempt_number>/submit")
def submit(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """Hand in; a second click hands in nothing new and shows the same result."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    with unit_of_work():
        attempts.submit(attempt, visit.context.id)
    return redirect(_result_url(launch_id, attempt), SEE_OTHER)


def _result_url(launch_id: str, attempt: Attempt) -> str:
    return url_for("quiz.result", launch_id=launch_id, attempt_number=attempt.number)


@blueprint.get("/<int:attempt_number>/result")
def result(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """The marked attempt with feedback on every option, and the score's way to the gradebook."""
    visit = session.visit(launch_id)
    placement = visit.placement
    attempt = _attempt(visit, attempt_number)
    if attempt.is_open:
        return redirect(_question_url(launch_id, attempt, 1), SEE_OTHER)
    tried = attempts.list_attempts(placement.id, visit.user.id)
    grade = find_grade(placement.id, visit.user.id)
    module = catalogue.module_of(placement)
    return render_template(
        "quiz/result.html",
        visit=visit,
        placement=placement,
        module=module,
        attempt=attempt,
        questions=reviewed_attempt(attempt, module),
        standing=attempts.standing(placement, tried, is_preview=visit.is_preview),
        grade=grade,
        receipt=PREVIEW if attempt.is_preview else receipt(grade) if grade else None,
    )
