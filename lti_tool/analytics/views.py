"""The instructor's table of learners at a placement."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lti_tool.analytics import progress
from lti_tool.curriculum import catalogue
from lti_tool.launch import session

blueprint = Blueprint("analytics", __name__, url_prefix="/l/<launch_id>")


@blueprint.get("/learners")
def learners(launch_id: str) -> str:
    """Who has begun, finished, passed; and whether each score has reached the gradebook."""
    visit = session.instructor_visit(launch_id)
    placement = visit.placement
    page = request.args.get("page", 1, type=int)
    return render_template(
        "analytics/learners.html",
        visit=visit,
        placement=placement,
        module=catalogue.module_of(placement),
        table=progress.learner_page(placement, visit.context.id, page),
        deliveries=progress.count_deliveries(placement.id),
    )
