"""What is kept about the person of a visit, as a page and as a file.

A data privacy launch may name somebody else; entering has let administrators only do so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lti_tool.courses.models import Membership, User
from lti_tool.db import db, unit_of_work, utcnow
from lti_tool.errors import Conflict, Forbidden, NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.claims import DATA_PRIVACY
from lti_tool.lti.profiles import PROFILES
from lti_tool.privacy import gathering, research
from lti_tool.rows import tracked
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("privacy", __name__, url_prefix="/l/<launch_id>/data")
TOLD = {
    "user_account", "membership", "attempt", "answer", "lesson_completion",
    "knowledge_check_answer", "grade", "delivery", "launch", "event",
    "practice_set", "practice_answer", "accommodation",
    "manual_mark", "learner_comment", "grade_override", "extra_attempts", "membership_group",
}  # fmt: skip
"""Tables that the page has words for; all others are counted by their names."""


@blueprint.get("")
def data(launch_id: str) -> str:
    """Who the person is to us, what of their work is kept, and whom to ask to have it erased."""
    visit = session.visit(launch_id)
    person = _person_of(visit)
    counts = gathering.count_kept(person)
    memberships = _memberships(person)
    return render_template(
        "privacy/data.html",
        visit=visit,
        person=person,
        own=person.id == visit.user.id,
        registration=visit.deployment.registration,
        memberships=memberships,
        is_asked=research.is_asked(memberships),
        counts=counts,
        others={name: count for name, count in counts.items() if name not in TOLD},
        settings=current_app.config["LTI_TOOL"],
    )


@blueprint.get("/export")
def export(launch_id: str) -> Response:
    """Everything as JSON, table by table."""
    visit = session.visit(launch_id)
    person = _person_of(visit)
    courses = [
        {"id": each.context_id, "title": each.context.title, "label": each.context.label}
        for each in _memberships(person)
    ]
    body = {
        "platform": visit.deployment.registration.name,
        "taken_at": utcnow().isoformat(),
        "courses": courses,
        "kept": gathering.gather(person, for_themselves=person.id == visit.user.id),
    }
    text = json.dumps(body, indent=2, ensure_ascii=False)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="pmo-bridge-data.json"'
    return response


@blueprint.post("/research")
def choose(launch_id: str) -> ResponseReturnValue:
    """The person says whether research may use their answers; nobody says it for them."""
    visit = session.visit(launch_id)
    if _person_of(visit).id != visit.user.id:
        raise Forbidden("Only this person can say so", "They find it on this page of their own.")
    if not research.is_asked(_memberships(visit.user)):
        raise Conflict(
            "Nothing of yours is used for research", "It is only ever about what learners do."
        )
    allowed = request.form.get("use") == "yes"
    with unit_of_work():
        research.choose(tracked(visit.user), allowed=allowed, context_id=visit.context.id)
    page = url_for("privacy.data", launch_id=launch_id, said=1, _anchor="research")
    return redirect(page, SEE_OTHER)


def _person_of(visit: Visit) -> User:
    """Whose data the visit may see; raises `NotFound` when nothing is kept about them."""
    named = visit.launch.for_user if visit.launch.message_type in DATA_PRIVACY else ""
    if named in ("", visit.user.sub):
        return visit.user
    deployment = visit.deployment
    is_shared = PROFILES[deployment.registration.profile].client_id_is_shared
    within = deployment.id if is_shared else None
    person = gathering.find_person(deployment.registration_id, named, within)
    if person is None:
        raise NotFound(
            "Nothing is kept about this person",
            "They have never opened an activity of PMO Bridge from this platform.",
        )
    return person


def _memberships(person: User) -> Sequence[Membership]:
    query = select(Membership).options(joinedload(Membership.context)).filter_by(user_id=person.id)
    return db.session.scalars(query.order_by(Membership.id)).all()
