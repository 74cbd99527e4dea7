"""The module's page and its lessons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.documents import Curriculum, Lesson, Module
from lti_tool.curriculum.items import Item
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.shown import Shown
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import NotFound
from lti_tool.grades.models import Grade
from lti_tool.grades.policy import WHOLE
from lti_tool.grades.receipts import receipt
from lti_tool.grades.recording import find_grade, has_passed
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lessons import completing
from lti_tool.quiz.accommodating import learner_rules
from lti_tool.quiz.attempts import seen_attempts
from lti_tool.quiz.commenting import comment_to
from lti_tool.quiz.models import Attempt
from lti_tool.quiz.reviewing import shown_of
from lti_tool.quiz.ungraded import ShownItem, read_ungraded, show_item
from lti_tool.web import SEE_OTHER, picture

blueprint = Blueprint("lessons", __name__, url_prefix="/l/<launch_id>")


@dataclass(frozen=True)
class Place:
    """Where in the curriculum a visit stands."""

    visit: Visit
    curriculum: Curriculum
    module: Module

    def lesson(self, slug: str) -> Lesson:
        found = self.module.lesson(slug)
        if found is None:
            raise NotFound("There is no such lesson in this module")
        return found

    def check_of(self, lesson: Lesson) -> Item:
        return self.curriculum.item_by_id[lesson.knowledge_check]


def _place(launch_id: str) -> Place:
    """Guard and load; raises `Conflict` while the module has not been chosen or has not opened."""
    visit = session.visit(launch_id)
    curriculum = catalogue.curriculum(visit.placement.version_id)
    return Place(visit, curriculum, catalogue.module_of(visit.placement))


@blueprint.get("/module")
def module(launch_id: str) -> str:
    """The module's page: progress, lessons, quiz, and the one thing to do next."""
    place = _place(launch_id)
    visit, placement = place.visit, place.visit.placement
    completed = completing.completed_lessons(placement.id, visit.user.id)
    attempts = seen_attempts(placement.id, visit.user.id)
    grade = _shown_grade(placement, visit.user.id, attempts)
    rules = learner_rules(placement, visit.user.id, is_preview=visit.is_preview)
    passed = has_passed(placement, grade)
    return render_template(
        "lessons/module.html",
        visit=visit,
        placement=placement,
        curriculum=place.curriculum,
        module=place.module,
        completed=completed,
        attempts=attempts,
        grade=grade,
        receipt=receipt(grade) if grade else None,
        passed=passed,
        next_step=_next_step(place, completed, attempts, passed),
        due_at=rules.due_at,
        has_closed=rules.has_closed(utcnow()),
        comment=comment_to(placement.id, visit.user.id),
    )


def _shown_grade(placement: Placement, user_id: int, attempts: Sequence[Attempt]) -> Grade | None:
    """The learner's grade, unless the settings keep its score from them for now."""
    grade = find_grade(placement.id, user_id)
    if grade is None or grade.attempt_id is None:
        return grade
    shown = shown_of(placement, attempts).get(grade.attempt_id, Shown.NOTHING)
    return grade if shown.includes(Shown.SCORE) else None


@dataclass(frozen=True)
class NextStep:
    """The page's one primary action: `kind` is lesson, resume, quiz, result or done."""

    kind: str
    lesson: Lesson | None = None
    attempt: Attempt | None = None


def _next_step(
    place: Place,
    completed: Collection[str],
    attempts: Sequence[Attempt],
    passed: bool,
) -> NextStep:
    opened = next((attempt for attempt in attempts if attempt.is_open), None)
    if opened is not None:
        return NextStep("resume", attempt=opened)
    lessons = place.module.lessons
    unread = next((each for each in lessons if each.id not in completed), None)
    quiz_counts = not lessons or place.visit.placement.lesson_weight < WHOLE
    if passed and attempts and quiz_counts:
        return NextStep("result", attempt=attempts[-1])
    if unread is not None:
        return NextStep("lesson", lesson=unread)
    return NextStep("quiz" if quiz_counts else "done")


