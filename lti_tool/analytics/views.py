"""The instructor's pages: the table of learners at a placement, and one learner's work."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.analytics import progress
from lti_tool.courses.freshness import Freshness, freshness
from lti_tool.courses.roster import find_roster
from lti_tool.curriculum import catalogue
from lti_tool.errors import NotFound
from lti_tool.grades.receipts import receipt
from lti_tool.grades.recording import find_grade
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lessons.completing import completed_lessons
from lti_tool.lti.roles import Power
from lti_tool.quiz.attempts import list_attempts
from lti_tool.quiz.reviewing import reviewed_attempt
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("analytics", __name__, url_prefix="/l/<launch_id>")


@blueprint.get("/learners")
def learners(launch_id: str) -> str:
    """Who has begun, finished, passed; and whether each score has reached the gradebook."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS, Power.SEE_MENTEES)
    placement = visit.placement
    page = request.args.get("page", 1, type=int)
    return render_template(
        "analytics/learners.html",
        visit=visit,
        placement=placement,
        module=catalogue.module_of(placement),
        table=progress.learner_page(placement, visit.context.id, page, only=visit.seen_subs),
        deliveries=progress.count_deliveries(placement.id) if visit.may(Power.DELIVER) else None,
        freshness=_freshness(visit) if visit.may(Power.SEE_LEARNERS) else None,
    )


def _freshness(visit: Visit) -> Freshness:
    return freshness(visit.context, find_roster(visit.context.id))


@blueprint.get("/learners/<int:user_id>")
def learner(launch_id: str, user_id: int) -> str:
    """One learner's work: lessons, attempts, and each answer of the attempt that is looked at."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS, Power.SEE_MENTEES)
    placement, module = visit.placement, catalogue.module_of(visit.placement)
    member = progress.find_member(visit.context.id, user_id)
    if member is None or not visit.sees(member.user):
        raise NotFound("There is no such person in this course")
    attempts = [each for each in list_attempts(placement.id, user_id) if not each.is_open]
    grade = find_grade(placement.id, user_id)
    wanted = request.args.get("attempt", type=int)
    shown = next((each for each in attempts if each.number == wanted), None)
    if shown is None and grade is not None:
        shown = next((each for each in attempts if each.id == grade.attempt_id), None)
    return render_template(
        "analytics/learner.html",
        visit=visit,
        placement=placement,
        module=module,
        member=member,
        completed=completed_lessons(placement.id, user_id),
        attempts=attempts,
        grade=grade,
        receipt=receipt(grade) if grade else None,
        shown=shown,
        questions=reviewed_attempt(shown, module) if shown else (),
    )


@blueprint.get("/reviewed")
def reviewed(launch_id: str) -> ResponseReturnValue:
    """Where a submission review lands: on that learner's work, or on one's own."""
    visit = session.visit(launch_id)
    if visit.powers.isdisjoint({Power.SEE_LEARNERS, Power.SEE_MENTEES}):
        return redirect(url_for("quiz.overview", launch_id=launch_id), SEE_OTHER)
    member = progress.find_member_by_sub(visit.context.id, visit.launch.for_user)
    if member is None or not visit.sees(member.user):
        raise NotFound(
            "This learner has not opened the activity yet",
            "Their work appears here after their first visit.",
        )
    attempt = request.args.get("attempt", type=int)
    page = url_for(
        "analytics.learner", launch_id=launch_id, user_id=member.user_id, attempt=attempt
    )
    return redirect(page, SEE_OTHER)
