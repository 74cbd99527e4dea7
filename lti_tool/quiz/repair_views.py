"""The pages on which an instructor repairs a question: what to do, who gains or loses, done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.curriculum import catalogue
from lti_tool.curriculum.items import Item
from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid, NotFound
from lti_tool.grades.foreseeing import Foreseen, foresee_scores
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz import repairing
from lti_tool.quiz.presenting import present
from lti_tool.quiz.rekeying import takes_key
from lti_tool.quiz.repair_forms import RepairForm, as_proposal
from lti_tool.quiz.repairing import Proposal
from lti_tool.quiz.repairs import list_repairs
from lti_tool.web import SEE_OTHER, load_form, sent_form

blueprint = Blueprint("repairs", __name__, url_prefix="/l/<launch_id>/items/<item_id>/repair")
FORM = RepairForm()


def _item(visit: Visit, item_id: str) -> Item:
    item = catalogue.curriculum(visit.placement.version_id).item_by_id.get(item_id)
    if item is None:
        raise NotFound("There is no such question in this version of the curriculum")
    return item


@blueprint.get("")
def repair(launch_id: str, item_id: str) -> str:
    """What can be done about the question, and what was done before."""
    visit = session.visit_with(launch_id, Power.REPAIR)
    return _page(visit, _item(visit, item_id), Invalid())


@blueprint.post("")
def propose(launch_id: str, item_id: str) -> ResponseReturnValue:
    """Show who gains or loses; with `confirmed`, repair."""
    visit = session.visit_with(launch_id, Power.REPAIR)
    item = _item(visit, item_id)
    try:
        proposal = as_proposal(item, load_form(FORM), request.form)
        repairing.check_proposal(item, proposal)
    except Invalid as refusal:
        return _page(visit, item, refusal), refusal.status
    if not request.form.get("confirmed"):
        return _preview(visit, item, proposal)
    with unit_of_work():
        repairing.apply(visit.context.id, proposal, by_user_id=visit.user.id)
    return _done(launch_id, item_id)


@blueprint.post("/<int:repair_id>/undo")
def undo(launch_id: str, item_id: str, repair_id: int) -> ResponseReturnValue:
    """Take a repair back."""
    visit = session.visit_with(launch_id, Power.REPAIR)
    with unit_of_work():
        repairing.undo(visit.context.id, repair_id, by_user_id=visit.user.id)
    return _done(launch_id, item_id)


def _done(launch_id: str, item_id: str) -> ResponseReturnValue:
    place = url_for("repairs.repair", launch_id=launch_id, item_id=item_id, done=1)
    return redirect(place, SEE_OTHER)


def _page(visit: Visit, item: Item, refusal: Invalid) -> str:
    return render_template(
        "quiz/repair.html",
        **_shared(visit, item),
        made=list_repairs(visit.context.id, item.id),
        takes_key=takes_key(item),
        typed=request.form,
        refusal=refusal,
    )


def _preview(visit: Visit, item: Item, proposal: Proposal) -> str:
    effects = repairing.effects_of(visit.context.id, proposal)
    moves = foresee_scores(
        {each.attempt.id: (each.score_given, each.score_maximum) for each in effects}
    )
    return render_template(
        "quiz/repair_preview.html",
        **_shared(visit, item),
        proposal=proposal,
        sent=sent_form(),
        effects=effects,
        gain=[each for each in moves if each.gains],
        lose=[each for each in moves if each.loses],
        moves=_by_loss(moves),
    )


def _shared(visit: Visit, item: Item) -> dict[str, Any]:
    module = catalogue.module_of(visit.placement)
    return {"visit": visit, "module": module, "item": item, "asked": present(item, "")}


def _by_loss(moves: list[Foreseen]) -> list[Foreseen]:
    """Those who lose come first."""
    return sorted(moves, key=lambda each: not each.loses)