@blueprint.get("/lessons/<slug>")
def lesson(launch_id: str, slug: str) -> str:
    """One lesson with its sources and its knowledge check."""
    place = _place(launch_id)
    found = place.lesson(slug)
    placement_id, user_id = place.visit.placement.id, place.visit.user.id
    answer = completing.find_check(placement_id, user_id, found.knowledge_check)
    completed = completing.completed_lessons(placement_id, user_id)
    return render_template(
        "lessons/lesson.html",
        visit=place.visit,
        curriculum=place.curriculum,
        module=place.module,
        lesson=found,
        completed=completed,
        neighbours=_neighbours(place.module, found),
        check=_shown_check(place, found, answer.response if answer else None),
        stale=found.stale_claims(utcnow().date()),
        comes_too_late=_comes_too_late(place.visit),
    )


def _neighbours(module: Module, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    where = module.lessons.index(lesson)
    before = module.lessons[where - 1] if where else None
    after = module.lessons[where + 1] if where + 1 < len(module.lessons) else None
    return before, after


def _shown_check(place: Place, lesson: Lesson, response: object) -> ShownItem:
    return show_item(place.check_of(lesson), f"{place.visit.user.id}", response)


@blueprint.post("/lessons/<slug>/check")
def answer_check(launch_id: str, slug: str) -> ResponseReturnValue:
    """Answer the knowledge check, or clear the answer to try again."""
    place = _place(launch_id)
    found = place.lesson(slug)
    item, user_id = place.check_of(found), place.visit.user.id
    placement = place.visit.placement
    with unit_of_work():
        if "again" in request.form:
            completing.forget_check(placement.id, user_id, item.id)
        else:
            _keep_check(place, item)
    return _to_check(launch_id, slug)


def _keep_check(place: Place, item: Item) -> None:
    user_id, placement = place.visit.user.id, place.visit.placement
    stored = completing.find_check(placement.id, user_id, item.id)
    response, credit = read_ungraded(item, request.form, stored.response if stored else None)
    if response:
        context_id = place.visit.context.id
        completing.answer_check(placement, user_id, context_id, item, response, credit)


def _to_check(launch_id: str, slug: str) -> ResponseReturnValue:
    page = url_for("lessons.lesson", launch_id=launch_id, slug=slug, _anchor="check")
    return redirect(page, SEE_OTHER)


@blueprint.post("/lessons/<slug>/complete")
def complete(launch_id: str, slug: str) -> ResponseReturnValue:
    """Finish the lesson and go on to the next, or back to the module after the last."""
    place = _place(launch_id)
    found = place.lesson(slug)
    with unit_of_work():
        completing.complete_lesson(
            place.visit.placement,
            place.visit.user.id,
            place.visit.context.id,
            found,
            counts=not place.visit.is_preview and not _comes_too_late(place.visit),
        )
    after = _neighbours(place.module, found)[1]
    if after is None:
        return redirect(url_for("lessons.module", launch_id=launch_id), SEE_OTHER)
    page = url_for("lessons.lesson", launch_id=launch_id, slug=after.slug)
    return redirect(page, SEE_OTHER)


def _comes_too_late(visit: Visit) -> bool:
    """Whether lessons count, and what is completed now no longer does."""
    if not visit.placement.lesson_weight:
        return False
    rules = learner_rules(visit.placement, visit.user.id, is_preview=visit.is_preview)
    return rules.has_closed(utcnow())


@blueprint.get("/figures/<name>")
def figure(launch_id: str, name: str) -> Response:
    """A picture of a lesson."""
    svg = _place(launch_id).curriculum.figures.get(name)
    if svg is None:
        raise NotFound("There is no such figure")
    return picture(svg)


@blueprint.get("/glossary")
def glossary(launch_id: str) -> str:
    """The terms of the whole curriculum."""
    place = _place(launch_id)
    return render_template(
        "lessons/glossary.html",
        visit=place.visit,
        curriculum=place.curriculum,
        module=place.module,
    )


@blueprint.get("/sources")
def sources(launch_id: str) -> str:
    """The bibliography: what this module cites, then the rest."""
    place = _place(launch_id)
    refs = place.curriculum.refs_of(place.module)
    return render_template(
        "lessons/sources.html",
        visit=place.visit,
        curriculum=place.curriculum,
        module=place.module,
        cited=[entry for entry in place.curriculum.sources if entry.ref in refs],
        others=[entry for entry in place.curriculum.sources if entry.ref not in refs],
    )
