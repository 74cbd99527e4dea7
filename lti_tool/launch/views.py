"""The LTI endpoints that a browser or a platform calls, and the first page of a visit.

A launch is tied to its browser in one of three ways, chosen by themselves: a partitioned cookie;
where that is blocked, the platform's storage; where there is none, a window of its own.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.curriculum.copying import open_question
from lti_tool.db import unit_of_work
from lti_tool.errors import LaunchRefused, answer, returning_to
from lti_tool.launch import entering, session
from lti_tool.launch.course_modules import placed_modules
from lti_tool.launch.entering import Entered
from lti_tool.launch.returning import return_address
from lti_tool.launch.session import Visit
from lti_tool.lti import deployments, keys, logins, messages
from lti_tool.lti.claims import DATA_PRIVACY
from lti_tool.lti.deployments import NewDeployment
from lti_tool.lti.logins import BegunLogin, Login
from lti_tool.lti.messages import ValidLaunch
from lti_tool.lti.models import Way
from lti_tool.lti.refusals import refusal
from lti_tool.lti.registrations import origin_of
from lti_tool.lti.roles import Power, Role
from lti_tool.web import SEE_OTHER, limit_body

blueprint = Blueprint("launch", __name__)
MESSAGE_BYTES = 256 * 1024


@blueprint.before_request
def allow_any_frame() -> None:
    """Before a launch is known, a refusal must be readable wherever it is framed."""
    g.frame_ancestors = "*"
    limit_body(MESSAGE_BYTES)


@blueprint.route("/lti/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """OIDC third-party initiated login (LTI 1.3 core, 4.1; Security Framework 1.0, 5.1.1.1)."""
    known = session.browser_secret()
    secret = known or session.new_browser_secret()
    with unit_of_work():
        begun = logins.begin_login(request.values, secret)
    framed = request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame")
    response = current_app.make_response(
        _uncertain(begun) if framed and not known else redirect(begun.address, 302)
    )
    session.give_browser_secret(response, secret)
    return response


def _uncertain(begun: BegunLogin) -> str:
    """In a frame, and no cookie seen yet: let the platform keep a secret, or see whether one comes.

    It must be found out now: platforms take a message hint only once.
    """
    ticket = _tickets("login").dumps([begun.state, begun.address])
    if not begun.storage_target:
        return render_template("launch/probe.html", ticket=ticket)
    storage = {
        "target": begun.storage_target,
        "origin": begun.storage_origin,
        "key": _storage_key(begun.state),
        "value": begun.storage_secret,
        "address": begun.address,
    }
    return render_template("launch/keep.html", ticket=ticket, storage=storage)


def _storage_key(state: str) -> str:
    """Under which name the platform keeps our secret: one for each login."""
    return f"pmo_bridge_{state}"


def _tickets(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["LTI_TOOL"].secret_key, salt=purpose)


def _read_ticket(purpose: str, ticket: str) -> Any:
    """What the ticket of a page of ours says; raises `LaunchRefused` for any other text."""
    try:
        return _tickets(purpose).loads(ticket, max_age=logins.LOGIN_MINUTES * 60)
    except BadData:
        raise refusal("login_expired") from None


@blueprint.get("/lti/login/probe")
def probe() -> ResponseReturnValue:
    """Go on when the cookie came back; else offer a window, where cookies are our own."""
    ticket = request.args.get("ticket", "")
    state, address = _read_ticket("login", ticket)
    if session.browser_secret():
        logins.prove_browser(logins.find_login(state), session.browser_secret())
        return redirect(address, 302)
    g.form_action = origin_of(address)
    return render_template("launch/window.html", ticket=ticket)


@blueprint.post("/lti/login/window")
def go_on_in_window() -> ResponseReturnValue:
    """Tie the login to the new window's own cookie, and go on to the platform.

    Asked by our own page only: another could put a login of its own into somebody's window.
    """
    _check_own_page()
    state, address = _read_ticket("login", request.form.get("ticket", ""))
    secret = session.browser_secret() or session.new_browser_secret()
    with unit_of_work():
        logins.move_to_window(state, secret)
    return _to_platform(address, secret)


@blueprint.post("/lti/login/again")
def begin_in_window() -> ResponseReturnValue:
    """Begin anew in a window of its own, where the platform sees its own cookies."""
    _check_own_page()
    login_id = _read_ticket("again", request.form.get("ticket", ""))
    secret = session.browser_secret() or session.new_browser_secret()
    with unit_of_work():
        begun = logins.begin_again(login_id, secret)
    return _to_platform(begun.address, secret)


def _check_own_page() -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise refusal("state_foreign")


def _to_platform(address: str, secret: str) -> ResponseReturnValue:
    response = current_app.make_response(redirect(address, SEE_OTHER))
    session.give_browser_secret(response, secret)
    return response


@blueprint.post("/lti/launch")
def launch() -> ResponseReturnValue:
    """The authentication response (Security Framework 1.0, 5.1.1.3): check it and enter."""
    login_state = logins.find_login(request.form.get("state", ""))
    stored = request.form.get("storage_secret")
    way = logins.prove_browser(login_state, session.browser_secret(), stored)
    g.login_state = login_state  # from here on it is this browser's: others must not end it
    logins.check_pending(login_state)
    return _ask_storage(login_state) if way is None else _enter(login_state, way)


@blueprint.errorhandler(LaunchRefused)
def refuse(refused: LaunchRefused) -> ResponseReturnValue:
    """Every refusal is recorded, with the login that it ends."""
    login_state: Login | None = g.get("login_state")
    with unit_of_work():
        logins.record_refusal(refused, login_state)
    if refused.reason == "login_required" and login_state is not None:
        ticket = _tickets("again").dumps(login_state.id)
        return render_template("launch/again.html", error=refused, ticket=ticket), refused.status
    refused.return_url = return_address(
        refused.return_url,
        lti_errormsg=refused.title,
        lti_errorlog=f"{refused.reason}, reference {refused.reference}",
    )
    return answer(refused)


@blueprint.errorhandler(RequestEntityTooLarge)
def refuse_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    refused = refusal("message_too_large")
    refused.status = RequestEntityTooLarge.code
    return refuse(refused)


def _validated(login_state: Login) -> ValidLaunch:
    """The launch; one from an installation that was never seen leaves a row for the operator."""
    try:
        return messages.validate(request.form, login_state)
    except NewDeployment as new:
        with unit_of_work():
            deployments.take_in(new)
    try:
        return messages.validate(request.form, login_state)
    except NewDeployment as refused:
        raise refusal("deployment_unknown", refused.deployment_id) from None


def _enter(login_state: Login, way: Way) -> ResponseReturnValue:
    valid = _validated(login_state)
    page_secret = secrets.token_urlsafe(24) if way == Way.STORAGE else ""
    with unit_of_work(), returning_to(valid.claims.presentation.return_url):
        logins.consume(login_state, way)
        entered = entering.enter(valid, page_secret)
    launch_id = entered.launch_id + (session.SEPARATOR + page_secret if page_secret else "")
    return redirect(
        url_for(_first_page(valid, entered), launch_id=launch_id, attempt=entered.attempt or None),
        SEE_OTHER,
    )


def _first_page(valid: ValidLaunch, entered: Entered) -> str:
    """Most launches are learners': spare them the redirect of `start`."""
    learns = entered.role == Role.LEARNER and not valid.claims.for_user
    return "lessons.module" if learns and entered.has_link else "launch.start"


