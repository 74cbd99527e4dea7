"""Taking the quiz: rules, one question a page, a last look, the result.

Every page works as a plain form. The script saves each change as well, over the same address.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.shown import Shown
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import Conflict, wants_json
from lti_tool.grades.models import Grade
from lti_tool.grades.receipts import PREVIEW, receipt
from lti_tool.grades.recording import find_grade, has_passed
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lessons.completing import read_lessons
from lti_tool.quiz import asking, attempts, deadlines, saving
from lti_tool.quiz.accommodating import learner_rules
from lti_tool.quiz.calibrating import calibration_of
from lti_tool.quiz.clock import clock
from lti_tool.quiz.commenting import comment_to
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.repairs import repairs_in_force
from lti_tool.quiz.responses import is_answered, is_complete, read_given
from lti_tool.quiz.reviewing import marked_question, review, shown_of
from lti_tool.quiz.rules import Rules
from lti_tool.quiz.standing import Standing
from lti_tool.quiz.starting import learner_standing
from lti_tool.quiz.starting import start as start_attempt
from lti_tool.quiz.ticks import ticks_of
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("quiz", __name__, url_prefix="/l/<launch_id>/quiz")


@blueprint.get("")
def overview(launch_id: str) -> str:
    """The rules of the quiz, earlier attempts, and the button that starts one."""
    visit = session.visit(launch_id)
    placement = visit.placement
    tried = attempts.seen_attempts(placement.id, visit.user.id)
    grade = find_grade(placement.id, visit.user.id)
    rules, standing = _standing(visit, tried, grade)
    shown = shown_of(placement, tried)
    return render_template(
        "quiz/overview.html",
        visit=visit,
        placement=placement,
        module=catalogue.module_of(placement),
        attempts=tried,
        shown={each: level.includes(Shown.SCORE) for each, level in shown.items()},
        open_attempt=next((each for each in tried if each.is_open), None),
        rules=rules,
        standing=standing,
        practice=placement.practice,
        now=utcnow(),
        grade=grade,
        receipt=receipt(grade) if grade else None,
    )


def _standing(
    visit: Visit, tried: Sequence[Attempt], grade: Grade | None
) -> tuple[Rules, Standing]:
    placement, user_id = visit.placement, visit.user.id
    rules = learner_rules(placement, user_id, is_preview=visit.is_preview)
    read_at = read_lessons(placement.context_id, user_id) if rules.corrective_path else {}
    passed = has_passed(placement, grade)
    return rules, learner_standing(placement, rules, tried, read_at, has_passed=passed)


@blueprint.get("/calibration")
def calibration(launch_id: str) -> str:
    """How sure the learner was beside how right, over the course."""
    visit = session.visit(launch_id)
    return render_template(
        "quiz/calibration.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        calibration=calibration_of(visit.context.id, visit.user.id),
    )


@blueprint.post("")
def start(launch_id: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the open one."""
    visit = session.visit(launch_id)
    with unit_of_work():
        attempt = start_attempt(
            visit.placement,
            visit.user.id,
            visit.context.id,
            is_preview=visit.is_preview,
            read_at=read_lessons(visit.context.id, visit.user.id),
            has_passed=has_passed(visit.placement, find_grade(visit.placement.id, visit.user.id)),
        )
    return redirect(_question_url(launch_id, attempt, asking.first_open(attempt)), SEE_OTHER)


def _question_url(launch_id: str, attempt: Attempt, number: int) -> str:
    return url_for(
        "quiz.question", launch_id=launch_id, attempt_number=attempt.number, number=number
    )


def _attempt(visit: Visit, attempt_number: int) -> Attempt:
    return attempts.get_attempt(visit.placement.id, visit.user.id, attempt_number)


@blueprint.get("/<int:attempt_number>/<int:number>")
def question(launch_id: str, attempt_number: int, number: int) -> ResponseReturnValue:
    """One question with the answer saved so far; a finished attempt shows its result instead."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    item = attempts.item_at(attempt, number)
    if not attempt.is_open:
        return redirect(_result_url(launch_id, attempt), SEE_OTHER)
    if attempt.is_overdue(utcnow()):
        return _time_over(visit, attempt)
    saved = attempts.answers_of(attempt.id)
    answer = saved.get(item.id)
    module = catalogue.module_of(visit.placement)
    during, checked = Shown(visit.placement.feedback_during), None
    if answer is not None and answer.checked_at is not None:
        made = repairs_in_force(visit.context.id).get(item.id, ())
        checked = marked_question(attempt, module, number, item, answer, during, made)
    return render_template(
        "quiz/question.html",
        ticks=ticks_of(attempt, saved),
        checked=checked,
        **asking.inputs(attempt, number, item, answer),
        **_page_of(visit, attempt),
    )


def _page_of(visit: Visit, attempt: Attempt) -> dict[str, object]:
    """What every page of an open attempt needs: whose it is, and the line with the time."""
    now, placement = utcnow(), visit.placement
    time, extension = clock(attempt, now), 0
    if time is not None and attempt.time_limit_minutes is not None:
        rules = learner_rules(placement, visit.user.id, is_preview=visit.is_preview)
        extension = deadlines.extension_left(attempt, rules)
    return {
        "visit": visit,
        "module": catalogue.module_of(placement),
        "attempt": attempt,
        "checkable": placement.feedback_during != Shown.NOTHING,
        "now": now,
        "clock": time,
        "extension": extension,
    }


@blueprint.get("/<int:attempt_number>/questions")
def questions(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """Every question of an open attempt, for a page that goes on without a connection; no marks."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    if not attempt.is_open or attempt.is_overdue(utcnow()):
        raise Conflict("This attempt has ended", "Go to the quiz to see the result.")
    saved, page = attempts.answers_of(attempt.id), _page_of(visit, attempt)
    return jsonify(
        frame=render_template("quiz/_frame.html", ticks=ticks_of(attempt, saved), **page),
        questions=[
            render_template("quiz/_asked.html", **page, **each)
            for each in asking.all_inputs(attempt, saved)
        ],
    )


