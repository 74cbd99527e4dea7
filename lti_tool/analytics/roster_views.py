"""The list of people above the learners' table: how old it is, and having it read anew."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.courses import roster
from lti_tool.courses.freshness import freshness
from lti_tool.db import unit_of_work
from lti_tool.errors import Conflict
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("roster", __name__, url_prefix="/l/<launch_id>/roster")


@blueprint.get("")
def show(launch_id: str) -> ResponseReturnValue:
    """Where the list stands, for the script that watches it being read."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    found = freshness(visit.context, roster.find_roster(visit.context.id))
    page = render_template("analytics/roster.html", freshness=found, visit=visit, watched=True)
    return jsonify(settled=found.settled, html=page)


@blueprint.post("")
def refresh(launch_id: str) -> ResponseReturnValue:
    """Have the list read as soon as a worker is free."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    _check_readable(visit)
    with unit_of_work():
        roster.ask_unless_just_asked(visit.context.id)
    return redirect(url_for("analytics.learners", launch_id=launch_id), SEE_OTHER)


@blueprint.post("/confirm")
def confirm(launch_id: str) -> ResponseReturnValue:
    """The instructor says that a list which lacks many people is right."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS)
    _check_readable(visit)
    with unit_of_work():
        roster.confirm_shrink(visit.context.id)
    return redirect(url_for("analytics.learners", launch_id=launch_id), SEE_OTHER)


def _check_readable(visit: Visit) -> None:
    if not visit.context.memberships_url:
        raise Conflict(
            "Your platform does not tell PMO Bridge who is in the course",
            "Ask its administrator to allow the tool Names and Role Provisioning.",
        )
