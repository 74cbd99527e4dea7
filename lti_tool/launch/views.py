"""The LTI endpoints that a browser or a platform calls, and the first page of a visit."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import unit_of_work
from lti_tool.errors import LaunchRefused
from lti_tool.launch import entering, session
from lti_tool.lti import keys, messages
from lti_tool.lti.models import LoginState
from lti_tool.web import SEE_OTHER, limit_body

blueprint = Blueprint("launch", __name__)
MESSAGE_BYTES = 256 * 1024


@blueprint.route("/lti/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """OIDC third-party initiated login (LTI 1.3 core, 4.1; Security Framework 1.0, 5.1.1.1)."""
    g.frame_ancestors = "*"
    limit_body(MESSAGE_BYTES)
    secret = session.browser_secret() or session.new_browser_secret()
    try:
        with unit_of_work():
            address = messages.begin_login(request.values, secret)
    except LaunchRefused as refused:
        _record(refused, None)
        raise
    response = redirect(address, 302)
    session.give_browser_secret(response, secret)
    return response


@blueprint.post("/lti/launch")
def launch() -> ResponseReturnValue:
    """The authentication response (Security Framework 1.0, 5.1.1.3): check it and enter."""
    g.frame_ancestors = "*"
    limit_body(MESSAGE_BYTES)
    login_state: LoginState | None = None
    try:
        login_state = messages.find_login(request.form, session.browser_secret())
        valid = messages.validate(request.form, login_state)
        with unit_of_work():
            messages.consume(login_state)
            visit = entering.enter(valid)
    except LaunchRefused as refused:
        _record(refused, login_state)
        raise
    return redirect(url_for("launch.start", launch_id=visit.id), SEE_OTHER)


def _record(refused: LaunchRefused, login_state: LoginState | None) -> None:
    with unit_of_work():
        messages.record_refusal(refused, login_state)


@blueprint.get("/lti/jwks")
def jwks() -> ResponseReturnValue:
    """Our public keys (Security Framework 1.0, 6.3)."""
    response = jsonify(keys.public_key_set())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/l/<launch_id>/")
def start(launch_id: str) -> ResponseReturnValue:
    """Where a visit begins: the instructor's page, or the module."""
    visit = session.visit(launch_id)
    if not visit.is_instructor:
        page = "lessons.module"
    else:
        page = "analytics.learners" if visit.is_configured else "curriculum.settings"
    return redirect(url_for(page, launch_id=launch_id), SEE_OTHER)
