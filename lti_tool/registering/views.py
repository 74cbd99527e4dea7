"""The pages with which an administrator registers the tool, most often in a frame of the platform.

Nothing here is asked of a platform, or shown, without a valid invite, but for what is no secret:
the setup page and Canvas's configuration.
"""

from __future__ import annotations

import logging

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import end_reading, unit_of_work
from lti_tool.lti import dynamic_registration, invites, keys, tool_configuration
from lti_tool.lti.models import Invite
from lti_tool.lti.openid_configuration import PlatformConfiguration
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.registrations import frame_ancestors, tool_url
from lti_tool.registering.schemas import Initiation, InitiationSchema
from lti_tool.web import limit_body, load_form, load_query

log = logging.getLogger(__name__)
blueprint = Blueprint("registering", __name__)
FORM_BYTES = 64 * 1024


@blueprint.get("/lti/register")
def confirm() -> ResponseReturnValue:
    """Registration initiation (Dynamic Registration 1.0, 3.2): what would be registered, and where.

    Nothing is changed yet: platforms open this in a frame, and a person should see it first.
    """
    g.frame_ancestors = "*"  # a refusal must be readable wherever it is framed
    asked: Initiation = load_query(InitiationSchema())
    invite = invites.check_usable(asked.invite)
    platform = _discover(asked, invite)
    return render_template(
        "registering/confirm.html",
        asked=asked,
        invite=invite,
        platform=platform,
        profile=platform.profile(invite.profile),
        powers=tool_configuration.powers_at(platform),
        addresses=tool_configuration.addresses(),
    )


@blueprint.post("/lti/register")
def register() -> ResponseReturnValue:
    """Register at the platform, and store what came of it; the invite is the form's token."""
    g.frame_ancestors = "*"
    limit_body(FORM_BYTES)
    asked: Initiation = load_form(InitiationSchema())
    with unit_of_work():
        invite = invites.hold(asked.invite)
        keys.ensure_key()
    try:
        platform = _discover(asked, invite)
        new = dynamic_registration.ask(platform, asked.registration_token, invite, asked.privacy)
        with unit_of_work():
            registration = dynamic_registration.store(new)
            invites.use(invite.id, registration)
    except BaseException:
        with unit_of_work():
            invites.release(invite.id)
        raise
    log.info("invite %s made registration %s, %s", invite.id, registration.id, new.issuer)
    return render_template(
        "registering/done.html",
        platform=platform,
        profile=PROFILES[registration.profile],
        profile_name=registration.profile,
        waits=new.deployment_id is None,
    )


def _discover(asked: Initiation, invite: Invite) -> PlatformConfiguration:
    """The platform's configuration; from here on only the platform may frame the page."""
    end_reading()
    url = asked.openid_configuration
    platform = dynamic_registration.discover(url, asked.registration_token)
    urls = (url, platform.authorization_endpoint, platform.registration_endpoint)
    profile_name = platform.profile_name(invite.profile)
    g.frame_ancestors = frame_ancestors(profile_name, platform.issuer, *urls)
    return platform


@blueprint.get("/lti/canvas.json")
def canvas_json() -> ResponseReturnValue:
    """Canvas's configuration of a developer key, by address."""
    response = jsonify(tool_configuration.canvas_configuration())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/lti/setup")
def setup() -> ResponseReturnValue:
    """How to register the tool at each kind of platform, with the values to paste."""
    return _setup(None, "")


@blueprint.get("/lti/setup/~<token>")
def invited_setup(token: str) -> ResponseReturnValue:
    """The same for somebody who was invited, with how far the registration has come."""
    return _setup(invites.find_invite(token), token)


def _setup(invite: Invite | None, token: str) -> str:
    registration = invite.registration if invite else None
    can_register = invite is not None and registration is None
    chosen = request.args.get("platform") or _profile_of(invite)
    return render_template(
        "registering/setup.html",
        invite=invite,
        token=token,
        registration=registration,
        registration_url=invites.registration_url(token) if can_register else "",
        chosen=chosen if chosen in PROFILES else "moodle",
        profiles={name: each for name, each in PROFILES.items() if name != "generic"}
        | {"generic": PROFILES["generic"]},
        addresses=tool_configuration.addresses(),
        canvas_url=tool_url("/lti/canvas.json"),
        scopes=tool_configuration.SCOPES,
    )


def _profile_of(invite: Invite | None) -> str | None:
    if invite is None:
        return None
    return invite.registration.profile if invite.registration else invite.profile
