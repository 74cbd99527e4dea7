"""The page on which an instructor finds every change of the settings again."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.history import history
from lti_tool.launch import session
from lti_tool.lti.roles import Power

blueprint = Blueprint("history", __name__, url_prefix="/l/<launch_id>/settings/history")
PAGES_MOST = 100_000


@blueprint.get("")
def changes(launch_id: str) -> str:
    """Who changed what when, the newest first."""
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    page = min(max(request.args.get("page", 1, type=int), 1), PAGES_MOST)
    return render_template(
        "curriculum/history.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        history=history(visit.placement, page),
    )
