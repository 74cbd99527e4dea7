"""The page on which an invited administrator enters a registration that was made by hand."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid
from lti_tool.lti import invites, keys
from lti_tool.lti.profiles import PROFILES
from lti_tool.lti.stated_registration import add_stated
from lti_tool.registering.schemas import StatedSchema
from lti_tool.web import SEE_OTHER, limit_body, load_form

blueprint = Blueprint("stating", __name__)
FORM_BYTES = 16 * 1024


@blueprint.get("/lti/setup/~<token>/values")
def enter(token: str) -> str:
    """The form, with what is known of that kind of platform."""
    invites.check_usable(token)
    return _page(token, Invalid())


@blueprint.post("/lti/setup/~<token>/values")
def add(token: str) -> ResponseReturnValue:
    """Add the registration: the secret in the address stands against forged forms."""
    limit_body(FORM_BYTES)
    try:
        stated = load_form(StatedSchema())
        with unit_of_work():
            invite = invites.hold(token)
            keys.ensure_key()
            invites.use(invite.id, add_stated(stated, invite))
    except Invalid as refusal:
        return _page(token, refusal), refusal.status
    return redirect(url_for("registering.invited_setup", token=token), SEE_OTHER)


def _page(token: str, refusal: Invalid) -> str:
    chosen = request.values.get("profile", "")
    chosen = chosen if chosen in PROFILES else "generic"
    return render_template(
        "registering/values.html",
        token=token,
        refusal=refusal,
        typed=request.form,
        chosen=chosen,
        profile=PROFILES[chosen],
    )