def _ask_storage(login_state: Login) -> str:
    """A page that fetches our secret from the platform's storage and posts the launch again."""
    registration = login_state.registration
    storage = {
        "target": login_state.storage_target,
        "origin": origin_of(registration.auth_login_url) if registration else "",
        "key": _storage_key(request.form["state"]),
    }
    form = {name: request.form.get(name, "") for name in ("state", "id_token", "error")}
    return render_template("launch/fetch.html", storage=storage, form=form)


@blueprint.get("/lti/jwks")
def jwks() -> ResponseReturnValue:
    """Our public keys (Security Framework 1.0, 6.3)."""
    response = jsonify(keys.public_key_set())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/l/<launch_id>/")
def start(launch_id: str) -> ResponseReturnValue:
    """Where a visit begins: with what the person's role is there for, or else the module."""
    visit = session.visit(launch_id)
    attempt = request.args.get("attempt", type=int)
    return redirect(url_for(_page_of_visit(visit), launch_id=launch_id, attempt=attempt), SEE_OTHER)


def _page_of_visit(visit: Visit) -> str:
    if visit.launch.deep_linking is not None:
        return "picking.choose"
    if visit.launch.message_type in DATA_PRIVACY:
        return "privacy.data"
    if visit.launch.resource_link_id is None:
        return "course.overview" if visit.may(Power.SEE_LEARNERS) else "launch.modules"
    return "analytics.reviewed" if visit.launch.for_user else _page_of_link(visit)


def _page_of_link(visit: Visit) -> str:
    configures = visit.may(Power.CONFIGURE)
    if configures and not visit.is_configured:
        return "curriculum.settings"
    if configures and open_question(visit.placement) is not None:
        return "copying.question"
    if visit.may(Power.SEE_LEARNERS) or visit.may(Power.SEE_MENTEES):
        return "analytics.learners"
    return "curriculum.settings" if configures else "lessons.module"


@blueprint.get("/l/<launch_id>/modules")
def modules(launch_id: str) -> str:
    """A launch that belongs to no link, as from a course's menu: what the course has of ours."""
    visit = session.visit(launch_id)
    places = placed_modules(visit.context.id)
    return render_template("launch/modules.html", visit=visit, places=places)
