"""The page on which an instructor reads what a newer version changes, and takes or leaves it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue, updating
from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid, NotFound
from lti_tool.grades.consequences import consequences
from lti_tool.launch import session
from lti_tool.lti.roles import Power
from lti_tool.rows import tracked
from lti_tool.web import SEE_OTHER

blueprint = Blueprint("updates", __name__, url_prefix="/l/<launch_id>/update")


@blueprint.get("")
def offer(launch_id: str) -> str:
    """Every lesson and question that the newer version changes."""
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    version, here = updating.newer_version(visit.placement), visit.placement.id
    if version is None:
        raise NotFound("This activity is up to date", "Go back to its settings.")
    others = [each for each in updating.behind(visit.context.id) if each.id != here]
    return render_template(
        "curriculum/update.html",
        visit=visit,
        version=version,
        changes=updating.changes_of(visit.placement, version),
        others=others,
        moved=[
            (catalogue.module_of(each), found)
            for each in (visit.placement, *others)
            if (found := consequences(each, updating.with_version(each, version)))
        ],
    )


@blueprint.post("")
def decide(launch_id: str) -> ResponseReturnValue:
    """Take the version, here or in the whole course, or leave it."""
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    choice, version_id = request.form.get("choice"), request.form.get("version", type=int) or 0
    with unit_of_work():
        if choice == "leave":
            updating.leave(tracked(visit.placement), version_id)
        elif choice == "take":
            updating.take(tracked(visit.placement), version_id, by_user_id=visit.user.id)
        elif choice == "take_all":
            for placement in updating.behind(visit.context.id):
                updating.take(placement, version_id, by_user_id=visit.user.id)
        else:
            raise Invalid("Choose whether to take the new version")
    return redirect(url_for("curriculum.settings", launch_id=launch_id, updated=choice), SEE_OTHER)
