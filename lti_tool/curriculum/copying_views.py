"""The one question about an activity that came with a copied course."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue, copying
from lti_tool.curriculum.copying import Way
from lti_tool.curriculum.copying_form import CopyForm
from lti_tool.curriculum.models import PlacementCopy
from lti_tool.curriculum.settings import dates_of
from lti_tool.db import unit_of_work, utcnow
from lti_tool.errors import Conflict, Invalid
from lti_tool.grades.recording import has_work
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.web import SEE_OTHER, load_form

blueprint = Blueprint("copying", __name__, url_prefix="/l/<launch_id>/copied")
FORM = CopyForm()


def _question(launch_id: str) -> tuple[Visit, PlacementCopy]:
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    copy = copying.open_question(visit.placement)
    if copy is None:
        raise Conflict(
            "There is nothing to decide here",
            "This activity is set up. Its settings can be changed on their own page.",
        )
    return visit, copy


@blueprint.get("")
def question(launch_id: str) -> str:
    """Keep the settings, with dates or without, or start from the curriculum's suggestions."""
    visit, copy = _question(launch_id)
    return _page(visit, copy, Invalid())


@blueprint.post("")
def answer(launch_id: str) -> ResponseReturnValue:
    """Carry out the answer; who starts afresh goes on to the settings."""
    visit, copy = _question(launch_id)
    try:
        chosen = load_form(FORM)
    except Invalid as refusal:
        return _page(visit, copy, refusal), refusal.status
    decision = chosen.decision(copying.first_date(copy))
    with unit_of_work():
        copying.decide(
            copy,
            decision,
            by_user_id=visit.user.id,
            for_course=chosen.for_course,
            has_begun=has_work,
        )
    shows_learners = chosen.way != Way.AFRESH and visit.may(Power.SEE_LEARNERS)
    page = "analytics.learners" if shows_learners else "curriculum.settings"
    return redirect(url_for(page, launch_id=launch_id, saved=1), SEE_OTHER)


def _page(visit: Visit, copy: PlacementCopy, refusal: Invalid) -> str:
    first = copying.first_date(copy)
    return render_template(
        "curriculum/copied.html",
        visit=visit,
        copy=copy,
        origin=copying.course_copy(copy).origin,
        module=catalogue.module_of(copy.source),
        dates=dates_of(copy.source),
        first=first,
        proposed=first and copying.proposed_date(first, utcnow()),
        others=copying.count_others(copy),
        typed=request.form,
        refusal=refusal,
    )
