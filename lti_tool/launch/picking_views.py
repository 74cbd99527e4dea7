"""The page of a deep linking request, and the page that carries the answer to the platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.db import unit_of_work
from lti_tool.errors import Conflict, Invalid
from lti_tool.launch import session
from lti_tool.launch.picking import asked_of, prepare_links
from lti_tool.launch.picking_form import read_choices
from lti_tool.launch.session import Visit
from lti_tool.lti.deep_linking import response_token
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import origin_of
from lti_tool.lti.roles import Power

blueprint = Blueprint("picking", __name__, url_prefix="/l/<launch_id>/choose")


def _picking_visit(launch_id: str) -> Visit:
    visit = session.visit_with(launch_id, Power.LINK)
    if visit.launch.deep_linking is None:
        raise Conflict("There is nothing to choose here", "Open the activity from your course.")
    return visit


@blueprint.get("")
def choose(launch_id: str) -> str:
    """Choose one module, or several where the platform takes several."""
    return _page(_picking_visit(launch_id), Invalid())


def _page(visit: Visit, refusal: Invalid) -> str:
    version = catalogue.latest_version()
    return render_template(
        "launch/choose.html",
        visit=visit,
        asked=asked_of(visit.launch),
        curriculum=catalogue.curriculum(version.id),
        typed=request.form,
        refusal=refusal,
    )


@blueprint.post("")
def place(launch_id: str) -> ResponseReturnValue:
    """Prepare what was chosen and hand the signed answer to the platform."""
    visit = _picking_visit(launch_id)
    if "nothing" in request.form:
        return _answer(visit, [], "Nothing was placed.")
    version = catalogue.latest_version()
    modules = catalogue.curriculum(version.id).modules
    try:
        several = asked_of(visit.launch).accept_multiple
        most = PROFILES[visit.deployment.registration.profile].most_points
        choices = read_choices(request.form, modules, several=several, most_points=most)
    except Invalid as refusal:
        return _page(visit, refusal), refusal.status
    with unit_of_work():
        items = prepare_links(visit, version, choices)
    count = len(items)
    return _answer(visit, items, f"{count} module{'s' if count > 1 else ''} placed.")


def _answer(visit: Visit, items: Sequence[dict[str, Any]], message: str) -> str:
    """A page that posts itself: the answer goes through the browser (Deep Linking 2.0, 3.4.2)."""
    asked, deployment = asked_of(visit.launch), visit.deployment
    token = response_token(deployment.registration, deployment.deployment_id, asked, items, message)
    g.form_action = origin_of(asked.return_url)
    return render_template("launch/chosen.html", return_url=asked.return_url, token=token)
