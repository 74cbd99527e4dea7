"""Practising: one question a page, with the answer and its explanation at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item
from lti_tool.db import unit_of_work
from lti_tool.errors import Forbidden, NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.quiz import practising, recalling
from lti_tool.quiz.accommodating import learner_rules
from lti_tool.quiz.attempts import list_attempts
from lti_tool.quiz.correcting import failed_attempt
from lti_tool.quiz.practising import MISSED, PRACTICE, Round
from lti_tool.quiz.recalling import REVIEW
from lti_tool.quiz.responses import read_confidence
from lti_tool.quiz.ungraded import read_ungraded, show_item
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("practice", __name__, url_prefix="/l/<launch_id>/practice")


@blueprint.get("")
def overview(launch_id: str) -> str:
    """What practice is, what can be practised, and earlier rounds."""
    visit = _visit(launch_id)
    placement = visit.placement
    return render_template(
        "quiz/practice/overview.html",
        visit=visit,
        module=catalogue.module_of(placement),
        objectives=catalogue.curriculum(placement.version_id).objective_by_id,
        missed=practising.missed(placement, visit.user.id),
        rounds=practising.list_rounds(placement.id, visit.user.id),
        reviews=recalling.reviews(placement, visit.user.id),
    )


def _visit(launch_id: str) -> Visit:
    """Guard; raises `Forbidden` where practice is switched off and no path asks for it."""
    visit = session.visit(launch_id)
    placement = visit.placement
    if placement.practice or _is_on_path(visit):
        return visit
    raise Forbidden(
        "There is no practice in this activity",
        "Your instructor has switched it off. Lessons and their checks are open.",
    )


def _is_on_path(visit: Visit) -> bool:
    placement, user_id = visit.placement, visit.user.id
    if not learner_rules(placement, user_id, is_preview=visit.is_preview).corrective_path:
        return False
    return failed_attempt(placement, list_attempts(placement.id, user_id)) is not None


@blueprint.post("")
def begin(launch_id: str) -> ResponseReturnValue:
    """A new round: over the module, what the last attempt missed, or what is due for review."""
    visit = _visit(launch_id)
    kind = request.form.get("kind")
    with unit_of_work():
        if kind == REVIEW:
            practice = recalling.begin_sitting(visit.placement, visit.user.id)
        else:
            kind = MISSED if kind == MISSED else PRACTICE
            practice = practising.begin(visit.placement, visit.user.id, kind)
    return redirect(_url(launch_id, practice.number, 1), SEE_OTHER)


def _url(launch_id: str, round_number: int, number: int) -> str:
    return url_for(
        "practice.question", launch_id=launch_id, round_number=round_number, number=number
    )


@dataclass(frozen=True)
class Place:
    """Where in a round a page stands."""

    visit: Visit
    round: Round
    item: Item


def _place(launch_id: str, round_number: int, number: int) -> Place:
    visit = _visit(launch_id)
    found = practising.get_round(visit.placement.id, visit.user.id, round_number)
    if not 1 <= number <= len(found.practice.item_ids):
        raise NotFound("There is no such question in this round")
    return Place(visit, found, found.items[number - 1])


@blueprint.get("/<int:round_number>/<int:number>")
def question(launch_id: str, round_number: int, number: int) -> str:
    """One question, to answer or answered."""
    place = _place(launch_id, round_number, number)
    answer = place.round.answers.get(place.item.id)
    module = catalogue.module_of(place.visit.placement)
    lessons = {lesson.id: lesson for lesson in module.lessons}
    return render_template(
        "quiz/practice/question.html",
        visit=place.visit,
        module=module,
        round=place.round,
        number=number,
        shown=show_item(
            place.item,
            place.round.practice.seed,
            answer.response if answer else None,
            confidence=True,
        ),
        lesson=lessons.get(place.item.feedback.remediate),
    )


@blueprint.post("/<int:round_number>/<int:number>")
def answer(launch_id: str, round_number: int, number: int) -> ResponseReturnValue:
    """Keep the answer and show how it is marked; an empty one is asked again."""
    place = _place(launch_id, round_number, number)
    stored = place.round.answers.get(place.item.id)
    response, credit = read_ungraded(place.item, request.form, stored.response if stored else None)
    confidence = read_confidence(place.item, request.form)
    if stored is not None:
        confidence = stored.confidence
    if response:
        with unit_of_work():
            practising.keep_answer(
                place.round.practice,
                place.visit.context.id,
                place.item,
                response,
                confidence,
                credit,
            )
    return redirect(_url(launch_id, round_number, number), SEE_OTHER)


@blueprint.get("/<int:round_number>/done")
def done(launch_id: str, round_number: int) -> str:
    """What came of the round, by objective, and where to look again."""
    visit = _visit(launch_id)
    found = practising.get_round(visit.placement.id, visit.user.id, round_number)
    return render_template(
        "quiz/practice/done.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        objectives=catalogue.curriculum(found.practice.version_id).objective_by_id,
        round=found,
        missed=practising.missed(visit.placement, visit.user.id),
    )
