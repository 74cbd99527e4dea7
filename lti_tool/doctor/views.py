"""The administrator's page: whether the tool and their platform work together, and what to do."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import end_reading, unit_of_work
from lti_tool.doctor import checkups
from lti_tool.doctor.examining import examine_platform, examine_tool
from lti_tool.doctor.findings import Level
from lti_tool.errors import Conflict
from lti_tool.lti.invites import find_invite
from lti_tool.lti.models import Registration
from lti_tool.lti.tool_configuration import addresses
from lti_tool.web import SEE_OTHER

WORST_FIRST = (Level.FAILURE, Level.WARNING, Level.OK)
blueprint = Blueprint("doctor", __name__, url_prefix="/lti/setup/~<token>/check")


@blueprint.get("")
def show(token: str) -> str:
    """What the latest check found."""
    registration = _registration(token)
    checkup = checkups.find_checkup(registration.id)
    lines = checkups.lines_of(checkup) if checkup else ()
    worst_first = sorted(lines, key=lambda line: WORST_FIRST.index(line.finding.level))
    return render_template(
        "doctor/check.html",
        token=token,
        registration=registration,
        checkup=checkup,
        lines=worst_first,
        count={level: sum(line.finding.level == level for line in lines) for level in Level},
        addresses=addresses(),
    )


@blueprint.post("")
def check(token: str) -> ResponseReturnValue:
    """Run the probes, at most once a minute. The token in the address is all the proof there is."""
    registration = _registration(token)
    with unit_of_work():
        begun = checkups.begin(registration.id)
    if begun:
        end_reading()
        lines = [*examine_tool(["address"]), *examine_platform(registration)]
        with unit_of_work():
            checkups.keep(registration.id, lines)
    return redirect(url_for("doctor.show", token=token), SEE_OTHER)


def _registration(token: str) -> Registration:
    registration = find_invite(token).registration
    if registration is None:
        raise Conflict(
            "PMO Bridge has not been registered with this invitation yet",
            "Register it first; then come back to see whether everything works.",
        )
    return registration
