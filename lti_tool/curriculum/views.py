"""The page on which an instructor chooses a module for the link and sets it up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue, suggesting, updating
from lti_tool.curriculum.configuring import PlacementSettings, configure, wanted
from lti_tool.curriculum.copying import open_question
from lti_tool.curriculum.course_settings import defaults_of
from lti_tool.curriculum.documents import Curriculum
from lti_tool.curriculum.forms import PlacementForm, with_lessons
from lti_tool.curriculum.models import Placement
from lti_tool.curriculum.settings import as_text, settings_of
from lti_tool.curriculum.wording import LABELS, folded
from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid
from lti_tool.grades.consequences import Consequences, consequences
from lti_tool.grades.recording import has_work
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.accommodating import cut_by_window
from lti_tool.rows import tracked
from lti_tool.web import SEE_OTHER, load_form, sent_form

blueprint = Blueprint("curriculum", __name__, url_prefix="/l/<launch_id>")
FORM = PlacementForm()


@blueprint.get("/settings")
def settings(launch_id: str) -> str:
    """The settings as they stand; for a new link, the curriculum's own suggestions."""
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    return _page(visit, Invalid())


@blueprint.post("/settings")
def save_settings(launch_id: str) -> ResponseReturnValue:
    """Save and show who learns, or the settings; with faults, the form again as it was typed.

    Where another module was picked, its suggestions are shown first; where learners would gain or
    lose, who they are.
    """
    visit = session.visit_with(launch_id, Power.CONFIGURE)
    defaults = defaults_of(visit.context.id)
    renewed = suggesting.renew(request.form, _curriculum(visit), defaults)
    if renewed:
        return _page(visit, Invalid(), renewed)
    placement = visit.placement if visit.is_configured else None
    try:
        chosen = with_lessons(load_form(FORM), request.form, _curriculum(visit))
        found = _foresee(placement, chosen)
        if found:
            return _preview(visit, found)
        begun = placement is not None and has_work(placement.id)
        with unit_of_work():
            configure(
                visit.link,
                placement and tracked(placement),
                chosen,
                by_user_id=visit.user.id,
                has_attempts=begun,
            )
    except Invalid as refusal:
        return _page(visit, refusal), refusal.status
    page = "analytics.learners" if visit.may(Power.SEE_LEARNERS) else "curriculum.settings"
    return redirect(url_for(page, launch_id=launch_id, saved=1), SEE_OTHER)


def _foresee(placement: Placement | None, chosen: PlacementSettings) -> Consequences | None:
    """What saving would do to learners; None where nobody has to be asked."""
    if placement is None or "confirmed" in request.form:
        return None
    if placement.module_id != chosen.module_id:
        return None
    return consequences(placement, wanted(placement, chosen))


def _preview(visit: Visit, found: Consequences) -> str:
    return render_template(
        "curriculum/settings_preview.html", visit=visit, found=found, sent=sent_form()
    )


def _page(visit: Visit, refusal: Invalid, renewed: Mapping[str, str] | None = None) -> str:
    placement = visit.placement if visit.is_configured else None
    return render_template(
        "curriculum/settings.html",
        visit=visit,
        placement=placement,
        newer=updating.newer_version(placement) if placement else None,
        curriculum=_curriculum(visit),
        locked=placement is not None and has_work(placement.id),
        typed=request.form.to_dict() | dict(renewed or {}),
        renewed=renewed,
        cut=cut_by_window(placement) if placement else (),
        suggestions=partial(suggesting.suggestions, defaults=defaults_of(visit.context.id)),
        lessons_ticked=request.form.getlist("lesson"),
        question=placement and open_question(placement),
        sections=folded(as_text(settings_of(placement))) if placement else {},
        labels={**LABELS, "pass_percent": LABELS["pass_mark"]},
        refusal=refusal,
    )


def _curriculum(visit: Visit) -> Curriculum:
    if visit.is_configured:
        return catalogue.curriculum(visit.placement.version_id)
    return catalogue.curriculum(catalogue.latest_version().id)