def _time_over(visit: Visit, attempt: Attempt) -> str:
    module = catalogue.module_of(visit.placement)
    return render_template("quiz/time_over.html", visit=visit, module=module, attempt=attempt)


@blueprint.post("/<int:attempt_number>/<int:number>")
def save(launch_id: str, attempt_number: int, number: int) -> ResponseReturnValue:
    """Save the answer; then, for a person, go where the pressed button says."""
    visit = session.visit(launch_id)
    placement, goal = visit.placement, request.form.get("go", "next")
    with unit_of_work():
        asked = saving.find_question(placement.id, visit.user.id, attempt_number, number)
        saved = saving.save_answer(asked, read_given(asked.item, request.form))
        if goal == "mark" and placement.feedback_during != Shown.NOTHING:
            saving.check_answer(asked, saved)
    next_url = _after_saving(launch_id, asked.attempt, number, goal)
    if wants_json():
        return jsonify(
            outcome=saved.outcome,
            revision=saved.revision,
            saved_at=saved.saved_at.isoformat(),
            answered=is_answered(asked.item, saved.response),
            complete=is_complete(asked.item, saved.response),
            next=next_url,
        )
    return redirect(next_url, SEE_OTHER)


def _after_saving(launch_id: str, attempt: Attempt, number: int, goal: str) -> str:
    if goal == "back":
        return _question_url(launch_id, attempt, max(number - 1, 1))
    if goal in ("stay", "mark"):
        return _question_url(launch_id, attempt, number)
    if goal.isdecimal() and 1 <= int(goal[:4]) <= len(attempt.item_ids):
        return _question_url(launch_id, attempt, int(goal[:4]))
    if goal == "next" and number < len(attempt.item_ids):
        return _question_url(launch_id, attempt, number + 1)
    return url_for("quiz.last_look", launch_id=launch_id, attempt_number=attempt.number)


@blueprint.post("/<int:attempt_number>/<int:number>/take-back")
def take_back(launch_id: str, attempt_number: int, number: int) -> ResponseReturnValue:
    """Let the answer that was set aside stand again."""
    visit = session.visit(launch_id)
    with unit_of_work():
        asked = saving.find_question(visit.placement.id, visit.user.id, attempt_number, number)
        saving.take_back(asked)
    return redirect(_question_url(launch_id, asked.attempt, number), SEE_OTHER)


@blueprint.post("/<int:attempt_number>/extend")
def extend(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """Add time, once; then back to the question."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    rules = learner_rules(visit.placement, visit.user.id, is_preview=visit.is_preview)
    with unit_of_work():
        deadlines.extend(attempt, rules, visit.context.id)
    number = request.form.get("number", 1, type=int)
    return redirect(_question_url(launch_id, attempt, number), SEE_OTHER)


@blueprint.get("/<int:attempt_number>/check")
def last_look(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """Which questions have an answer, and the button that hands the attempt in."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    if not attempt.is_open:
        return redirect(_result_url(launch_id, attempt), SEE_OTHER)
    if attempt.is_overdue(utcnow()):
        return _time_over(visit, attempt)
    return render_template(
        "quiz/last_look.html",
        ticks=ticks_of(attempt, attempts.answers_of(attempt.id)),
        number=len(attempt.item_ids),
        **_page_of(visit, attempt),
    )


@blueprint.post("/<int:attempt_number>/submit")
def submit(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """Hand in; a second click hands in nothing new and shows the same result."""
    visit = session.visit(launch_id)
    attempt = _attempt(visit, attempt_number)
    with unit_of_work():
        attempts.submit(attempt, visit.context.id)
    result_url = _result_url(launch_id, attempt)
    return jsonify(next=result_url) if wants_json() else redirect(result_url, SEE_OTHER)


def _result_url(launch_id: str, attempt: Attempt) -> str:
    return url_for("quiz.result", launch_id=launch_id, attempt_number=attempt.number)


@blueprint.get("/<int:attempt_number>/result")
def result(launch_id: str, attempt_number: int) -> ResponseReturnValue:
    """The marked attempt as far as it may be seen, and the score's way to the gradebook."""
    visit = session.visit(launch_id)
    placement = visit.placement
    attempt = _attempt(visit, attempt_number)
    if attempt.is_open:
        return redirect(_question_url(launch_id, attempt, 1), SEE_OTHER)
    tried = attempts.seen_attempts(placement.id, visit.user.id)
    grade = find_grade(placement.id, visit.user.id)
    module = catalogue.module_of(placement)
    return render_template(
        "quiz/result.html",
        visit=visit,
        placement=placement,
        module=module,
        attempt=attempt,
        review=review(placement, attempt, module),
        practice=placement.practice,
        comment=comment_to(placement.id, visit.user.id),
        standing=_standing(visit, tried, grade)[1],
        grade=grade,
        receipt=PREVIEW if attempt.is_preview else receipt(grade) if grade else None,
    )
