"""The learner's receipt: for the script that watches a score arrive, and for a click."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import unit_of_work
from lti_tool.errors import Conflict, NotFound
from lti_tool.grades.made_up import parts_of
from lti_tool.grades.models import Grade
from lti_tool.grades.proofs import code_of, proof_of
from lti_tool.grades.receipts import receipt
from lti_tool.grades.recording import find_grade
from lti_tool.grades.resending import resend_one
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.rows import tracked
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("grades", __name__, url_prefix="/l/<launch_id>")
checks = Blueprint("checks", __name__, url_prefix="/check")
blueprint.add_app_template_global(code_of, "receipt_code")
blueprint.add_app_template_global(parts_of, "score_parts")


@blueprint.get("/receipt")
def show_receipt(launch_id: str) -> ResponseReturnValue:
    """Where the visitor's own grade stands, as the words and marks of the page."""
    visit = session.visit(launch_id)
    found = receipt(_own_grade(visit))
    page = render_template("grades/receipt.html", receipt=found, visit=visit)
    return jsonify(settled=found.settled, html=page)


@blueprint.post("/receipt/again")
def send_again(launch_id: str) -> ResponseReturnValue:
    """The learner asks for the score to be sent once more, at most once a minute."""
    visit = session.visit(launch_id)
    grade = _own_grade(visit)
    if not receipt(grade).send_again:
        raise Conflict(
            "There is nothing to send again", "Look at your result to see how it stands."
        )
    with unit_of_work():
        resend_one(tracked(grade), visit.user.id, visit.context.id)
    return redirect(url_for("quiz.overview", launch_id=launch_id), SEE_OTHER)


def _own_grade(visit: Visit) -> Grade:
    grade = find_grade(visit.placement.id, visit.user.id)
    if grade is None:
        raise NotFound("There is no grade yet")
    return grade


@checks.get("/")
def ask() -> ResponseReturnValue:
    """Where the code of a receipt is typed."""
    code = request.args.get("code", "").strip()
    if code:
        return redirect(url_for("checks.check", code=code[:40]), SEE_OTHER)
    return render_template("grades/ask.html")


@checks.get("/<code>")
def check(code: str) -> str:
    """What a receipt says, to whoever holds its code; it names nobody."""
    return render_template("grades/check.html", proof=proof_of(code))
