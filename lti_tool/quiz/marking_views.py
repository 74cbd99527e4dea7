"""The pages on which people mark answers by a rubric: what waits, and one answer at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from lti_tool.curriculum import catalogue
from lti_tool.db import unit_of_work
from lti_tool.errors import Invalid
from lti_tool.launch import session
from lti_tool.launch.session import Visit
from lti_tool.lti.roles import Power
from lti_tool.quiz.marking_by_hand import Marking, mark_by_hand
from lti_tool.quiz.presenting import present
from lti_tool.quiz.to_mark import Script, find_script, marked_lately, piles, scripts_to_mark
from lti_tool.web import SEE_OTHER, load_form

blueprint = Blueprint("marking", __name__, url_prefix="/l/<launch_id>/marking")
LONGEST = 2000


class MarkingForm(Schema):
    class Meta:
        unknown = EXCLUDE

    revision = fields.Integer(required=True)
    comment = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST, error=f"Give at most {LONGEST} characters."),
    )

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Marking:
        comment = data["comment"].replace("\0", "").strip()
        criteria = request.form.getlist("criteria")
        return Marking(criteria=criteria, comment=comment, revision=data["revision"])


FORM = MarkingForm()


@dataclass(frozen=True)
class Order:
    """How the marker goes through the answers: question by question or learner by learner.

    `hidden`: names are not shown.
    """

    by: str
    hidden: bool

    @property
    def query(self) -> dict[str, str]:
        """The same as an address says it; nothing where it is as by default."""
        found = {"by": self.by} if self.by == "learner" else {}
        return found | ({"names": "hidden"} if self.hidden else {})


@dataclass(frozen=True)
class Place:
    """Where an answer stands among those that wait: its number, and the ones beside it."""

    number: int
    count: int
    before: int | None
    after: int | None


@blueprint.get("")
def queue(launch_id: str) -> str:
    """What waits to be marked in this activity, and what was marked last."""
    visit, order = _open(launch_id)
    scripts = scripts_to_mark(visit.placement)
    return render_template(
        "quiz/marking.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        order=order,
        count=len(scripts),
        piles=piles(scripts, order.by),
        marked=marked_lately(visit.placement),
    )


@blueprint.get("/<int:answer_id>")
def answer(launch_id: str, answer_id: int) -> str:
    """One answer with its question, its rubric and a model answer."""
    visit, order = _open(launch_id)
    return _page(visit, order, find_script(visit.placement, answer_id), Invalid())


@blueprint.post("/<int:answer_id>")
def save(launch_id: str, answer_id: int) -> ResponseReturnValue:
    """Keep the marks; then on to the next answer, or back to this one."""
    visit, order = _open(launch_id)
    script = find_script(visit.placement, answer_id)
    place = _place(visit, order, script)
    try:
        marking = load_form(FORM)
    except Invalid as refusal:
        return _page(visit, order, script, refusal), refusal.status
    with unit_of_work():
        mark_by_hand(script, marking, visit.context.id, by_user_id=visit.user.id)
    if request.form.get("go") == "stay":
        return redirect(_url(launch_id, order, answer_id, saved=1), SEE_OTHER)
    return redirect(_url(launch_id, order, place.after or place.before, saved=1), SEE_OTHER)


def _open(launch_id: str) -> tuple[Visit, Order]:
    visit = session.visit_with(launch_id, Power.MARK)
    by = "learner" if request.args.get("by") == "learner" else "question"
    return visit, Order(by, request.args.get("names") == "hidden")


def _url(launch_id: str, order: Order, answer_id: int | None, **more: Any) -> str:
    """The page of the answer; of the list where there is none."""
    query = order.query | more
    if answer_id is None:
        return url_for("marking.queue", launch_id=launch_id, **query)
    return url_for("marking.answer", launch_id=launch_id, answer_id=answer_id, **query)


def _page(visit: Visit, order: Order, script: Script, refusal: Invalid) -> str:
    typed = request.form
    met: Sequence[str] = script.mark.criteria if script.mark else ()
    return render_template(
        "quiz/marking_answer.html",
        visit=visit,
        module=catalogue.module_of(visit.placement),
        order=order,
        script=script,
        asked=present(script.item, ""),
        place=_place(visit, order, script),
        met=typed.getlist("criteria") if typed else met,
        comment=typed.get("comment", script.mark.comment if script.mark else ""),
        words=len(script.text.split()),
        refusal=refusal,
    )


def _place(visit: Visit, order: Order, script: Script) -> Place:
    """Among those that wait, in the order of the list; a marked one stands before them all."""
    waiting = piles(scripts_to_mark(visit.placement), order.by)
    ids = [each.answer.id for pile in waiting for each in pile.scripts]
    if script.answer.id not in ids:
        return Place(0, len(ids), None, next(iter(ids), None))
    at = ids.index(script.answer.id)
    return Place(at + 1, len(ids), *_beside(ids, at))


def _beside(ids: Sequence[int], at: int) -> tuple[int | None, int | None]:
    before = ids[at - 1] if at > 0 else None
    return before, ids[at + 1] if at + 1 < len(ids) else None
