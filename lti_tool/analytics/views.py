"""The instructor's pages: the table of learners at a placement, and one learner's work."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.analytics import progress
from lti_tool.analytics.learner_page import find_learner, learner_page
from lti_tool.courses.freshness import Freshness, freshness
from lti_tool.courses.roster import find_roster
from lti_tool.curriculum import catalogue
from lti_tool.errors import NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.to_mark import count_to_mark
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
        to_mark=count_to_mark(placement) if visit.may(Power.MARK) else 0,
        freshness=_freshness(visit) if visit.may(Power.SEE_LEARNERS) else None,
    )


def _freshness(visit: Visit) -> Freshness:
    return freshness(visit.context, find_roster(visit.context.id))


@blueprint.get("/learners/<int:user_id>")
def learner(launch_id: str, user_id: int) -> str:
    """One learner's work in the whole course; one module opened, and one attempt of it."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS, Power.SEE_MENTEES)
    own = visit.placement.id if visit.is_configured else None
    placement_id = request.args.get("placement", own, type=int)
    number = request.args.get("attempt", type=int)
    return learner_page(visit, find_learner(visit, user_id), placement_id, number)


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
