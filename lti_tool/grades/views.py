"""The learner's receipt, for the script that watches a score arrive."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from lti_tool.errors import NotFound
from lti_tool.grades.receipts import receipt
from lti_tool.grades.recording import find_grade
from lti_tool.launch import session

blueprint = Blueprint("grades", __name__, url_prefix="/l/<launch_id>")


@blueprint.get("/receipt")
def show_receipt(launch_id: str) -> ResponseReturnValue:
    """Where the visitor's own grade stands, as the words and marks of the page."""
    visit = session.visit(launch_id)
    grade = find_grade(visit.placement.id, visit.user.id)
    if grade is None:
        raise NotFound("There is no grade yet")
    found = receipt(grade)
    page = render_template("grades/receipt.html", receipt=found, visit=visit)
    return jsonify(settled=found.settled, html=page)
