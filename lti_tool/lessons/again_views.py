"""Lessons of other modules, to which the way back after failed attempts leads."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Lesson
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lessons.completing import complete_lesson
from lti_tool.quiz.attempts import seen_attempts
from lti_tool.quiz.correcting import corrective_path
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("again", __name__, url_prefix="/l/<launch_id>/again")


@blueprint.get("/<lesson_id>")
def read(launch_id: str, lesson_id: str) -> str:
    """The lesson, without the rest of its module."""
    visit = session.visit(launch_id)
    lesson = _lesson(visit, lesson_id)
    curriculum = catalogue.curriculum(visit.placement.version_id)
    return render_template(
        "lessons/again.html",
        visit=visit,
        curriculum=curriculum,
        module=catalogue.module_of(visit.placement),
        home=curriculum.lesson_by_id[lesson.id][0],
        lesson=lesson,
        stale=lesson.stale_claims(utcnow().date()),
    )


@blueprint.post("/<lesson_id>")
def finish(launch_id: str, lesson_id: str) -> ResponseReturnValue:
    """Read to its end: it counts for the way back alone."""
    visit = session.visit(launch_id)
    lesson = _lesson(visit, lesson_id)
    with unit_of_work():
        complete_lesson(visit.placement, visit.user.id, visit.context.id, lesson, counts=False)
    return redirect(url_for("quiz.overview", launch_id=launch_id), SEE_OTHER)


def _lesson(visit: Visit, lesson_id: str) -> Lesson:
    """Raises `NotFound` for a lesson that is not on the learner's way back."""
    attempts = seen_attempts(visit.placement.id, visit.user.id)
    path = corrective_path(visit.placement, attempts, {})
    lesson = path.lesson(lesson_id) if path else None
    if lesson is None:
        raise NotFound("There is no such lesson on your way", "Go back to the quiz.")
    return lesson
