"""The instructor's page of deliveries: what is not in the gradebook, why, and what to do."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.db import db, unit_of_work
from lti_tool.errors import NotFound
from lti_tool.grades.models import Grade
from lti_tool.grades.overview import SHOWN, overview
from lti_tool.grades.resending import resend_lacking, resend_one, send_ours
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("deliveries", __name__, url_prefix="/l/<launch_id>/deliveries")


@blueprint.get("")
def show(launch_id: str) -> str:
    """First what is lacking and why; then each learner's score, filtered, a page at a time."""
    visit = _visit(launch_id)
    shown, page = request.args.get("show", ""), request.args.get("page", 1, type=int)
    return render_template(
        "grades/deliveries.html",
        visit=visit,
        placement=visit.placement,
        module=catalogue.module_of(visit.placement),
        found=overview(visit.placement.id, shown, page),
        labels={name: label for name, (label, _) in SHOWN.items()},
        asked=request.args.get("asked", 0, type=int),
    )


@blueprint.post("/again")
def send_all(launch_id: str) -> ResponseReturnValue:
    """Send again all that the gradebook lacks."""
    visit = _visit(launch_id)
    with unit_of_work():
        count = resend_lacking(visit.placement.id, visit.user.id, visit.context.id)
    return _back(launch_id, count)


@blueprint.post("/<int:grade_id>/again")
def send_one(launch_id: str, grade_id: int) -> ResponseReturnValue:
    visit = _visit(launch_id)
    with unit_of_work():
        resend_one(_grade(visit, grade_id), visit.user.id, visit.context.id)
    return _back(launch_id, 1)


@blueprint.post("/<int:grade_id>/ours")
def replace(launch_id: str, grade_id: int) -> ResponseReturnValue:
    """Send ours in place of the grade that somebody entered in the gradebook."""
    visit = _visit(launch_id)
    with unit_of_work():
        send_ours(_grade(visit, grade_id), visit.user.id, visit.context.id)
    return _back(launch_id, 1)


def _visit(launch_id: str) -> Visit:
    return session.visit_with(launch_id, Power.DELIVER)


def _grade(visit: Visit, grade_id: int) -> Grade:
    grade = db.session.get(Grade, grade_id)
    if grade is None or grade.placement_id != visit.placement.id:
        raise NotFound("There is no such score in this activity")
    return grade


def _back(launch_id: str, asked: int) -> ResponseReturnValue:
    show = request.form.get("show", "")
    page = url_for("deliveries.show", launch_id=launch_id, show=show or None, asked=asked)
    return redirect(page, SEE_OTHER)
