"""The questions of this activity: which ones need attention, and each one by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlalchemy import Select

from lti_tool.analytics.groups import CourseGroup, learners_of, members_of
from lti_tool.analytics.item_analysis import (
    FIRST,
    LATER,
    AnalysedItem,
    analysed_item,
    analysed_items,
)
from lti_tool.analytics.item_answers import ShownGroup, shown_answers
from lti_tool.analytics.item_statistics import LEAST_ANSWERS
from lti_tool.curriculum import catalogue
from lti_tool.errors import NotFound
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.presenting import Presentation, present
from lti_tool.quiz.responses import CONFIDENCES

blueprint = Blueprint("items", __name__, url_prefix="/l/<launch_id>/items")


def _which() -> str:
    return LATER if request.args.get("attempts") == LATER else FIRST


def _narrowed(
    visit: Visit,
) -> tuple[Sequence[CourseGroup], CourseGroup | None, Select[int] | None]:
    """The groups to choose from, the one that was chosen, and what finds its learners.

    Who may not see learners is told of no groups.
    """
    if not visit.may(Power.SEE_LEARNERS):
        return (), None, None
    found = learners_of(visit.context.id)
    group = found.chosen(request.args.get("group", ""))
    return found.groups, group, members_of(visit.context.id, group) if group else None


@blueprint.get("")
def questions(launch_id: str) -> str:
    """All questions that learners have met here, those that need attention first."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS, Power.CONFIGURE)
    groups, group, learners = _narrowed(visit)
    analysed = analysed_items(visit.placement, _which(), learners)
    return render_template(
        "analytics/questions.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        analysed=analysed,
        groups=groups,
        group=group,
        urgent=[each for each in analysed if any(found.is_urgent for found in each.findings)],
        which=_which(),
        least=LEAST_ANSWERS,
    )


@dataclass(frozen=True)
class ShownWording:
    """A wording of the question: as it was asked, its figures, and what was answered.

    `forms` counts the sets of numbers that it is asked with.
    """

    analysed: AnalysedItem
    asked: Presentation
    groups: list[ShownGroup]
    forms: int


@blueprint.get("/<item_id>")
def question(launch_id: str, item_id: str) -> str:
    """One question as learners saw it, with what they chose; each wording for itself."""
    visit = session.visit_with(launch_id, Power.SEE_LEARNERS, Power.CONFIGURE)
    _, group, learners = _narrowed(visit)
    analysed = analysed_item(visit.placement, item_id, _which(), learners)
    if not analysed:
        raise NotFound(
            "No learner has met this question in these attempts",
            "Figures appear when learners hand in attempts that ask it.",
        )
    wordings = [
        ShownWording(
            each,
            present(each.item, ""),
            shown_answers(each.item, each.statistics),
            1 + len(getattr(each.item, "variants", ())),
        )
        for each in analysed
    ]
    return render_template(
        "analytics/question.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        item_id=item_id,
        wordings=wordings,
        group=group,
        confidences=CONFIDENCES,
        which=_which(),
        least=LEAST_ANSWERS,
    )
